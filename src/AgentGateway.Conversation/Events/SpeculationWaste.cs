namespace AgentGateway.Conversation.Events;

/// <summary>Why a reply that was begun ahead was thrown away.</summary>
public enum SpeculationWaste
{
    /// <summary>The caller went on speaking.</summary>
    TurnWentOn,

    /// <summary>The turn was over, but with other words than those that were answered, or without any.</summary>
    OtherWords,

    /// <summary>The call ended.</summary>
    CallEnded,
}
