namespace AgentGateway.Primitives;

/// <summary>
/// Counts durations in buckets of 0.25 ms up to 100 ms, for percentiles without storing samples. One owner; not thread-safe; adding does not
/// allocate.
/// </summary>
public sealed class LatenessHistogram
{
    private const int Buckets = 400;
    private const long BucketTicks = TimeSpan.TicksPerMillisecond / 4;

    private readonly long[] _counts = new long[Buckets + 1];

    /// <summary>How many durations were added.</summary>
    public long Count { get; private set; }

    /// <summary>The longest one.</summary>
    public TimeSpan Max { get; private set; }

    /// <summary>Adds one duration; negative ones count as zero.</summary>
    public void Add(TimeSpan value)
    {
        Count++;
        if (value > Max)
            Max = value;
        _counts[(int)Math.Clamp(value.Ticks / BucketTicks, 0, Buckets)]++;
    }

    /// <summary>
    /// The duration that a fraction (0..1) of all values do not exceed, rounded up to 0.25 ms; beyond 100 ms it is <see cref="Max"/>.
    /// Zero when nothing was added.
    /// </summary>
    public TimeSpan Percentile(double fraction)
    {
        long rank = Math.Max(1, (long)Math.Ceiling(Math.Clamp(fraction, 0, 1) * Count));
        long seen = 0;
        for (int i = 0; i < Buckets; i++)
        {
            seen += _counts[i];
            if (seen >= rank)
                return TimeSpan.FromTicks(Math.Min((i + 1) * BucketTicks, Max.Ticks));
        }

        return Max;
    }

    /// <summary>Adds what another one counted.</summary>
    public void Add(LatenessHistogram other)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (int i = 0; i <= Buckets; i++)
            _counts[i] += other._counts[i];
        Count += other.Count;
        if (other.Max > Max)
            Max = other.Max;
    }

    /// <summary>Starts over.</summary>
    public void Clear()
    {
        Array.Clear(_counts);
        Count = 0;
        Max = TimeSpan.Zero;
    }
}
