namespace AgentGateway.Conversation.Ports;

/// <summary>One chunk of text to be spoken.</summary>
/// <param name="Text">Plain text, 1..2000 characters, no markup.</param>
/// <param name="Language">BCP 47 language, such as "en".</param>
/// <param name="Voice">The voice's name as the engine knows it, or null for its default.</param>
/// <param name="Rate">Speaking rate, 0.5..2.0; 1 is normal.</param>
public sealed record SpeechRequest(string Text, string Language = "en", string? Voice = null, double Rate = 1.0);
