using AgentGateway.Audio.Codecs;

namespace AgentGateway.Audio;

/// <summary>The codecs of telephony. Opus is <see cref="LibOpusCodec"/>.</summary>
public static class AudioCodecs
{
    /// <summary>G.711 with the mu-law: 8 kHz, 160 bytes in 20 ms.</summary>
    public static IAudioCodec Pcmu { get; } = new WaveformCodec(static () => new MuLawCoder());

    /// <summary>G.711 with the A-law: 8 kHz, 160 bytes in 20 ms.</summary>
    public static IAudioCodec Pcma { get; } = new WaveformCodec(static () => new ALawCoder());

    /// <summary>G.722 at 64 kbit/s: 16 kHz, 160 bytes in 20 ms. Its RTP clock is 8 kHz all the same (RFC 3551 section 4.5.2).</summary>
    public static IAudioCodec G722 { get; } = new WaveformCodec(static () => new G722Coder());

    /// <summary>A codec by its name in a=rtpmap, in any case: PCMU, PCMA, G722; else <paramref name="opus"/>.</summary>
    public static IAudioCodec Find(string name, IAudioCodec opus) => name.ToUpperInvariant() switch
    {
        "PCMU" => Pcmu,
        "PCMA" => Pcma,
        "G722" => G722,
        _ => opus,
    };
}
