namespace AgentGateway.Providers.Sherpa;

/// <summary>How the sherpa recogniser runs.</summary>
public sealed record SherpaRecognizerOptions
{
    /// <summary>The name's second part, for metrics and logs: the recogniser reports "sherpa:" and this.</summary>
    public string ModelName { get; init; } = "zipformer";

    /// <summary>The language the model understands (primary BCP 47 subtag); null accepts all.</summary>
    public string? Language { get; init; } = "en";

    /// <summary>Sessions that compute at once; default the number of cores.</summary>
    public int MaxConcurrency { get; init; } = Environment.ProcessorCount;

    /// <summary>Silence put before each utterance, because the model misses a word that begins with its first frame. Default 0.3 s.</summary>
    public TimeSpan LeadIn { get; init; } = TimeSpan.FromSeconds(0.3);

    /// <summary>Silence put behind each utterance, so that the model's look-ahead covers the last word. Default 0.5 s.</summary>
    public TimeSpan Flush { get; init; } = TimeSpan.FromSeconds(0.5);
}
