namespace AgentGateway.Audio;

/// <summary>The one audio format inside a call: 48 kHz, mono, 16-bit, 20 ms frames.</summary>
public static class AudioFormat
{
    /// <summary>Samples per second of call audio, which is also the RTP clock rate of Opus (RFC 7587 section 4.1).</summary>
    public const int SampleRate = 48_000;

    /// <summary>Samples in one 20 ms frame at 48 kHz.</summary>
    public const int FrameSamples = 960;

    /// <summary>Length of one frame in milliseconds.</summary>
    public const int FrameMilliseconds = 20;

    /// <summary>Frames per second.</summary>
    public const int FramesPerSecond = 1000 / FrameMilliseconds;

    /// <summary>The longest Opus packet in samples: 120 ms (RFC 6716 section 3.2.5).</summary>
    public const int MaxPacketSamples = 5760;

    /// <summary>Length of one frame.</summary>
    public static TimeSpan FrameDuration { get; } = TimeSpan.FromMilliseconds(FrameMilliseconds);

    /// <summary>The length of a number of samples at 48 kHz.</summary>
    public static TimeSpan ToDuration(long samples) => new(samples * TimeSpan.TicksPerSecond / SampleRate);

    /// <summary>The number of whole samples at 48 kHz in a duration, rounded towards zero.</summary>
    public static long ToSamples(TimeSpan duration) => duration.Ticks * SampleRate / TimeSpan.TicksPerSecond;
}
