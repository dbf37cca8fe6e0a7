using AgentGateway.Conversation.Ports;

namespace AgentGateway.Conversation.Speech;

/// <summary>Speech that is kept: 48 kHz mono PCM and when its words begin.</summary>
/// <param name="Pcm">The samples, ready for playout.</param>
/// <param name="Words">Word timings, when the engine knew them.</param>
public sealed record SpokenPhrase(ReadOnlyMemory<short> Pcm, IReadOnlyList<WordTiming> Words);
