namespace AgentGateway.Conversation.Agents;

/// <summary>Which language model answers.</summary>
public sealed record LlmOptions
{
    /// <summary>"auto", "script", "openai" (any OpenAI-compatible endpoint), "ollama" or "host" (the hosting application's own client).</summary>
    public string Provider { get; init; } = "auto";

    /// <summary>The model's name as the endpoint knows it; null for the configured default.</summary>
    public string? Model { get; init; }

    /// <summary>Base URL of the endpoint; null for the configured one. Keys come from configuration, never from agent files.</summary>
    public Uri? BaseUrl { get; init; }

    /// <summary>Sampling temperature 0..2; null leaves it to the endpoint.</summary>
    public double? Temperature { get; init; }

    /// <summary>Upper bound of a reply in tokens, 1..4096.</summary>
    public int MaxOutputTokens { get; init; } = 512;

    /// <summary>How long to wait for the first token.</summary>
    public TimeSpan FirstTokenTimeout { get; init; } = TimeSpan.FromSeconds(8);
}
