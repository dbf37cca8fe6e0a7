using System.Runtime.InteropServices;

namespace AgentGateway.Audio.Resampling.Interop;

/// <summary>The resampler of libspeexdsp 1.2.</summary>
internal static partial class LibSpeexDsp
{
    internal const int Ok = 0;

    static LibSpeexDsp() => AudioNativeLibraries.EnsureResolver();

    [LibraryImport(AudioNativeLibraries.SpeexDsp, EntryPoint = "speex_resampler_init")]
    internal static partial SpeexResamplerHandle Init(uint channels, uint inRate, uint outRate, int quality, out int error);

    [LibraryImport(AudioNativeLibraries.SpeexDsp, EntryPoint = "speex_resampler_destroy")]
    internal static partial void Destroy(nint resampler);

    [LibraryImport(AudioNativeLibraries.SpeexDsp, EntryPoint = "speex_resampler_process_int")]
    internal static partial int ProcessInt(
        SpeexResamplerHandle resampler, uint channel, ref readonly short input, ref uint inputLength, ref short output, ref uint outputLength);

    [LibraryImport(AudioNativeLibraries.SpeexDsp, EntryPoint = "speex_resampler_reset_mem")]
    internal static partial int ResetMemory(SpeexResamplerHandle resampler);
}
