namespace AgentGateway.Conversation.Agents;

/// <summary>A language model that answers when others fail.</summary>
public sealed record LlmFallback
{
    /// <summary>"openai" (any OpenAI-compatible endpoint) or "ollama".</summary>
    public string Provider { get; init; } = "openai";

    /// <summary>The model's name as the endpoint knows it; null for the configured default.</summary>
    public string? Model { get; init; }

    /// <summary>Base URL of the endpoint; null for the configured one.</summary>
    public Uri? BaseUrl { get; init; }
}
