namespace AgentGateway.Conversation.Speech.Alignment;

/// <summary>10 ms of speech.</summary>
/// <param name="Energy">Mean square of the samples.</param>
/// <param name="Sonority">Mean square below 900 Hz, where vowels are.</param>
internal readonly record struct SpeechFrame(float Energy, float Sonority);
