namespace AgentGateway.Rtc.Ice;

/// <summary>Why an input had no effect. The names are counter names.</summary>
public enum IceDropReason
{
    /// <summary>No well-formed STUN message.</summary>
    Malformed,

    /// <summary>Not a Binding message.</summary>
    UnknownMethod,

    /// <summary>A request without USERNAME or MESSAGE-INTEGRITY. Not answered, so that nobody can be hit with our answers.</summary>
    Unauthenticated,

    /// <summary>USERNAME is not for this agent.</summary>
    WrongUserName,

    /// <summary>MESSAGE-INTEGRITY does not match.</summary>
    WrongIntegrity,

    /// <summary>A response that answers no open check: late, replayed or forged.</summary>
    UnknownTransaction,

    /// <summary>A response came another way than its request went (RFC 8445 section 7.2.5.2.1).</summary>
    AsymmetricResponse,

    /// <summary>More to answer at once than the queue holds.</summary>
    QueueFull,

    /// <summary>More remote candidates than allowed.</summary>
    TooManyCandidates,

    /// <summary>More pairs than allowed, and none that could be given up.</summary>
    TooManyPairs,

    /// <summary>A remote candidate that cannot be used: a name, TCP, another component, port 0, no unicast address.</summary>
    UnusableCandidate,

    /// <summary>It came to an address that is not relayed, and the policy is <see cref="IceTransportPolicy.Relay"/>.</summary>
    NotRelayed,

    /// <summary>The agent has failed or was closed.</summary>
    NotActive,
}
