namespace AgentGateway.Conversation.Session;

/// <summary>What the agent says when no model is asked.</summary>
public sealed record ConversationPhrases
{
    private static readonly ConversationPhrases English = new();

    private static readonly ConversationPhrases German = new()
    {
        NotUnderstood = "Entschuldigung, das habe ich nicht verstanden.",
        Apology = "Entschuldigung, ich kann gerade nicht antworten. Bitte versuchen Sie es gleich noch einmal.",
    };

    /// <summary>The caller was heard, but no words were recognised.</summary>
    public string NotUnderstood { get; init; } = "Sorry, I didn't catch that.";

    /// <summary>No model could answer.</summary>
    public string Apology { get; init; } = "I'm sorry, I can't answer right now. Please try again in a moment.";

    /// <summary>The phrases of a BCP 47 language; English where there are none.</summary>
    public static ConversationPhrases For(string language)
    {
        ArgumentNullException.ThrowIfNull(language);
        return language.StartsWith("de", StringComparison.OrdinalIgnoreCase) ? German : English;
    }
}
