using System.Collections.Immutable;

namespace AgentGateway.Rtc.Peer;

/// <summary>A snapshot of one peer's counters. Immutable: may be handed to other threads.</summary>
public sealed record RtcStatistics
{
    /// <summary>Datagrams handed to the driver.</summary>
    public long DatagramsSent { get; init; }

    /// <summary>Bytes of these, without UDP and IP headers.</summary>
    public long BytesSent { get; init; }

    /// <summary>Datagrams given by the driver, good or bad.</summary>
    public long DatagramsReceived { get; init; }

    /// <summary>Bytes of these, without UDP and IP headers.</summary>
    public long BytesReceived { get; init; }

    /// <summary>The audio sections in use, in their order.</summary>
    public ImmutableArray<RtcAudioStatistics> Audio { get; init; } = [];

    /// <summary>RTP audio packets sent, in all sections, those stopped included; so are the other counts of audio.</summary>
    public long AudioPacketsSent { get; init; }

    /// <summary>Their payload bytes.</summary>
    public long AudioBytesSent { get; init; }

    /// <summary>Authentic RTP audio packets received over all streams.</summary>
    public long AudioPacketsReceived { get; init; }

    /// <summary>Their payload bytes.</summary>
    public long AudioBytesReceived { get; init; }

    /// <summary>Packets of the current remote streams that did not arrive (RFC 3550 appendix A.3); late ones reduce it again.</summary>
    public long PacketsLost { get; init; }

    /// <summary>Interarrival jitter of the first section that is received (RFC 3550 appendix A.8).</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>Packets of ours that the far end reports lost.</summary>
    public long RemotePacketsLost { get; init; }

    /// <summary>The fraction that the far end lost of our first section between its last two reports, 0..1.</summary>
    public double RemoteFractionLost { get; init; }

    /// <summary>The jitter that the far end reports.</summary>
    public TimeSpan RemoteJitter { get; init; }

    /// <summary>The round-trip time by RTCP (RFC 3550 section 6.4.1), or null before the first report.</summary>
    public TimeSpan? RoundTripTime { get; init; }

    /// <summary>The last authentic packet's age, or null before the first.</summary>
    public TimeSpan? SinceLastAudio { get; init; }

    /// <summary>The stream of the first section that is received, or null.</summary>
    public uint? RemoteSsrc { get; init; }

    /// <summary>How often the remote stream changed its SSRC.</summary>
    public long RemoteStreamChanges { get; init; }

    /// <summary>RTCP datagrams sent.</summary>
    public long RtcpSent { get; init; }

    /// <summary>Authentic RTCP datagrams received.</summary>
    public long RtcpReceived { get; init; }

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

    /// <summary>Packets of ours that transport-wide feedback says arrived.</summary>
    public long TransportPacketsAcknowledged { get; init; }

    /// <summary>Packets of ours that it says were lost.</summary>
    public long TransportPacketsLost { get; init; }

    /// <summary>Feedback received and ignored: PLI, FIR, REMB, and what was not negotiated.</summary>
    public long RtcpFeedbackIgnored { get; init; }

    /// <summary>Parts of authentic RTCP datagrams that did not parse or have no meaning here.</summary>
    public long RtcpIgnored { get; init; }

    /// <summary>Messages sent on data channels.</summary>
    public long MessagesSent { get; init; }

    /// <summary>Messages received on data channels.</summary>
    public long MessagesReceived { get; init; }

    /// <summary>What was dropped, by reason; reasons that never occurred are absent.</summary>
    public ImmutableDictionary<RtcDropReason, long> Drops { get; init; } = ImmutableDictionary<RtcDropReason, long>.Empty;

    /// <summary>Drops inside ICE, DTLS and SCTP, named "ice.X", "dtls.X", "sctp.X".</summary>
    public ImmutableDictionary<string, long> EngineDrops { get; init; } = ImmutableDictionary<string, long>.Empty;

    /// <summary>The sum of all drops.</summary>
    public long TotalDrops => Drops.Values.Sum() + EngineDrops.Values.Sum();

    /// <summary>How often something was dropped for one reason.</summary>
    public long DropCount(RtcDropReason reason) => Drops.GetValueOrDefault(reason);
}
