namespace AgentGateway.Audio;

/// <summary>Format of a WAV file.</summary>
/// <param name="SampleRate">Samples per second and channel, 1000..384000.</param>
/// <param name="Channels">1 or 2.</param>
/// <param name="Encoding">How a sample is stored.</param>
public readonly record struct WavFormat(int SampleRate, int Channels, WavEncoding Encoding = WavEncoding.Pcm16)
{
    /// <summary>Bytes of one sample of one channel.</summary>
    public int BytesPerSample => Encoding == WavEncoding.Pcm16 ? 2 : 4;

    /// <summary>Bytes of one sample of all channels.</summary>
    public int BlockAlign => BytesPerSample * Channels;

    internal bool IsSupported => SampleRate is >= 1_000 and <= 384_000 && Channels is 1 or 2;
}
