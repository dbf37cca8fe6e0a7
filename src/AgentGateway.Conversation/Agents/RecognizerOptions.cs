namespace AgentGateway.Conversation.Agents;

/// <summary>Which speech-to-text engine listens.</summary>
public sealed record RecognizerOptions
{
    /// <summary>"auto", "sherpa", "whisper" or "pocketsphinx".</summary>
    public string Provider { get; init; } = "auto";

    /// <summary>Words that are likely to be said.</summary>
    public IReadOnlyList<string> Hints { get; init; } = [];
}
