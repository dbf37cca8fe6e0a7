namespace AgentGateway.Conversation.Ports;

/// <summary>What a recogniser makes of the present utterance.</summary>
/// <param name="Utterance">0, 1, 2 ... within the session; changes after <see cref="IRecognitionSession.EndUtteranceAsync"/>.</param>
/// <param name="Text">The whole text of the utterance so far (not a delta), trimmed; may be empty in a final.</param>
/// <param name="IsFinal">True exactly once per ended utterance.</param>
public readonly record struct RecognitionResult(int Utterance, string Text, bool IsFinal)
{
    /// <summary>The recogniser's own judgement, 0..1, that the caller's turn ends with this text; null when it has none.</summary>
    public float? EndOfTurn { get; init; }

    /// <summary>How sure the recogniser is of the text, 0..1 (the mean over its parts); null when it cannot tell.</summary>
    public float? Confidence { get; init; }
}
