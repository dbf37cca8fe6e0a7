namespace AgentGateway.Conversation.Session;

/// <summary>Text the caller typed.</summary>
internal readonly record struct TypedText(string Text, bool RunImmediately, bool AudioResponse);
