using System.Runtime.InteropServices;
using AgentGateway.Providers.Native;

namespace AgentGateway.Providers.Sherpa;

/// <summary>sherpa-onnx's C API, version 1.13 (c-api.h).</summary>
internal static unsafe partial class SherpaNative
{
    private const string Library = "sherpa-onnx-c-api";

    static SherpaNative() => NativeLibraries.Register();

    [LibraryImport(Library, EntryPoint = "SherpaOnnxGetVersionStr")]
    public static partial nint GetVersion();

    [LibraryImport(Library, EntryPoint = "SherpaOnnxCreateOnlineRecognizer")]
    public static partial nint CreateOnlineRecognizer(OnlineRecognizerConfig* config);

    [LibraryImport(Library, EntryPoint = "SherpaOnnxDestroyOnlineRecognizer")]
    public static partial void DestroyOnlineRecognizer(nint recognizer);

    [LibraryImport(Library, EntryPoint = "SherpaOnnxCreateOnlineStream")]
    public static partial nint CreateOnlineStream(nint recognizer);

    [LibraryImport(Library, EntryPoint = "SherpaOnnxDestroyOnlineStream")]
    public static partial void DestroyOnlineStream(nint stream);

    [LibraryImport(Library, EntryPoint = "SherpaOnnxOnlineStreamAcceptWaveform")]
    public static partial void AcceptWaveform(nint stream, int sampleRate, float* samples, int count);

    [LibraryImport(Library, EntryPoint = "SherpaOnnxIsOnlineStreamReady")]
    public static partial int IsReady(nint recognizer, nint stream);

    [LibraryImport(Library, EntryPoint = "SherpaOnnxDecodeOnlineStream")]
    public static partial void Decode(nint recognizer, nint stream);

    [LibraryImport(Library, EntryPoint = "SherpaOnnxGetOnlineStreamResult")]
    public static partial OnlineRecognizerResult* GetResult(nint recognizer, nint stream);

    [LibraryImport(Library, EntryPoint = "SherpaOnnxDestroyOnlineRecognizerResult")]
    public static partial void DestroyResult(OnlineRecognizerResult* result);

    [LibraryImport(Library, EntryPoint = "SherpaOnnxOnlineStreamInputFinished")]
    public static partial void InputFinished(nint stream);

    /// <summary>SherpaOnnxOnlineModelConfig.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct OnlineModelConfig
    {
        public nint TransducerEncoder;
        public nint TransducerDecoder;
        public nint TransducerJoiner;
        public nint ParaformerEncoder;
        public nint ParaformerDecoder;
        public nint Zipformer2Ctc;
        public nint Tokens;
        public int NumThreads;
        public nint Provider;
        public int Debug;
        public nint ModelType;
        public nint ModelingUnit;
        public nint BpeVocab;
        public nint TokensBuffer;
        public int TokensBufferSize;
        public nint NemoCtc;
        public nint ToneCtc;
    }

    /// <summary>SherpaOnnxOnlineRecognizerConfig, with room behind it for fields that a later 1.13 may have appended (zero is their default).</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct OnlineRecognizerConfig
    {
        public int SampleRate;
        public int FeatureDimension;
        public OnlineModelConfig Model;
        public nint DecodingMethod;
        public int MaxActivePaths;
        public int EnableEndpoint;
        public float Rule1MinTrailingSilence;
        public float Rule2MinTrailingSilence;
        public float Rule3MinUtteranceLength;
        public nint HotwordsFile;
        public float HotwordsScore;
        public nint CtcGraph;
        public int CtcMaxActive;
        public nint RuleFsts;
        public nint RuleFars;
        public float BlankPenalty;
        public nint HotwordsBuffer;
        public int HotwordsBufferSize;
        public nint HomophoneDictionary;
        public nint HomophoneLexicon;
        public nint HomophoneRules;
        private fixed byte _reserved[256];
    }

    /// <summary>SherpaOnnxOnlineRecognizerResult.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct OnlineRecognizerResult
    {
        public nint Text;
        public nint Tokens;
        public nint* TokenArray;
        public float* Timestamps;
        public int Count;
        public nint Json;
    }
}
