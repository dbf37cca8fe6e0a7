namespace AgentGateway.Conversation.Speech.Alignment;

/// <summary>What stands between two words.</summary>
internal enum WordBreak
{
    /// <summary>Nothing that is heard.</summary>
    None,

    /// <summary>A comma or the like: most voices pause.</summary>
    Clause,

    /// <summary>The end of a sentence, or of the text.</summary>
    Sentence,
}
