namespace AgentGateway.Conversation.TurnTaking;

/// <summary>Sentences that do not come from the language model.</summary>
public enum TurnPhrase
{
    /// <summary>The agent's first words.</summary>
    Greeting,

    /// <summary>The caller was heard but not understood.</summary>
    NotUnderstood,

    /// <summary>The reply failed.</summary>
    Apology,

    /// <summary>The answer takes a moment.</summary>
    Filler,

    /// <summary>The answer still takes a moment.</summary>
    FillerAgain,

    /// <summary>Is the caller still there?</summary>
    StillThere,

    /// <summary>The same, the second time.</summary>
    StillThereAgain,

    /// <summary>Nobody is there: goodbye.</summary>
    IdleGoodbye,

    /// <summary>The call will soon have to end.</summary>
    TimeWarning,

    /// <summary>The call has to end.</summary>
    TimeUp,
}
