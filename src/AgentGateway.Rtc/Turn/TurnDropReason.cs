namespace AgentGateway.Rtc.Turn;

/// <summary>Why a packet had no effect. The names are counter names.</summary>
public enum TurnDropReason
{
    /// <summary>In: neither a STUN message nor ChannelData.</summary>
    Malformed,

    /// <summary>In: a request or an unknown indication.</summary>
    Unexpected,

    /// <summary>In: an answer to no open request: late, repeated or forged.</summary>
    UnknownTransaction,

    /// <summary>In: an answer without a valid MESSAGE-INTEGRITY.</summary>
    WrongIntegrity,

    /// <summary>In: data on a channel that is not bound.</summary>
    UnknownChannel,

    /// <summary>In: data of somebody we gave no permission.</summary>
    UnknownPeer,

    /// <summary>In or out: no allocation now.</summary>
    NotAllocated,

    /// <summary>Out: the far end's address is of another family than the relayed one.</summary>
    WrongFamily,

    /// <summary>Out: the server refused the permission for this far end.</summary>
    PeerRefused,

    /// <summary>Out: more far ends than allowed.</summary>
    TooManyPeers,

    /// <summary>Out: no room for the relay's header.</summary>
    TooLarge,
}
