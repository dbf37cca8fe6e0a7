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
}
