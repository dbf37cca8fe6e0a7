namespace AgentGateway.Audio.Codecs;

/// <summary>White noise as loud as a comfort noise packet says (RFC 3389 section 3.1); its spectrum is not followed.</summary>
internal sealed class ComfortNoise
{
    private const int SilentLevel = 127;

    // Any fixed start: the same packets give the same sound.
    private uint _state = 0x2545_F491;
    private double _amplitude;

    /// <summary>Reads a packet; an empty one is silence.</summary>
    public void Configure(ReadOnlySpan<byte> payload)
    {
        int level = payload.IsEmpty ? SilentLevel : payload[0] & 0x7F;

        // The level is that of a square wave of full scale; evenly distributed noise has 1/sqrt(3) of its peak.
        _amplitude = level == SilentLevel ? 0 : Math.Min(short.MaxValue, short.MaxValue * Math.Pow(10, -level / 20.0) * Math.Sqrt(3));
    }

    public void Fill(Span<short> pcm)
    {
        for (int i = 0; i < pcm.Length; i++)
        {
            _state ^= _state << 13;
            _state ^= _state >> 17;
            _state ^= _state << 5;
            pcm[i] = (short)(_amplitude * ((int)_state / (double)int.MaxValue));
        }
    }
}
