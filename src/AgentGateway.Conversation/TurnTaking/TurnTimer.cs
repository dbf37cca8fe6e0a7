namespace AgentGateway.Conversation.TurnTaking;

/// <summary>Every reason for which time alone moves the dialogue.</summary>
public enum TurnTimer
{
    /// <summary>The caller's pause became the end of the turn.</summary>
    EndOfTurn,

    /// <summary>The recogniser took longer for its final than it usually does.</summary>
    TranscriptWait,

    /// <summary>Speech over the agent has to be judged now.</summary>
    Decision,

    /// <summary>The caller's turn became too long.</summary>
    TurnTooLong,

    /// <summary>Speech was going on and no more audio arrived.</summary>
    VoiceStall,

    /// <summary>A phase made no progress.</summary>
    Watchdog,
}
