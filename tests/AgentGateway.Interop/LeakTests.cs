using System.Globalization;
using AgentGateway.Interop.Support;
using AgentGateway.Testing.Calls;

namespace AgentGateway.Interop;

/// <summary>Ten thousand calls leave nothing behind: no handle, no thread, no memory, no route.</summary>
[Collection("real peers")]
public sealed class LeakTests
{
    private const int Calls = 10_000;
    private const int AtOnce = 12;

    // The heaps of the runtime and of the C library have taken the shape of the load after so many.
    private const int WarmUpCalls = 2_000;

    private static readonly byte[] Silence = [0xF8, 0xFF, 0xFE];

    [Fact]
    public async Task Ten_thousand_calls_leave_nothing_behind()
    {
        // Half of them end as most calls do, with a goodbye; each twentieth has a conversation with speech engines.
        await using GatewayProcess gateway = await GatewayProcess.StartOnLoopbackAsync("Logging:LogLevel:Default=Warning");
        await using var calls = new GatewayCalls(gateway);
        await RunAsync(calls, 0, WarmUpCalls);
        await calls.AssertReadyAsync(calls: 0);
        Usage before = await Usage.OfAsync(gateway);

        await RunAsync(calls, WarmUpCalls, Calls);
        await calls.AssertReadyAsync(calls: 0);

        // Pool threads end and memory is given back in their own time, on a busy machine later; what leaked stays for ever.
        Usage after = before;
        await Eventually.TrueAsync(
            async () =>
            {
                after = await Usage.OfAsync(gateway);

                // A leak of four kilobytes per call would be 32 MB; the C library's heaps go up and down by a few.
                return after.Handles <= before.Handles + 8 && after.Sockets <= before.Sockets + 4
                    && after.Threads <= before.Threads + 8 && after.Megabytes <= before.Megabytes + 24;
            },
            () => $"after {WarmUpCalls} calls {before}; after {Calls} {after}");
        TestContext.Current.TestOutputHelper?.WriteLine($"after {WarmUpCalls} calls {before}; after {Calls} {after}");
    }

    private static async Task RunAsync(GatewayCalls calls, int from, int to)
    {
        int next = from - 1;
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async _ =>
        {
            for (int i = Interlocked.Increment(ref next); i < to; i = Interlocked.Increment(ref next))
                await CallAsync(calls, i);
        }));
    }

    private static async Task CallAsync(GatewayCalls calls, int number)
    {
        string agent = number % 20 == 0 ? "receptionist" : number % 2 == 0 ? "echo" : "echo-relay";
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var caller = new WebRtcCaller { Packet = Silence, OnAudio = (_, _) => heard.TrySetResult() };
        await calls.ConnectAsync(caller, agent);
        await heard.Task.WaitAsync(WebRtcCaller.Limit);
        await caller.HangUpAsync();
    }

    private sealed record Usage(int Handles, int Sockets, int Threads, double Megabytes)
    {
        public static async Task<Usage> OfAsync(GatewayProcess gateway)
        {
            // The runtime gives memory back when it has been idle for a moment; the least of some looks is what is really held.
            Usage least = Read(gateway);
            using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
            for (int i = 0; i < 10 && await poll.WaitForNextTickAsync(); i++)
            {
                Usage now = Read(gateway);
                least = new Usage(
                    Math.Min(least.Handles, now.Handles),
                    Math.Min(least.Sockets, now.Sockets),
                    Math.Min(least.Threads, now.Threads),
                    Math.Min(least.Megabytes, now.Megabytes));
            }

            return least;
        }

        public override string ToString() =>
            string.Create(CultureInfo.InvariantCulture, $"{Handles} handles, {Sockets} sockets, {Threads} threads, {Megabytes:F1} MB");

        private static Usage Read(GatewayProcess gateway)
        {
            string process = $"/proc/{gateway.Id}";
            string[] handles = Directory.GetFileSystemEntries($"{process}/fd");
            int sockets = handles.Count(h => new FileInfo(h).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true);
            return new Usage(handles.Length, sockets, Directory.GetDirectories($"{process}/task").Length, gateway.ResidentMegabytes);
        }
    }
}
