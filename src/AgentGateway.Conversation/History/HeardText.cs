namespace AgentGateway.Conversation.History;

/// <summary>What of a reply reached the caller.</summary>
/// <param name="Text">The words that were played, or shown when the reply was not spoken.</param>
/// <param name="IsComplete">Whether that is the whole reply.</param>
public readonly record struct HeardText(string Text, bool IsComplete);
