namespace AgentGateway.Audio.Codecs;

/// <summary>G.711 with the mu-law (PCMU).</summary>
internal sealed class MuLawCoder : IWaveformCoder
{
    /// <inheritdoc/>
    public int SampleRate => 8000;

    /// <inheritdoc/>
    public void Encode(ReadOnlySpan<short> pcm, Span<byte> bytes)
    {
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = G711.ToMu(pcm[i]);
    }

    /// <inheritdoc/>
    public void Decode(ReadOnlySpan<byte> bytes, Span<short> pcm)
    {
        for (int i = 0; i < bytes.Length; i++)
            pcm[i] = G711.FromMu(bytes[i]);
    }

    /// <inheritdoc/>
    public void Reset()
    {
        // A byte is a sample: there is no past.
    }
}
