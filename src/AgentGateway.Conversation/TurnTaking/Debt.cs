namespace AgentGateway.Conversation.TurnTaking;

/// <summary>What the agent owes when the caller's present sound turns out to hold no words.</summary>
internal enum Debt
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The answer to an earlier turn: it was cancelled before any of it was heard.</summary>
    Answer,

    /// <summary>A word: the agent was cut while it spoke.</summary>
    Word,
}
