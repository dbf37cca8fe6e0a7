namespace AgentGateway.Conversation.TurnTaking;

/// <summary>A reply that was begun before its turn was committed.</summary>
/// <param name="Generation">The reply's number.</param>
/// <param name="Turn">The turn it would answer.</param>
/// <param name="Words">The words it answers: it is of use only when the turn is committed with the same.</param>
internal sealed record Speculation(int Generation, int Turn, string Words)
{
    /// <summary>What is compared: the words without case and punctuation, which finals add.</summary>
    public static string Normalise(string text) => string.Join(' ', TurnVocabulary.Words(text));
}
