namespace AgentGateway.Conversation.Events;

/// <summary>
/// Where the time between the end of the caller's speech and the agent's first audio went. The parts follow each other,
/// so they add up to <see cref="Total"/>.
/// </summary>
public sealed record TurnLatency
{
    /// <summary>The turn answered.</summary>
    public required int Turn { get; init; }

    /// <summary>End of speech in the audio that the network brought, before the jitter buffer, to the decision that the turn is over.</summary>
    public required TimeSpan Endpointing { get; init; }

    /// <summary>From that decision to the final transcript; zero when it was there already.</summary>
    public required TimeSpan Transcription { get; init; }

    /// <summary>From the request to the language model's first token.</summary>
    public required TimeSpan LlmFirstToken { get; init; }

    /// <summary>From the first token to the first chunk of text that can be spoken.</summary>
    public required TimeSpan FirstChunk { get; init; }

    /// <summary>From the first chunk to its first audio.</summary>
    public required TimeSpan TtsFirstAudio { get; init; }

    /// <summary>From first audio to the first non-silent frame handed to the packetiser.</summary>
    public required TimeSpan Pacing { get; init; }

    /// <summary>Whether the answer was begun before the turn was certainly over.</summary>
    public bool WasSpeculated { get; init; }

    /// <summary>Answers to this turn that were begun ahead and thrown away.</summary>
    public int WastedReplies { get; init; }

    /// <summary>Characters that the model had made for them.</summary>
    public int WastedCharacters { get; init; }

    /// <summary>The whole: end of the caller's speech to the agent's first non-silent frame.</summary>
    public TimeSpan Total => Endpointing + Transcription + LlmFirstToken + FirstChunk + TtsFirstAudio + Pacing;
}
