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

    /// <summary>The caller was left in silence for too long.</summary>
    SilenceBudget,

    /// <summary>The caller said nothing for long.</summary>
    IdleCaller,

    /// <summary>The call is about to become too long.</summary>
    CallWarning,

    /// <summary>The call became too long.</summary>
    CallLimit,

    /// <summary>The text of a paused turn did not change for a while.</summary>
    StableText,

    /// <summary>The agent was silent for a moment, in case that somebody speaks.</summary>
    Resume,
}
