using System.Text.Json;

namespace AgentGateway.Conversation.Agents;

/// <summary>A tool of an agent, from its tools/*.json.</summary>
public sealed record ToolDefinition
{
    /// <summary>The name the model calls: letters, digits, underscore, hyphen; 1..64 characters.</summary>
    public required string Name { get; init; }

    /// <summary>What it does, for the model.</summary>
    public required string Description { get; init; }

    /// <summary>JSON Schema of the arguments: an object schema.</summary>
    public required JsonElement Parameters { get; init; }

    /// <summary>What runs: exactly one of the binding's members is set.</summary>
    public required ToolBinding Binding { get; init; }

    /// <summary>How long a call may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Spoken before the tool runs, when the model said nothing itself; null for nothing.</summary>
    public string? SayBefore { get; init; }

    /// <summary>Spoken once when the tool takes longer than <see cref="FillerAfter"/>; null for nothing.</summary>
    public string? Filler { get; init; }

    /// <summary>How long to wait before the filler is spoken.</summary>
    public TimeSpan FillerAfter { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>What the model is told when the tool did not answer in time; null for a plain error.</summary>
    public string? OnTimeout { get; init; }
}
