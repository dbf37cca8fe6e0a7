namespace AgentGateway.Providers.Llm;

/// <summary>The operator's configuration of language models. Keys live here, never in agent files.</summary>
public sealed record LlmSettings
{
    /// <summary>Whether the connection to an endpoint is opened when a call begins, ahead of its first turn; costs a request for the list of models.</summary>
    public bool WarmConnections { get; init; } = true;

    /// <summary>OpenAI's own endpoint: used when there is a key and no base URL.</summary>
    public static Uri OpenAi { get; } = new("https://api.openai.com/v1");

    /// <summary>Base URL of an OpenAI-compatible endpoint; null for none.</summary>
    public Uri? BaseUrl { get; init; }

    /// <summary>Its key; null for none.</summary>
    public string? ApiKey { get; init; }

    /// <summary>The model for agents that name none; null to use OpenAI's default or the first that the endpoint lists.</summary>
    public string? Model { get; init; }

    /// <summary>The model used at OpenAI when none is named.</summary>
    public string OpenAiModel { get; init; } = "gpt-4o-mini";

    /// <summary>Where an Ollama would listen.</summary>
    public Uri OllamaUrl { get; init; } = new("http://localhost:11434/");

    /// <summary>The Ollama model for agents that name none; null for the first that it lists.</summary>
    public string? OllamaModel { get; init; }

    /// <summary>How long to wait for an Ollama to show up.</summary>
    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>How long the outcome of looking is kept.</summary>
    public TimeSpan ProbeLifetime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Retries, deadlines and circuit breaker.</summary>
    public LlmResilienceOptions Resilience { get; init; } = new();

    /// <summary>Fills what is not configured from OPENAI_BASE_URL, OPENAI_API_KEY, OPENAI_MODEL and OLLAMA_HOST.</summary>
    /// <param name="read">Reads an environment variable.</param>
    public LlmSettings WithEnvironment(Func<string, string?> read)
    {
        ArgumentNullException.ThrowIfNull(read);

        // A key from the environment belongs to the endpoint of the environment: it is not sent to another one that was configured.
        bool ownEndpoint = BaseUrl is null;
        return this with
        {
            BaseUrl = BaseUrl ?? ToUrl(read("OPENAI_BASE_URL")),
            ApiKey = ApiKey ?? (ownEndpoint ? NullIfEmpty(read("OPENAI_API_KEY")) : null),
            Model = Model ?? NullIfEmpty(read("OPENAI_MODEL")),
            OllamaUrl = NullIfEmpty(read("OLLAMA_HOST")) is { } host && ToUrl(host.Contains("://", StringComparison.Ordinal) ? host : "http://" + host) is { } url
                ? url
                : OllamaUrl,
        };
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private static Uri? ToUrl(string? text) =>
        Uri.TryCreate(NullIfEmpty(text), UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https" ? url : null;
}
