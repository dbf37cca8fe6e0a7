namespace AgentGateway.Conversation.Events;

/// <summary>Why a conversation ended.</summary>
public enum ConversationEndReason
{
    /// <summary>The caller hung up: signalling, data channel close, or disconnect message.</summary>
    CallerHungUp,

    /// <summary>The network to the caller was lost (ICE consent expired).</summary>
    ConnectionLost,

    /// <summary>The agent decided to end the call.</summary>
    AgentEnded,

    /// <summary>The operator or a shutdown ended the call.</summary>
    ServerStopped,

    /// <summary>A failure from which the conversation could not recover.</summary>
    Failed,

    /// <summary>The caller said nothing for long.</summary>
    CallerIdle,

    /// <summary>The call reached its longest time.</summary>
    TimeLimit,
}
