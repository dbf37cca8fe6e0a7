namespace AgentGateway.Conversation.Ports;

/// <summary>When a word of a request begins in its audio.</summary>
/// <param name="TextOffset">Index of the word's first character in the request's text.</param>
/// <param name="TextLength">Number of characters.</param>
/// <param name="Start">Time from the start of the request's audio.</param>
/// <param name="End">End of the word.</param>
public readonly record struct WordTiming(int TextOffset, int TextLength, TimeSpan Start, TimeSpan End);
