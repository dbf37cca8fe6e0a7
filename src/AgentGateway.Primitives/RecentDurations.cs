namespace AgentGateway.Primitives;

/// <summary>The last durations of something, and how long it takes at most 95 times of 100. Not thread-safe.</summary>
public sealed class RecentDurations
{
    private readonly long[] _ticks;
    private readonly long[] _sorted;
    private int _next;

    /// <summary>Creates an empty window.</summary>
    /// <param name="capacity">How many durations are kept, at least 1; the oldest make room.</param>
    public RecentDurations(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        _ticks = new long[capacity];
        _sorted = new long[capacity];
    }

    /// <summary>How many are kept now.</summary>
    public int Count { get; private set; }

    /// <summary>Adds one; a negative one counts as zero.</summary>
    public void Add(TimeSpan duration)
    {
        _ticks[_next] = Math.Max(0, duration.Ticks);
        _next = (_next + 1) % _ticks.Length;
        Count = Math.Min(Count + 1, _ticks.Length);
    }

    /// <summary>The smallest of them that at least 95 % do not exceed; zero while there are none.</summary>
    public TimeSpan Percentile95()
    {
        if (Count == 0)
            return TimeSpan.Zero;
        Array.Copy(_ticks, _sorted, Count);
        Array.Sort(_sorted, 0, Count);
        return TimeSpan.FromTicks(_sorted[(int)Math.Ceiling(0.95 * Count) - 1]);
    }
}
