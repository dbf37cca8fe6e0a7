namespace AgentGateway.Conversation.TurnTaking;

/// <summary>What a <see cref="TurnFact"/> says.</summary>
public enum TurnFactKind
{
    /// <summary>Everything is prepared; the conversation begins.</summary>
    Ready,

    /// <summary>The voice activity of one window of the caller's audio.</summary>
    Voice,

    /// <summary>Recognised text of an utterance.</summary>
    Transcript,

    /// <summary>The recogniser failed; finals that were owed will not come.</summary>
    RecognizerLost,

    /// <summary>Text that the caller typed.</summary>
    TypedText,

    /// <summary>The reply made progress: a token, a chunk of speech, a tool.</summary>
    ReplyProgress,

    /// <summary>The first audio of a reply left.</summary>
    PlayoutStarted,

    /// <summary>More audio of a reply left.</summary>
    PlayoutProgress,

    /// <summary>Everything of a reply was played, or there was nothing to play.</summary>
    ReplyFinished,

    /// <summary>The agent wants to end the conversation when the present reply was heard.</summary>
    EndAfterReply,

    /// <summary>The conversation ends now.</summary>
    End,

    /// <summary>How likely it is that the caller's turn is over, from its audio: the answer to JudgeEndOfTurn.</summary>
    EndOfTurnProbability,

    /// <summary>How likely it is that the caller's turn is over, from the recogniser itself.</summary>
    ProviderEndOfTurn,

    /// <summary>The caller pressed a key of the telephone.</summary>
    Dtmf,

    /// <summary>A chunk of a reply's text is going to be spoken, or was shown.</summary>
    ReplyText,

    /// <summary>What the agent expects to hear next.</summary>
    ListenFor,

    /// <summary>The reply has to be heard to its end: the caller may not interrupt it.</summary>
    Uninterruptible,
}
