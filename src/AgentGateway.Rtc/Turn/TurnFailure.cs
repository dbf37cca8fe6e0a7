namespace AgentGateway.Rtc.Turn;

/// <summary>Why there is no allocation. The names are counter names.</summary>
public enum TurnFailure
{
    /// <summary>There is one, or it is not known yet.</summary>
    None,

    /// <summary>The server does not answer.</summary>
    Timeout,

    /// <summary>300: the server sends us to <see cref="TurnEvent.AlternateServer"/>.</summary>
    TryAlternate,

    /// <summary>401: the user name or password is wrong.</summary>
    Unauthorized,

    /// <summary>438 again and again: the server's nonces are stale at once.</summary>
    StaleNonce,

    /// <summary>403: not allowed.</summary>
    Forbidden,

    /// <summary>437: the server has another idea of what this address has allocated, also after it was told to forget that.</summary>
    AllocationMismatch,

    /// <summary>440: no relayed address of the wanted family.</summary>
    AddressFamilyNotSupported,

    /// <summary>441: the allocation belongs to another user.</summary>
    WrongCredentials,

    /// <summary>442: the server does not relay UDP.</summary>
    UnsupportedTransport,

    /// <summary>486: the user has too many allocations.</summary>
    QuotaReached,

    /// <summary>508: the server has no address left.</summary>
    InsufficientCapacity,

    /// <summary>Another error code; see <see cref="TurnEvent.ErrorCode"/>.</summary>
    Refused,

    /// <summary>The server's answer lacks what it must have.</summary>
    BadAnswer,

    /// <summary>The server no longer knows the allocation: 437 or another refusal of a refresh.</summary>
    AllocationLost,
}
