namespace AgentGateway.TurnBench.Engines;

/// <summary>
/// Runs engines to their end while virtual time stands still, and says how long they computed: what a call alone on a core would
/// have waited. Processor time, so that other programs on the machine do not count.
/// </summary>
internal static class ComputeTime
{
    internal static TimeSpan Of(Action work)
    {
        TimeSpan before = Environment.CpuUsage.TotalTime;
        work();
        return Environment.CpuUsage.TotalTime - before;
    }

    /// <summary>Waits for asynchronous work that does not need this thread.</summary>
    internal static T Run<T>(Func<Task<T>> work) => Task.Run(work).GetAwaiter().GetResult();
}
