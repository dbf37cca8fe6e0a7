using System.Diagnostics;

namespace AgentGateway.Net.Tests;

/// <summary>What a call costs the process besides memory: nothing. Counts what belongs to the whole process, so nothing else may run beside it.</summary>
[CollectionDefinition(nameof(CallCostTests), DisableParallelization = true)]
[Collection(nameof(CallCostTests))]
public sealed class CallCostTests
{
    private const int Few = 10;
    private const int Many = 200;
    private const int AtOnce = 10;

    [Fact]
    public async Task A_call_costs_no_thread_no_timer_and_no_port()
    {
        await using MediaTransport caller = Loopback.StartCaller();
        await using MediaTransport callee = Loopback.Start(maxConnections: Many);
        await ConnectAsync(caller, callee, Few);
        Usage few = Usage.Now();

        await ConnectAsync(caller, callee, Many - Few);
        Assert.Equal((Many, Many), (caller.ConnectionCount, callee.ConnectionCount));

        // The last call's set-up may not have let go of its own at once. (Whatever waits by a timer would be counted.)
        Usage many = Usage.Now();
        for (long since = Stopwatch.GetTimestamp(); !IsNoMore(many, few) && Stopwatch.GetElapsedTime(since) < ConnectedPair.Limit; many = Usage.Now())
            await Task.Yield();
        string told = $"{Few} calls: {few}, {Many} calls: {many}";
        Assert.True(IsNoMore(many, few), told);

        // The pool has the threads it likes, but not one for each call that waits.
        Assert.True(many.PoolThreads < few.PoolThreads + ((Many - Few) / 4), told);
    }

    private static bool IsNoMore(Usage many, Usage few) => many.Timers <= few.Timers && many.Handles <= few.Handles && many.OwnThreads <= few.OwnThreads;

    private static async Task ConnectAsync(MediaTransport caller, MediaTransport callee, int count)
    {
        for (int i = 0; i < count; i += AtOnce)
            await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => ConnectedPair.CreateAsync(caller, callee)));
    }

    /// <summary>Of this process. Each side of a call is in it.</summary>
    private sealed record Usage(long Timers, int Handles, int OwnThreads, int PoolThreads)
    {
        internal static Usage Now()
        {
            // The names of threads: those of the runtime, which compiles and collects when it likes, begin like this.
            int own = Directory.GetDirectories("/proc/self/task").Count(t => !NameOf(t).StartsWith(".NET", StringComparison.Ordinal));
            return new Usage(Timer.ActiveCount, Directory.GetFileSystemEntries("/proc/self/fd").Length, own, ThreadPool.ThreadCount);
        }

        private static string NameOf(string task)
        {
            try
            {
                return File.ReadAllText(Path.Combine(task, "comm"));
            }
            catch (IOException)
            {
                // It has just ended.
                return ".NET";
            }
        }
    }
}
