using AgentGateway.Primitives;

namespace AgentGateway.Audio;

/// <summary>
/// Absolute deadlines on a fixed grid (20 ms for call audio): lateness of one frame never moves the next. After a stall the missed frames are
/// skipped, not sent as a burst. Told the time; one owner; not thread-safe.
/// </summary>
public sealed class FrameClock
{
    private readonly Instant _start;
    private readonly long _periodTicks;
    private readonly int _maxBurst;

    /// <summary>Makes a clock whose first deadline is <paramref name="start"/>.</summary>
    /// <param name="start">The first deadline.</param>
    /// <param name="period">Distance of deadlines, positive.</param>
    /// <param name="maxBurst">How many frames may be due at once (1 or more); further ones are skipped. 3 lets a 60 ms hiccup heal.</param>
    public FrameClock(Instant start, TimeSpan period, int maxBurst = 3)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(period.Ticks, nameof(period));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxBurst);
        _start = start;
        _periodTicks = period.Ticks;
        _maxBurst = maxBurst;
    }

    /// <summary>The next deadline.</summary>
    public Instant Next => new(_start.Ticks + (NextIndex * _periodTicks));

    /// <summary>
    /// Grid index of the next frame; skipped frames count. Times the samples of a frame it is the media position, so a stream stamped with it
    /// stays in step with real time across stalls.
    /// </summary>
    public long NextIndex { get; private set; }

    /// <summary>Frames skipped in the last <see cref="Advance"/>. They come before the frames it returned.</summary>
    public int LastSkipped { get; private set; }

    /// <summary>Frames skipped since the start.</summary>
    public long TotalSkipped { get; private set; }

    /// <summary>
    /// Returns how many frames are due at <paramref name="now"/>, 0..maxBurst, and moves past them. When more are due, the oldest are skipped:
    /// see <see cref="LastSkipped"/>.
    /// </summary>
    public int Advance(Instant now)
    {
        LastSkipped = 0;
        long late = now.Ticks - Next.Ticks;
        if (late < 0)
            return 0;
        long due = (late / _periodTicks) + 1;
        NextIndex += due;
        if (due <= _maxBurst)
            return (int)due;
        LastSkipped = (int)Math.Min(due - _maxBurst, int.MaxValue);
        TotalSkipped += due - _maxBurst;
        return _maxBurst;
    }
}
