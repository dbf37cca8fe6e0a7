using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text;
using AgentGateway.Conversation.Ports;
using AgentGateway.Providers.Native;

namespace AgentGateway.Providers.Whisper;

/// <summary>A Whisper model: the shared weights, and working states that transcriptions take in turns.</summary>
internal sealed unsafe class WhisperModel : SafeHandle
{
    private static readonly Lazy<bool> Logging = new(SilenceLog);
    private readonly ConcurrentStack<nint> _states = new();
    private WhisperParameters _defaults;

    public WhisperModel()
        : base(0, ownsHandle: true)
    {
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>Whether the model knows other languages than English.</summary>
    public bool IsMultilingual { get; private set; }

    /// <exception cref="SpeechProviderException">The file is missing or no ggml model, or the library does not fit.</exception>
    public static WhisperModel Load(string path)
    {
        NativeLibraries.Require(NativeLibraries.Whisper);
        if (!File.Exists(path))
            throw new SpeechProviderException($"The Whisper model file {path} does not exist: download a ggml file of whisper.cpp, such as ggml-tiny.en.bin, and set its path.");
        CheckMagic(path);
        _ = Logging.Value;
        WhisperModel model = new() { _defaults = WhisperParameters.CreateDefault() };
        WhisperContextParameters* defaults = WhisperNative.GetDefaultContextParameters();
        WhisperContextParameters parameters = *defaults;
        WhisperNative.FreeContextParameters(defaults);
        if (parameters.DtwTop != -1)
            throw new SpeechProviderException($"whisper.cpp {Marshal.PtrToStringUTF8(WhisperNative.GetVersion())} is of another version than 1.9: {NativeLibraries.Whisper.Install}.");
        parameters.UseGpu = 0;
        nint context;
        fixed (byte* name = Encoding.UTF8.GetBytes(path + "\0"))
            context = WhisperNative.CreateContext(name, parameters);
        if (context == 0)
            throw new SpeechProviderException($"whisper.cpp could not load {path}: the file is damaged or of another format.");
        model.SetHandle(context);
        model.IsMultilingual = WhisperNative.IsMultilingual(context) != 0;
        return model;
    }

    /// <summary>Whether Whisper has a name for the language.</summary>
    public static bool KnowsLanguage(string language)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(language + "\0"))
            return WhisperNative.GetLanguageId(name) >= 0;
    }

    /// <summary>Transcribes on the calling thread, which takes seconds.</summary>
    /// <exception cref="SpeechProviderException">whisper.cpp failed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; it ends within a fraction of a second.</exception>
    public string Transcribe(ReadOnlySpan<float> samples, string language, string? prompt, int threads, CancellationToken cancellationToken)
    {
        if (!_states.TryPop(out nint state))
            state = WhisperNative.CreateState(handle);
        if (state == 0)
            throw new SpeechProviderException("whisper.cpp could not allocate its working memory.");

        using NativeStrings strings = new();
        GCHandle token = GCHandle.Alloc(cancellationToken);
        try
        {
            WhisperParameters parameters = _defaults;
            parameters.Threads = threads;
            parameters.PrintProgress = 0;
            parameters.PrintTimestamps = 0;
            parameters.NoTimestamps = 1;
            parameters.SuppressNonSpeech = 1;
            parameters.TemperatureIncrement = 0; // Retries at higher temperatures take a multiple of the time, which a caller hears.
            parameters.Language = strings.Add(language);
            parameters.InitialPrompt = strings.Add(prompt);
            parameters.AbortCallback = &IsCancelled;
            parameters.AbortUserData = GCHandle.ToIntPtr(token);
            int error;
            fixed (float* data = samples)
                error = WhisperNative.Transcribe(handle, state, parameters, data, samples.Length);
            cancellationToken.ThrowIfCancellationRequested();
            if (error != 0)
                throw new SpeechProviderException($"whisper.cpp could not transcribe the audio (error {error}).");
            return ReadText(state);
        }
        finally
        {
            token.Free();
            _states.Push(state);
        }
    }

    protected override bool ReleaseHandle()
    {
        while (_states.TryPop(out nint state))
            WhisperNative.FreeState(state);
        WhisperNative.FreeContext(handle);
        return true;
    }

    // The loader of some versions aborts the process on foreign files, so they are kept from it.
    private static void CheckMagic(string path)
    {
        const uint ggml = 0x67676d6c;
        const int smallestHeader = 48;
        using FileStream file = File.OpenRead(path);
        Span<byte> magic = stackalloc byte[4];
        if (file.Length < smallestHeader || file.ReadAtLeast(magic, 4, throwOnEndOfStream: false) < 4 ||
            System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(magic) != ggml)
        {
            throw new SpeechProviderException($"{path} is no ggml model of whisper.cpp (such as ggml-tiny.en.bin).");
        }
    }

    private static string ReadText(nint state)
    {
        StringBuilder text = new();
        int count = WhisperNative.GetSegmentCount(state);
        for (int i = 0; i < count; i++)
            text.Append(Marshal.PtrToStringUTF8(WhisperNative.GetSegmentText(state, i)));
        return WhisperText.Clean(text.ToString());
    }

    private static bool SilenceLog()
    {
        WhisperNative.SetLog(&Discard, 0);
        return true;
    }

    [UnmanagedCallersOnly]
    private static void Discard(int level, byte* text, void* userData)
    {
    }

    [UnmanagedCallersOnly]
    private static byte IsCancelled(nint userData) =>
        GCHandle.FromIntPtr(userData).Target is CancellationToken { IsCancellationRequested: true } ? (byte)1 : (byte)0;
}
