namespace AgentGateway.Rtc.Sctp;

/// <summary>How far the reset of an outgoing stream is.</summary>
internal enum StreamResetState
{
    None,
    Requested,
    Done,
}
