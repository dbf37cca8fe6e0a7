using System.Text.Json;

namespace AgentGateway.Conversation.Agents;

/// <summary>What a tool runs.</summary>
public sealed record ToolBinding
{
    /// <summary>The name of a built-in function, such as "end_call".</summary>
    public string? Builtin { get; init; }

    /// <summary>An HTTP endpoint: the arguments are POSTed as JSON, the answer is JSON.</summary>
    public Uri? Http { get; init; }

    /// <summary>Settings of the built-in function: a JSON object, validated when the file is loaded; null for none.</summary>
    public JsonElement? Settings { get; init; }
}
