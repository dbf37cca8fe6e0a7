namespace AgentGateway.Conversation.Tests;

internal static class Allocations
{
    /// <summary>
    /// Bytes that <paramref name="action"/> allocates on this thread: the least of several runs, because a collection that other
    /// tests cause in between charges the thread with the unused rest of its allocation buffer.
    /// </summary>
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
