namespace AgentGateway.Rtc.Sctp;

/// <summary>The reasons for which an association wants to be woken.</summary>
internal enum SctpTimer
{
    /// <summary>T1-init: INIT was not answered.</summary>
    Init,

    /// <summary>T1-cookie: COOKIE ECHO was not answered.</summary>
    Cookie,

    /// <summary>T3-rtx: data, or a FORWARD TSN, was not acknowledged.</summary>
    Retransmission,

    /// <summary>An acknowledgement waited long enough for company.</summary>
    DelayedAck,

    /// <summary>The association was idle long enough for a heartbeat.</summary>
    Heartbeat,

    /// <summary>A heartbeat was not answered.</summary>
    HeartbeatAck,

    /// <summary>A stream reset request was not answered.</summary>
    StreamReset,

    /// <summary>T2-shutdown: SHUTDOWN or SHUTDOWN ACK was not answered.</summary>
    Shutdown,

    /// <summary>T5-shutdown-guard: the whole shutdown took too long.</summary>
    ShutdownGuard,
}
