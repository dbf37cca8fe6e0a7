namespace AgentGateway.Audio.Codecs;

/// <summary>A codec of fixed rate without state between streams: so many bytes for so many samples.</summary>
internal sealed class WaveformCodec(Func<IWaveformCoder> create) : IAudioCodec
{
    // 2.5 to 120 ms of 8 bytes per ms.
    private const int BytesPerMillisecond = 8;
    private const int MinBytes = 20;
    private const int MaxBytes = 120 * BytesPerMillisecond;

    /// <inheritdoc/>
    public int ClockRate => 8000;

    /// <inheritdoc/>
    public IAudioEncoder CreateEncoder() => new WaveformEncoder(create());

    /// <inheritdoc/>
    public IAudioDecoder CreateDecoder() => new WaveformDecoder(create());

    /// <inheritdoc/>
    public bool TryParse(ReadOnlySpan<byte> payload, out AudioPacketShape shape)
    {
        int samples = payload.Length * AudioFormat.SampleRate / (1000 * BytesPerMillisecond);
        bool valid = payload.Length is >= MinBytes and <= MaxBytes;
        shape = valid ? new AudioPacketShape(samples, samples, false, false) : default;
        return valid;
    }
}
