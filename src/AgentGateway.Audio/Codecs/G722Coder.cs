namespace AgentGateway.Audio.Codecs;

/// <summary>
/// ITU-T G.722 at 64 kbit/s: two quadrature mirror bands of 8 kHz, the lower one with 6 bits, the upper one with 2, both by adaptive
/// differential coding.
/// </summary>
internal sealed class G722Coder : IWaveformCoder
{
    private const int Taps = 12;

    // The first half of the symmetric filter (table 11).
    private static readonly int[] Filter = [3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11];

    private readonly G722Band _encodeLow = new(isLow: true);
    private readonly G722Band _encodeHigh = new(isLow: false);
    private readonly G722Band _decodeLow = new(isLow: true);
    private readonly G722Band _decodeHigh = new(isLow: false);
    private readonly int[] _analysis = new int[2 * Taps];
    private readonly int[] _synthesis = new int[2 * Taps];

    /// <inheritdoc/>
    public int SampleRate => 16000;

    /// <inheritdoc/>
    public void Encode(ReadOnlySpan<short> pcm, Span<byte> bytes)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            (int even, int odd) = Run(_analysis, pcm[2 * i], pcm[(2 * i) + 1]);
            int low = _encodeLow.EncodeLow((even + odd) >> 14);
            int high = _encodeHigh.EncodeHigh((even - odd) >> 14);
            bytes[i] = (byte)((high << 6) | low);
        }
    }

    /// <inheritdoc/>
    public void Decode(ReadOnlySpan<byte> bytes, Span<short> pcm)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            int low = _decodeLow.DecodeLow(bytes[i] & 0x3F);
            int high = _decodeHigh.DecodeHigh(bytes[i] >> 6);
            (int even, int odd) = Run(_synthesis, low + high, low - high);
            pcm[2 * i] = (short)G722Band.Saturate(even >> 11);
            pcm[(2 * i) + 1] = (short)G722Band.Saturate(odd >> 11);
        }
    }

    /// <inheritdoc/>
    public void Reset()
    {
        foreach (G722Band band in (ReadOnlySpan<G722Band>)[_encodeLow, _encodeHigh, _decodeLow, _decodeHigh])
            band.Reset();
        Array.Clear(_analysis);
        Array.Clear(_synthesis);
    }

    // Both directions are the same filter over pairs: the odd places backwards, the even ones forwards.
    private static (int Even, int Odd) Run(int[] delay, int first, int second)
    {
        delay.AsSpan(2).CopyTo(delay);
        delay[^2] = first;
        delay[^1] = second;
        int even = 0;
        int odd = 0;
        for (int i = 0; i < Taps; i++)
        {
            odd += delay[2 * i] * Filter[i];
            even += delay[(2 * i) + 1] * Filter[Taps - 1 - i];
        }

        return (even, odd);
    }
}
