namespace AgentGateway.Conversation.TurnTaking;

/// <summary>Who has the floor: the whole state of the dialogue in one value.</summary>
public enum TurnPhase
{
    /// <summary>Recogniser and voice are being prepared.</summary>
    Starting,

    /// <summary>Nobody speaks and nothing is owed.</summary>
    Listening,

    /// <summary>The caller has the floor and speaks.</summary>
    Hearing,

    /// <summary>The caller has the floor and paused; the end-of-turn delay runs.</summary>
    Pausing,

    /// <summary>The caller's turn is over; its final transcript is awaited.</summary>
    AwaitingTranscript,

    /// <summary>A reply is being made and none of its audio left.</summary>
    Thinking,

    /// <summary>Audio of the reply is leaving.</summary>
    Speaking,

    /// <summary>The caller made a sound over the agent: playout is held while it is judged.</summary>
    Contested,

    /// <summary>The last reply is being played; afterwards the conversation ends.</summary>
    Closing,

    /// <summary>Over.</summary>
    Ended,
}
