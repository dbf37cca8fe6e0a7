namespace AgentGateway.Audio;

/// <summary>Encodes 48 kHz mono speech. One owner; not thread-safe. No allocation per frame.</summary>
public interface IAudioEncoder : IDisposable
{
    /// <summary>Encodes one frame and returns the packet's length.</summary>
    /// <param name="pcm">20 ms (960 samples); the codec's own interface says which other lengths it takes.</param>
    /// <param name="packet">Room for the packet: 1275 bytes suffice for all codecs.</param>
    /// <exception cref="ArgumentException">The frame has another length, or the buffer is too small.</exception>
    int Encode(ReadOnlySpan<short> pcm, Span<byte> packet);

    /// <summary>Forgets the past, as if newly made; the settings stay.</summary>
    void Reset();
}
