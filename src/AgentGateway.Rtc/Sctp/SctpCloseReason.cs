namespace AgentGateway.Rtc.Sctp;

/// <summary>Why an association ended.</summary>
public enum SctpCloseReason
{
    /// <summary>It did not end, or by a graceful shutdown.</summary>
    None,

    /// <summary><see cref="SctpAssociation.Abort"/> was called.</summary>
    LocalAbort,

    /// <summary>The peer sent ABORT.</summary>
    RemoteAbort,

    /// <summary>The handshake was not answered.</summary>
    HandshakeTimeout,

    /// <summary>The peer stopped acknowledging.</summary>
    TooManyRetransmissions,

    /// <summary>The shutdown was not answered in time.</summary>
    ShutdownTimeout,

    /// <summary>The peer broke the protocol in a way that cannot be ignored.</summary>
    ProtocolViolation,

    /// <summary>The peer sent a message above our limit.</summary>
    MessageTooLarge,
}
