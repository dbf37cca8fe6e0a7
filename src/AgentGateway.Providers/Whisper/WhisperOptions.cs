namespace AgentGateway.Providers.Whisper;

/// <summary>How Whisper runs.</summary>
public sealed record WhisperOptions
{
    /// <summary>Threads of one transcription. Default: the number of cores, at most 4.</summary>
    public int Threads { get; init; } = Math.Min(4, Environment.ProcessorCount);

    /// <summary>Transcriptions at once, each with some 150 MB of working memory. Default 1: one transcription uses all <see cref="Threads"/>.</summary>
    public int MaxConcurrency { get; init; } = 1;

    /// <summary>Speech after which a partial is made, which transcribes the whole utterance so far again; null (default) for none.</summary>
    public TimeSpan? PartialInterval { get; init; }

    /// <summary>Longest utterance; more drops its beginning. At most 30 s, which is the model's window. Default 30 s.</summary>
    public TimeSpan MaxUtterance { get; init; } = TimeSpan.FromSeconds(30);
}
