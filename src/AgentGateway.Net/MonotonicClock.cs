using AgentGateway.Primitives;

namespace AgentGateway.Net;

/// <summary>The one place where media time is read: instants since this object was made. Thread-safe.</summary>
/// <param name="time">The process's time provider.</param>
public sealed class MonotonicClock(TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();

    /// <summary>Now.</summary>
    public Instant Now => new(time.GetElapsedTime(_start).Ticks);

    /// <summary>The wall-clock time of <see cref="Instant.Zero"/>, for RTCP sender reports.</summary>
    public DateTimeOffset Epoch { get; } = time.GetUtcNow();
}
