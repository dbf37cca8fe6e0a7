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

    /// <summary>Who is asked, in this order, when the model before failed before its first word; before the agent's script. At most 4.</summary>
    public IReadOnlyList<LlmFallback> Fallbacks { get; init; } = [];

    /// <summary>In how many of a hundred requests, 0..100, the next model may be asked although the one before has not failed: when it takes longer than its own 95th percentile.</summary>
    public int HedgePercent { get; init; }

    /// <summary>How long a model is waited for before its own 95th percentile is known.</summary>
    public TimeSpan HedgeAfter { get; init; } = TimeSpan.FromMilliseconds(1500);
}
