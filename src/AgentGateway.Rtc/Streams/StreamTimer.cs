namespace AgentGateway.Rtc.Streams;

/// <summary>Why the streams want to be woken.</summary>
internal enum StreamTimer
{
    /// <summary>The next SR or RR is due.</summary>
    RtcpReport,
}
