namespace AgentGateway.Conversation.Speech.Alignment;

/// <summary>Where a word ends.</summary>
/// <param name="TextEnd">In the text, its punctuation included.</param>
/// <param name="Time">In the audio.</param>
internal readonly record struct WordEnd(int TextEnd, TimeSpan Time);
