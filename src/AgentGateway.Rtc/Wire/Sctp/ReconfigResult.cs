namespace AgentGateway.Rtc.Wire.Sctp;

/// <summary>Results in a Re-configuration Response (RFC 6525 section 4.4).</summary>
internal enum ReconfigResult : uint
{
    NothingToDo = 0,
    Performed = 1,
    Denied = 2,
    WrongStream = 3,
    AlreadyInProgress = 4,
    BadSequenceNumber = 5,
    InProgress = 6,
}
