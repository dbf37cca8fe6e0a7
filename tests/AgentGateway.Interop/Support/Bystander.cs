using System.Diagnostics;
using AgentGateway.Testing.Calls;

namespace AgentGateway.Interop.Support;

/// <summary>A healthy call beside an attack: every packet it sends must come back, in time.</summary>
internal sealed class Bystander : IAsyncDisposable
{
    // Far above what the gateway needs, far below what a caller would hear as a hole.
    private const double LongestUsualGap = 60;

    private readonly WebRtcCaller _caller;
    private long _since = Stopwatch.GetTimestamp();

    internal Bystander(WebRtcCaller caller) => _caller = caller;

    /// <summary>Judges the time since the last look.</summary>
    internal async Task AssertUndisturbedAsync()
    {
        // Long enough to tell regular from not.
        using (var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(100)))
        {
            while (Stopwatch.GetElapsedTime(_since) < TimeSpan.FromSeconds(3))
                await poll.WaitForNextTickAsync();
        }

        AudioArrivals arrivals = _caller.TakeArrivals();
        double expected = Stopwatch.GetElapsedTime(_since).TotalMilliseconds / 20;
        _since = Stopwatch.GetTimestamp();
        Assert.Equal(0, arrivals.Lost);
        Assert.True(arrivals.Received > expected * 0.9, $"{arrivals} of {expected:F0}");
        Assert.True(arrivals.GapMilliseconds99 < LongestUsualGap, $"{arrivals}");
    }

    public async ValueTask DisposeAsync() => await _caller.HangUpAsync();
}
