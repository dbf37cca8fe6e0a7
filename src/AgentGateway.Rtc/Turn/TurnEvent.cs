using AgentGateway.Rtc.Primitives;

namespace AgentGateway.Rtc.Turn;

/// <summary>What a <see cref="TurnEvent"/> tells.</summary>
public enum TurnEventKind
{
    /// <summary>The relayed address is there: <see cref="TurnEvent.Relayed"/>, <see cref="TurnEvent.Mapped"/>.</summary>
    Allocated,

    /// <summary>There is no allocation, or no more: <see cref="TurnEvent.Failure"/>. Final.</summary>
    Failed,

    /// <summary>The allocation was given back after <see cref="TurnClient.Close"/>. Final.</summary>
    Closed,
}

/// <summary>A fact for the owner of a <see cref="TurnClient"/>.</summary>
public readonly record struct TurnEvent
{
    /// <summary>What happened.</summary>
    public required TurnEventKind Kind { get; init; }

    /// <summary>Why it failed.</summary>
    public TurnFailure Failure { get; init; }

    /// <summary>The server's error code, 300..699, or 0.</summary>
    public int ErrorCode { get; init; }

    /// <summary>The address on the server that far ends send to.</summary>
    public TransportAddress Relayed { get; init; }

    /// <summary>Our address as the server sees it: a server-reflexive candidate when the server is reached over UDP.</summary>
    public TransportAddress Mapped { get; init; }

    /// <summary>With <see cref="TurnFailure.TryAlternate"/>: the server to ask instead; default when it named none.</summary>
    public TransportAddress AlternateServer { get; init; }
}
