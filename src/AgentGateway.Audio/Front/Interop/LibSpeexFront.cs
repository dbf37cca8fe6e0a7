using System.Runtime.InteropServices;

namespace AgentGateway.Audio.Front.Interop;

/// <summary>Echo canceller and preprocessor of libspeexdsp 1.2.</summary>
internal static partial class LibSpeexFront
{
    internal const int SetSamplingRate = 24;
    internal const int SetDenoise = 0;
    internal const int SetNoiseSuppress = 18;
    internal const int SetEchoSuppress = 20;
    internal const int SetEchoSuppressActive = 22;
    internal const int SetEchoState = 24;

    static LibSpeexFront() => AudioNativeLibraries.EnsureResolver();

    [LibraryImport(AudioNativeLibraries.SpeexDsp, EntryPoint = "speex_echo_state_init")]
    internal static partial SpeexEchoHandle EchoInit(int frameSize, int filterLength);

    [LibraryImport(AudioNativeLibraries.SpeexDsp, EntryPoint = "speex_echo_state_destroy")]
    internal static partial void EchoDestroy(nint state);

    [LibraryImport(AudioNativeLibraries.SpeexDsp, EntryPoint = "speex_echo_state_reset")]
    internal static partial void EchoReset(SpeexEchoHandle state);

    [LibraryImport(AudioNativeLibraries.SpeexDsp, EntryPoint = "speex_echo_cancellation")]
    internal static partial void EchoCancel(SpeexEchoHandle state, ref readonly short recorded, ref readonly short played, ref short output);

    [LibraryImport(AudioNativeLibraries.SpeexDsp, EntryPoint = "speex_echo_ctl")]
    internal static partial int EchoControl(SpeexEchoHandle state, int request, ref int value);

    [LibraryImport(AudioNativeLibraries.SpeexDsp, EntryPoint = "speex_preprocess_state_init")]
    internal static partial SpeexPreprocessHandle PreprocessInit(int frameSize, int samplingRate);

    [LibraryImport(AudioNativeLibraries.SpeexDsp, EntryPoint = "speex_preprocess_state_destroy")]
    internal static partial void PreprocessDestroy(nint state);

    [LibraryImport(AudioNativeLibraries.SpeexDsp, EntryPoint = "speex_preprocess_run")]
    internal static partial int PreprocessRun(SpeexPreprocessHandle state, ref short samples);

    [LibraryImport(AudioNativeLibraries.SpeexDsp, EntryPoint = "speex_preprocess_ctl")]
    internal static partial int PreprocessControl(SpeexPreprocessHandle state, int request, ref int value);

    // The request that joins the two takes the canceller itself for its argument.
    [LibraryImport(AudioNativeLibraries.SpeexDsp, EntryPoint = "speex_preprocess_ctl")]
    internal static partial int PreprocessControl(SpeexPreprocessHandle state, int request, SpeexEchoHandle echo);
}
