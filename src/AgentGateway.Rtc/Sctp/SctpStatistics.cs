namespace AgentGateway.Rtc.Sctp;

/// <summary>Counters of one association since it was made. Live: read by the association's owner only.</summary>
public sealed class SctpStatistics
{
    private readonly long[] _drops = new long[Enum.GetValues<SctpDropReason>().Length];

    /// <summary>Packets handed to the driver.</summary>
    public long PacketsSent { get; internal set; }

    /// <summary>Packets given by the driver, good or bad.</summary>
    public long PacketsReceived { get; internal set; }

    /// <summary>DATA chunks sent, retransmissions included.</summary>
    public long DataChunksSent { get; internal set; }

    /// <summary>DATA chunks received, duplicates included.</summary>
    public long DataChunksReceived { get; internal set; }

    /// <summary>DATA chunks sent again.</summary>
    public long Retransmissions { get; internal set; }

    /// <summary>Times that fast recovery was entered.</summary>
    public long FastRecoveries { get; internal set; }

    /// <summary>Expiries of the T3 retransmission timer.</summary>
    public long RetransmissionTimeouts { get; internal set; }

    /// <summary>Messages queued by the application.</summary>
    public long MessagesSent { get; internal set; }

    /// <summary>Messages given to the application.</summary>
    public long MessagesReceived { get; internal set; }

    /// <summary>Messages given up by partial reliability.</summary>
    public long MessagesAbandoned { get; internal set; }

    /// <summary>The smoothed round-trip time, or null before the first measurement.</summary>
    public TimeSpan? SmoothedRoundTrip { get; internal set; }

    /// <summary>The current retransmission timeout.</summary>
    public TimeSpan RetransmissionTimeout { get; internal set; }

    /// <summary>The congestion window, in bytes.</summary>
    public int CongestionWindow { get; internal set; }

    /// <summary>The peer's receive window as far as known, in bytes.</summary>
    public long PeerReceiveWindow { get; internal set; }

    /// <summary>Bytes sent and not yet acknowledged.</summary>
    public long BytesInFlight { get; internal set; }

    /// <summary>How often something was dropped for a reason.</summary>
    public long this[SctpDropReason reason] => _drops[(int)reason];

    /// <summary>The sum over all reasons.</summary>
    public long TotalDrops => _drops.Sum();

    internal void Count(SctpDropReason reason) => _drops[(int)reason]++;
}
