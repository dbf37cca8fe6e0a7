using AgentGateway.Conversation.TurnTaking;

namespace AgentGateway.Conversation.Log;

/// <summary>What a call was made of; everything a replay needs besides the facts.</summary>
public sealed record CallLogHeader
{
    /// <summary>The call's id; empty when it has none.</summary>
    public string CallId { get; init; } = "";

    /// <summary>The agent's name.</summary>
    public string Agent { get; init; } = "";

    /// <summary>The version of the agent's files.</summary>
    public string AgentVersion { get; init; } = "";

    /// <summary>The version of the program that wrote the log.</summary>
    public string Gateway { get; init; } = "";

    /// <summary>Wall clock at media time zero.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>Media time at which the engine was made, in 100 ns ticks.</summary>
    public long EngineStart { get; init; }

    /// <summary>The engine's numbers.</summary>
    public TurnTakerOptions Options { get; init; } = new();
}
