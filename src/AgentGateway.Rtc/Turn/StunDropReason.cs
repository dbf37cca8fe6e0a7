namespace AgentGateway.Rtc.Turn;

/// <summary>Why a datagram of a STUN server told a <see cref="StunGatherer"/> nothing. The names are counter names.</summary>
public enum StunDropReason
{
    /// <summary>No STUN message.</summary>
    Malformed,

    /// <summary>A request, an indication, or another method than Binding.</summary>
    Unexpected,

    /// <summary>An answer to no open request: late, repeated or forged.</summary>
    UnknownTransaction,

    /// <summary>An answer to our request that gives no address: an error, or one that cannot be ours.</summary>
    NoAddress,
}
