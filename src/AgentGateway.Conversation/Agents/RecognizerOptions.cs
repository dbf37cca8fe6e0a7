namespace AgentGateway.Conversation.Agents;

/// <summary>Which speech-to-text engine listens.</summary>
public sealed record RecognizerOptions
{
    /// <summary>"auto", "sherpa", "whisper" or "pocketsphinx".</summary>
    public string Provider { get; init; } = "auto";

    /// <summary>Engines that listen, in this order, when the one before cannot. At most 3.</summary>
    public IReadOnlyList<string> Fallbacks { get; init; } = [];

    /// <summary>Whether text without case, punctuation and digits is made readable for the model and the transcript.</summary>
    public bool Readable { get; init; } = true;

    /// <summary>Words that are likely to be said.</summary>
    public IReadOnlyList<string> Hints { get; init; } = [];
}
