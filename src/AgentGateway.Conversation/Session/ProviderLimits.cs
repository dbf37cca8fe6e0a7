namespace AgentGateway.Conversation.Session;

/// <summary>How long the session waits for its providers. The first token's limit is the agent's.</summary>
public sealed record ProviderLimits
{
    /// <summary>Longest pause between two pieces of a model's reply.</summary>
    public TimeSpan NextToken { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>From a chunk of text to its first audio.</summary>
    public TimeSpan FirstAudio { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>Longest pause between two pieces of a chunk's audio.</summary>
    public TimeSpan NextAudio { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Opening a recognition session.</summary>
    public TimeSpan RecognizerOpen { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>One call of a recognition session.</summary>
    public TimeSpan RecognizerCall { get; init; } = TimeSpan.FromSeconds(8);
}
