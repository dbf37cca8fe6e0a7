namespace AgentGateway.Audio.Codecs;

/// <summary>G.711 with the A-law (PCMA).</summary>
internal sealed class ALawCoder : IWaveformCoder
{
    /// <inheritdoc/>
    public int SampleRate => 8000;

    /// <inheritdoc/>
    public void Encode(ReadOnlySpan<short> pcm, Span<byte> bytes)
    {
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = G711.ToA(pcm[i]);
    }

    /// <inheritdoc/>
    public void Decode(ReadOnlySpan<byte> bytes, Span<short> pcm)
    {
        for (int i = 0; i < bytes.Length; i++)
            pcm[i] = G711.FromA(bytes[i]);
    }

    /// <inheritdoc/>
    public void Reset()
    {
        // A byte is a sample: there is no past.
    }
}
