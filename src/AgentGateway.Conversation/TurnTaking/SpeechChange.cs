namespace AgentGateway.Conversation.TurnTaking;

/// <summary>What a window of audio changed about the caller's voice.</summary>
internal enum SpeechChange
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A sound that may become speech.</summary>
    Onset,

    /// <summary>The sound was too short to be speech.</summary>
    Dropped,

    /// <summary>It is speech.</summary>
    Started,

    /// <summary>Speech ended.</summary>
    Ended,
}
