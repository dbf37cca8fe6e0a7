namespace AgentGateway.Rtc.Peer;

/// <summary>A codec that may be negotiated.</summary>
/// <param name="Name">As in a=rtpmap; compared without case.</param>
/// <param name="ClockRate">The RTP clock in Hz.</param>
/// <param name="Channels">As in a=rtpmap.</param>
/// <param name="PayloadType">The payload type in our offers; below 96 it is the static one of RFC 3551.</param>
public sealed record RtcAudioCodec(string Name, int ClockRate, int Channels, byte PayloadType)
{
    /// <summary>Opus (RFC 7587).</summary>
    public static RtcAudioCodec Opus { get; } = new("opus", 48000, 2, 111);

    /// <summary>G.722: 16 kHz of audio, but an RTP clock of 8 kHz by an old mistake (RFC 3551 section 4.5.2).</summary>
    public static RtcAudioCodec G722 { get; } = new("G722", 8000, 1, 9);

    /// <summary>G.711 with the mu-law.</summary>
    public static RtcAudioCodec Pcmu { get; } = new("PCMU", 8000, 1, 0);

    /// <summary>G.711 with the A-law.</summary>
    public static RtcAudioCodec Pcma { get; } = new("PCMA", 8000, 1, 8);

    /// <summary>All that can be negotiated, the best first.</summary>
    public static IReadOnlyList<RtcAudioCodec> All { get; } = [Opus, G722, Pcmu, Pcma];

    /// <summary>Whether redundancy (RFC 2198) and comfort noise packets (RFC 3389) belong to it: Opus has its own silence.</summary>
    internal bool IsOpus => this == Opus;
}
