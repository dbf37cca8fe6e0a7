namespace AgentGateway.Rtc.Streams;

/// <summary>Counters of the streams of one section; they only grow, except the last known values. Read by the owner.</summary>
internal sealed class StreamStatistics
{
    public long PacketsReceived { get; internal set; }

    public long BytesReceived { get; internal set; }

    public long StreamChanges { get; internal set; }

    public long RtcpSent { get; internal set; }

    /// <summary>Packets that the far end asked for again.</summary>
    public long RetransmissionsRequested { get; internal set; }

    /// <summary>Of these, how many were sent again.</summary>
    public long RetransmissionsSent { get; internal set; }

    /// <summary>Lost packets whose content came as a copy in a later one (RFC 2198).</summary>
    public long RecoveredByRedundancy { get; internal set; }

    /// <summary>RED payloads that did not parse.</summary>
    public long RedMalformed { get; internal set; }

    /// <summary>Round trips that cannot be.</summary>
    public long RtcpIgnored { get; internal set; }

    /// <summary>Reports of loss about the stream we send: report blocks, and transport-wide feedback gathered over fifty packets.</summary>
    public long RemoteReports { get; internal set; }

    public int RemotePacketsLost { get; internal set; }

    /// <summary>0..1.</summary>
    public double RemoteFractionLost { get; internal set; }

    public TimeSpan RemoteJitter { get; internal set; }

    public TimeSpan? RoundTrip { get; internal set; }
}
