namespace AgentGateway.Audio.Codecs;

/// <summary>Decodes at a coder's rate, replaces what is lost by repeating the pitch, and brings everything up to 48 kHz.</summary>
internal sealed class WaveformDecoder : IAudioDecoder
{
    private const int MaxBytes = 960;

    private readonly IWaveformCoder _coder;
    private readonly int _perByte;
    private readonly int _up;
    private readonly PitchConcealment _concealment;
    private readonly ComfortNoise _noise = new();
    private readonly Resampler _resampler;
    private readonly short[] _native;
    private bool _pausing;

    public WaveformDecoder(IWaveformCoder coder)
    {
        _coder = coder;
        _perByte = coder.SampleRate / 8000;
        _up = AudioFormat.SampleRate / coder.SampleRate;
        _concealment = new PitchConcealment(coder.SampleRate);
        _resampler = new Resampler(coder.SampleRate, AudioFormat.SampleRate);
        _native = new short[MaxBytes * _perByte];
    }

    /// <inheritdoc/>
    public OpusStatus Decode(ReadOnlySpan<byte> packet, Span<short> pcm, out int samples)
    {
        samples = 0;
        if (packet.IsEmpty || packet.Length > MaxBytes)
            return OpusStatus.InvalidPacket;
        int length = packet.Length * _perByte;
        if (pcm.Length < length * _up)
            return OpusStatus.BufferTooSmall;
        Span<short> native = _native.AsSpan(0, length);
        _coder.Decode(packet, native);
        _concealment.Accept(native);
        _pausing = false;
        samples = length * _up;
        Raise(native, pcm[..samples]);
        return OpusStatus.Ok;
    }

    /// <inheritdoc/>
    public OpusStatus DecodeFec(ReadOnlySpan<byte> nextPacket, Span<short> pcm) => Conceal(pcm);

    /// <inheritdoc/>
    public OpusStatus Conceal(Span<short> pcm)
    {
        if (pcm.Length == 0 || pcm.Length % 120 != 0 || pcm.Length > AudioFormat.MaxPacketSamples)
            return OpusStatus.BufferTooSmall;
        Span<short> native = _native.AsSpan(0, pcm.Length / _up);
        if (_pausing)
            _noise.Fill(native);
        else
            _concealment.Fill(native);
        Raise(native, pcm);
        return OpusStatus.Ok;
    }

    /// <inheritdoc/>
    public OpusStatus BeginComfortNoise(ReadOnlySpan<byte> payload, Span<short> pcm)
    {
        _noise.Configure(payload);
        _pausing = true;
        return Conceal(pcm);
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _coder.Reset();
        _concealment.Reset();
        _resampler.Reset();
        _pausing = false;
    }

    /// <inheritdoc/>
    public void Dispose() => _resampler.Dispose();

    private void Raise(ReadOnlySpan<short> native, Span<short> pcm)
    {
        int written = _resampler.Process(native, pcm);
        pcm[written..].Clear();
    }
}
