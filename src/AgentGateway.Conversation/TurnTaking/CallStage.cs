namespace AgentGateway.Conversation.TurnTaking;

/// <summary>How the call stands with its longest time.</summary>
internal enum CallStage
{
    /// <summary>There is time.</summary>
    Open,

    /// <summary>The caller has to be told that there is little left.</summary>
    WarningDue,

    /// <summary>The caller was told.</summary>
    Warned,

    /// <summary>The time is over.</summary>
    Over,
}
