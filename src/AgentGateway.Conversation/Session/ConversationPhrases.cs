using AgentGateway.Conversation.Agents;

namespace AgentGateway.Conversation.Session;

/// <summary>What the agent says when no model is asked.</summary>
public sealed record ConversationPhrases
{
    private static readonly ConversationPhrases English = new();

    private static readonly ConversationPhrases German = new()
    {
        NotUnderstood = "Entschuldigung, das habe ich nicht verstanden.",
        Filler = "Einen Moment bitte.",
        FillerAgain = "Es dauert noch einen Augenblick.",
        StillThere = "Sind Sie noch da?",
        StillThereAgain = "Hallo, können Sie mich hören?",
        IdleGoodbye = "Ich höre Sie nicht mehr. Auf Wiederhören.",
        TimeWarning = "Nur zur Information: Wir haben noch etwa eine Minute.",
        TimeUp = "Unsere Zeit ist leider um. Vielen Dank für Ihren Anruf, auf Wiederhören.",
    };

    /// <summary>The caller was heard, but no words were recognised.</summary>
    public string NotUnderstood { get; init; } = "Sorry, I didn't catch that.";

    /// <summary>The answer takes longer than the caller should wait in silence.</summary>
    public string Filler { get; init; } = "One moment, please.";

    /// <summary>It still does.</summary>
    public string FillerAgain { get; init; } = "It takes a little longer, please hold on.";

    /// <summary>The caller said nothing for a while.</summary>
    public string StillThere { get; init; } = "Are you still there?";

    /// <summary>The caller still says nothing.</summary>
    public string StillThereAgain { get; init; } = "Hello, can you hear me?";

    /// <summary>The call ends because nobody is there.</summary>
    public string IdleGoodbye { get; init; } = "I can not hear you any more. Goodbye.";

    /// <summary>The longest time of a call is nearly reached.</summary>
    public string TimeWarning { get; init; } = "Just so you know, we have about one minute left.";

    /// <summary>The call ends because it was long enough.</summary>
    public string TimeUp { get; init; } = "I am sorry, our time is up. Thank you for calling, goodbye.";

    /// <summary>The phrases of an agent: those of its file, else those of its language.</summary>
    public static ConversationPhrases For(AgentDefinition agent)
    {
        ArgumentNullException.ThrowIfNull(agent);
        ConversationPhrases usual = For(agent.Language);
        PhraseOptions own = agent.Phrases;
        return new ConversationPhrases
        {
            NotUnderstood = own.NotUnderstood ?? usual.NotUnderstood,
            Filler = own.Filler ?? usual.Filler,
            FillerAgain = own.FillerAgain ?? usual.FillerAgain,
            StillThere = own.StillThere ?? usual.StillThere,
            StillThereAgain = own.StillThereAgain ?? usual.StillThereAgain,
            IdleGoodbye = own.IdleGoodbye ?? usual.IdleGoodbye,
            TimeWarning = own.TimeWarning ?? usual.TimeWarning,
            TimeUp = own.TimeUp ?? usual.TimeUp,
        };
    }

    /// <summary>The phrases of a BCP 47 language; English where there are none.</summary>
    public static ConversationPhrases For(string language)
    {
        ArgumentNullException.ThrowIfNull(language);
        return language.StartsWith("de", StringComparison.OrdinalIgnoreCase) ? German : English;
    }
}
