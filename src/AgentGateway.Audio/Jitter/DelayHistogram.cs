namespace AgentGateway.Audio.Jitter;

/// <summary>
/// How often which delay occurs, in steps of 5 ms up to 640 ms, forgetting slowly. Counts are gathered over an interval and enter together.
/// </summary>
internal sealed class DelayHistogram
{
    /// <summary>All of it: shares are Q30 fixed point, so that nothing depends on floating-point details.</summary>
    public const int One = 1 << 30;

    private const int Buckets = 128;
    private const long BucketTicks = 5 * TimeSpan.TicksPerMillisecond;

    private readonly int[] _shares = new int[Buckets];
    private readonly int[] _counts = new int[Buckets];
    private int _counted;
    private int _lastBucket;

    /// <summary>Counts a delay in the present interval.</summary>
    public void Count(long ticks)
    {
        _lastBucket = (int)Math.Clamp(ticks / BucketTicks, 0, Buckets - 1);
        _counts[_lastBucket]++;
        _counted++;
    }

    /// <summary>Forgets the present interval.</summary>
    public void DropInterval()
    {
        Array.Clear(_counts);
        _counted = 0;
    }

    /// <summary>Ends the interval, in which something was counted: what was before keeps this share, the interval gets the rest.</summary>
    public void CloseInterval(int keep)
    {
        int weight = (One - keep) / _counted;
        int sum = 0;
        for (int i = 0; i < Buckets; i++)
        {
            _shares[i] = (int)(((long)_shares[i] * keep) >> 30) + (weight * _counts[i]);
            sum += _shares[i];
        }

        // What rounding lost.
        _shares[_lastBucket] += One - sum;
        DropInterval();
    }

    /// <summary>The delay that covers a share.</summary>
    public long Covering(int share)
    {
        long seen = 0;
        int level = 0;
        while (level < Buckets - 1 && (seen += _shares[level]) < share)
            level++;
        return (level + 1) * BucketTicks;
    }

    /// <summary>The share above a delay, which counts as a multiple of 5 ms.</summary>
    public int Beyond(long ticks)
    {
        int share = 0;
        for (int i = (int)Math.Min(ticks / BucketTicks, Buckets); i < Buckets; i++)
            share += _shares[i];
        return share;
    }
}
