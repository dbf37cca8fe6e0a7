namespace AgentGateway.Conversation.TurnTaking;

/// <summary>What speech over the agent turned out to be.</summary>
internal enum BargeInVerdict
{
    /// <summary>Not known yet.</summary>
    Open,

    /// <summary>The caller takes the floor.</summary>
    Interruption,

    /// <summary>A back-channel, a cough, a noise.</summary>
    Nothing,
}
