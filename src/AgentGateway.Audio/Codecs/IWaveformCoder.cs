namespace AgentGateway.Audio.Codecs;

/// <summary>The arithmetic of a codec that makes 64 kbit/s of samples: G.711, G.722. Both directions have their own state.</summary>
internal interface IWaveformCoder
{
    /// <summary>Samples per second.</summary>
    int SampleRate { get; }

    /// <summary>Encodes; one byte for each 1/8000 s.</summary>
    void Encode(ReadOnlySpan<short> pcm, Span<byte> bytes);

    /// <summary>Decodes; fills <paramref name="pcm"/> with 1/8000 s for each byte.</summary>
    void Decode(ReadOnlySpan<byte> bytes, Span<short> pcm);

    /// <summary>Forgets the past.</summary>
    void Reset();
}
