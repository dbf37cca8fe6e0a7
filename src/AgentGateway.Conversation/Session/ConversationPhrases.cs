namespace AgentGateway.Conversation.Session;

/// <summary>What the agent says when no model is asked.</summary>
public sealed record ConversationPhrases
{
    private static readonly ConversationPhrases English = new();

    private static readonly ConversationPhrases German = new()
    {
        NotUnderstood = "Entschuldigung, das habe ich nicht verstanden.",
    };

    /// <summary>The caller was heard, but no words were recognised.</summary>
    public string NotUnderstood { get; init; } = "Sorry, I didn't catch that.";

    /// <summary>The phrases of a BCP 47 language; English where there are none.</summary>
    public static ConversationPhrases For(string language)
    {
        ArgumentNullException.ThrowIfNull(language);
        return language.StartsWith("de", StringComparison.OrdinalIgnoreCase) ? German : English;
    }
}
