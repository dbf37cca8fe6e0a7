namespace AgentGateway.Conversation.Ports;

/// <summary>A piece of synthesized speech; the pieces of a request follow each other without a gap.</summary>
/// <param name="Pcm">Mono PCM16.</param>
/// <param name="SampleRate">Samples per second of <paramref name="Pcm"/>, 8000..48000; the same in all pieces of a request.</param>
/// <param name="Words">When each word begins, when the engine knows; empty otherwise. Times count from the start of the request's audio.</param>
public sealed record SpeechAudio(ReadOnlyMemory<short> Pcm, int SampleRate, IReadOnlyList<WordTiming> Words)
{
    /// <summary>Whether another engine speaks than the one that was asked: not worth keeping as the voice of a fixed phrase.</summary>
    public bool IsSubstitute { get; init; }
}
