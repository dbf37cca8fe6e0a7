namespace AgentGateway.Conversation.Session;

/// <summary>Text the caller typed, or a key of the telephone.</summary>
internal readonly record struct TypedText(string Text, bool RunImmediately, bool AudioResponse, bool IsKey = false);
