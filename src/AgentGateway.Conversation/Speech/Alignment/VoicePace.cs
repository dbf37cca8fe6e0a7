namespace AgentGateway.Conversation.Speech.Alignment;

/// <summary>How fast the voice of a conversation speaks, learned from what it said. One flow.</summary>
internal sealed class VoicePace
{
    // Sentences differ by some percent; a voice differs from another by more.
    private const double Share = 0.5;

    /// <summary>1 for as long as <see cref="WordLengths"/> expects, 2 for twice as long.</summary>
    public double Value { get; private set; } = 1;

    /// <summary>A chunk was spoken at this pace.</summary>
    public void Learn(double pace) => Value += Share * (pace - Value);
}
