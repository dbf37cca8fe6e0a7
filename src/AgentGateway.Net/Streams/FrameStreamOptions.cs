namespace AgentGateway.Net.Streams;

/// <summary>Limits of a <see cref="FrameStream"/>.</summary>
internal sealed record FrameStreamOptions
{
    internal required FrameFormat Format { get; init; }

    /// <summary>How long the first whole message may take.</summary>
    internal TimeSpan FirstFrameTimeout { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>How long any later one may take: bytes that make no message do not count.</summary>
    internal TimeSpan IdleTimeout { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>How long the far end may refuse to take what is written.</summary>
    internal TimeSpan WriteTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
