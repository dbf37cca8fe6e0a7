namespace AgentGateway.Testing;

/// <summary>
/// What code allocates on the thread that runs it. Exact where the collector is not concurrent, as in the projects of unit tests: the second
/// pause of a concurrent collection charges a thread with the unused rest of its allocation buffer (up to 8 KB), whoever's garbage it is.
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
}
