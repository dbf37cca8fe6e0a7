using AgentGateway.Primitives;

namespace AgentGateway.Conversation.TurnTaking;

/// <summary>What is known of speech over the agent.</summary>
/// <param name="Text">Its words so far.</param>
/// <param name="IsFinal">Whether no more words of it are awaited.</param>
/// <param name="Confidence">How sure the recogniser is of them, 0..1; null when it cannot tell.</param>
/// <param name="Speech">Length of the present or last sound, its short pauses included.</param>
/// <param name="Onset">When the first sound of it began.</param>
/// <param name="Span">From the beginning of the first sound of it to the last moment that was surely speech.</param>
/// <param name="Echo">How much of the sound is explained by what the agent played, 0..1.</param>
/// <param name="TurnedToEcho">Whether it was short and went over into the agent's own sound.</param>
internal readonly record struct Overheard(string Text, bool IsFinal, float? Confidence, TimeSpan Speech, Instant Onset, TimeSpan Span, double Echo, bool TurnedToEcho);
