namespace AgentGateway.Rtc.Streams;

/// <summary>Counters of the streams of one peer; they only grow, except the last known values. Read by the owner.</summary>
internal sealed class StreamStatistics
{
    public long PacketsReceived { get; internal set; }

    public long BytesReceived { get; internal set; }

    public long StreamChanges { get; internal set; }

    public long RtcpSent { get; internal set; }

    public long RtcpReceived { get; internal set; }

    public long FeedbackIgnored { get; internal set; }

    public long RtcpIgnored { get; internal set; }

    /// <summary>Report blocks about the stream we send.</summary>
    public long RemoteReports { get; internal set; }

    public int RemotePacketsLost { get; internal set; }

    /// <summary>0..1.</summary>
    public double RemoteFractionLost { get; internal set; }

    public TimeSpan RemoteJitter { get; internal set; }

    public TimeSpan? RoundTrip { get; internal set; }
}
