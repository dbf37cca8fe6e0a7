namespace AgentGateway.Rtc.Peer;

/// <summary>Counters of one audio section, or of all of a peer. Immutable.</summary>
public sealed record RtcAudioStatistics
{
    /// <summary>The section's mid; empty when it has none, and for all sections together.</summary>
    public string Mid { get; init; } = "";

    /// <summary>RTP audio packets sent.</summary>
    public long PacketsSent { get; init; }

    /// <summary>Their payload bytes.</summary>
    public long BytesSent { get; init; }

    /// <summary>Authentic RTP audio packets received over all streams of the section.</summary>
    public long PacketsReceived { get; init; }

    /// <summary>Their payload bytes.</summary>
    public long BytesReceived { get; init; }

    /// <summary>Packets of the current remote stream that did not arrive (RFC 3550 appendix A.3); late ones reduce it again.</summary>
    public long PacketsLost { get; init; }

    /// <summary>Interarrival jitter of the current remote stream (RFC 3550 appendix A.8).</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>Packets of ours that the far end reports lost.</summary>
    public long RemotePacketsLost { get; init; }

    /// <summary>The fraction that the far end lost between its last two reports, 0..1.</summary>
    public double RemoteFractionLost { get; init; }

    /// <summary>The jitter that the far end reports.</summary>
    public TimeSpan RemoteJitter { get; init; }

    /// <summary>The round-trip time by RTCP (RFC 3550 section 6.4.1), or null before the first report.</summary>
    public TimeSpan? RoundTripTime { get; init; }

    /// <summary>The last authentic packet's age, or null before the first.</summary>
    public TimeSpan? SinceLastAudio { get; init; }

    /// <summary>The stream that is received, or null.</summary>
    public uint? RemoteSsrc { get; init; }

    /// <summary>How often the remote stream changed its SSRC.</summary>
    public long RemoteStreamChanges { get; init; }

    /// <summary>RTCP datagrams sent.</summary>
    public long RtcpSent { get; init; }

    /// <summary>Packets that the far end asked for again (generic NACK).</summary>
    public long RetransmissionsRequested { get; init; }

    /// <summary>Of these, how many were sent again.</summary>
    public long RetransmissionsSent { get; init; }

    /// <summary>Requests of ours for single lost packets.</summary>
    public long PacketsRequested { get; init; }

    /// <summary>Packets that came after they were asked for.</summary>
    public long PacketsRetransmitted { get; init; }

    /// <summary>Lost packets whose content came as a copy in a later one (RFC 2198).</summary>
    public long PacketsRecoveredByRedundancy { get; init; }

    /// <summary>Packets sent with copies of earlier ones.</summary>
    public long RedundantPacketsSent { get; init; }

    internal long RtcpIgnored { get; init; }

    /// <summary>Counters of both; values that are no counters are left out.</summary>
    internal static RtcAudioStatistics Sum(RtcAudioStatistics a, RtcAudioStatistics b) => new()
    {
        PacketsSent = a.PacketsSent + b.PacketsSent,
        BytesSent = a.BytesSent + b.BytesSent,
        PacketsReceived = a.PacketsReceived + b.PacketsReceived,
        BytesReceived = a.BytesReceived + b.BytesReceived,
        PacketsLost = a.PacketsLost + b.PacketsLost,
        RemotePacketsLost = a.RemotePacketsLost + b.RemotePacketsLost,
        RemoteStreamChanges = a.RemoteStreamChanges + b.RemoteStreamChanges,
        RtcpSent = a.RtcpSent + b.RtcpSent,
        RtcpIgnored = a.RtcpIgnored + b.RtcpIgnored,
        RetransmissionsRequested = a.RetransmissionsRequested + b.RetransmissionsRequested,
        RetransmissionsSent = a.RetransmissionsSent + b.RetransmissionsSent,
        PacketsRequested = a.PacketsRequested + b.PacketsRequested,
        PacketsRetransmitted = a.PacketsRetransmitted + b.PacketsRetransmitted,
        PacketsRecoveredByRedundancy = a.PacketsRecoveredByRedundancy + b.PacketsRecoveredByRedundancy,
        RedundantPacketsSent = a.RedundantPacketsSent + b.RedundantPacketsSent,
    };
}
