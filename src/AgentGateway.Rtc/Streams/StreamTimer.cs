namespace AgentGateway.Rtc.Streams;

/// <summary>Why the streams want to be woken.</summary>
internal enum StreamTimer
{
    /// <summary>The next SR or RR is due.</summary>
    RtcpReport,

    /// <summary>Packets are missing and may be asked for.</summary>
    Nack,

    /// <summary>The next packet of a tone is due.</summary>
    TelephoneEvent,
}
