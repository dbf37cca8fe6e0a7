namespace AgentGateway.Audio.Codecs;

/// <summary>Brings 48 kHz down to a coder's rate and encodes.</summary>
internal sealed class WaveformEncoder(IWaveformCoder coder) : IAudioEncoder
{
    private const int BytesPerFrame = 160;

    private readonly Resampler _down = new(AudioFormat.SampleRate, coder.SampleRate);
    private readonly short[] _native = new short[coder.SampleRate / 50];

    /// <inheritdoc/>
    public int Encode(ReadOnlySpan<short> pcm, Span<byte> packet)
    {
        if (pcm.Length != AudioFormat.FrameSamples)
            throw new ArgumentException("A frame has 960 samples.", nameof(pcm));
        if (packet.Length < BytesPerFrame)
            throw new ArgumentException("No room for a packet.", nameof(packet));
        int samples = _down.Process(pcm, _native);
        _native.AsSpan(samples).Clear();
        coder.Encode(_native, packet[..BytesPerFrame]);
        return BytesPerFrame;
    }

    /// <inheritdoc/>
    public void Reset()
    {
        coder.Reset();
        _down.Reset();
    }

    /// <inheritdoc/>
    public void Dispose() => _down.Dispose();
}
