using System.Runtime.InteropServices;
using AgentGateway.Audio.Opus.Interop;

namespace AgentGateway.Audio;

/// <summary>Opus by the system's libopus.</summary>
public sealed class LibOpusCodec : IOpusCodec
{
    private LibOpusCodec()
    {
    }

    /// <summary>The codec; it has no state.</summary>
    public static LibOpusCodec Instance { get; } = new();

    /// <summary>The library's version text, for example "libopus 1.3.1".</summary>
    /// <exception cref="DllNotFoundException">The library is not installed; the message says what to install.</exception>
    public static string Version => Marshal.PtrToStringUTF8(LibOpus.GetVersionString()) ?? "libopus";

    /// <inheritdoc/>
    public IOpusEncoder CreateEncoder(OpusEncoderOptions options) => new OpusEncoder(options);

    /// <inheritdoc/>
    public IOpusDecoder CreateDecoder() => new OpusDecoder();
}
