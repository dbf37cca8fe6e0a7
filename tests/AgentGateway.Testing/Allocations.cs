namespace AgentGateway.Testing;

/// <summary>
/// What code allocates on the thread that runs it, told from what the collector adds: a collection that other tests cause charges each
/// thread with the unused rest of its allocation buffer (up to 8 KB), so that a single reading may be wrong by so much.
/// </summary>
public static class Allocations
{
    /// <summary>Bytes that <paramref name="action"/> allocates on this thread: the least of at most five runs.</summary>
    public static long Least(Action action)
    {
        long least = long.MaxValue;
        for (int run = 0; run < 5 && least > 0; run++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }

    /// <summary>Begins a span of this thread whose allocations <see cref="AllocationMark.Since"/> tells.</summary>
    public static AllocationMark Mark() => new(GC.CollectionCount(0), GC.GetAllocatedBytesForCurrentThread());
}
