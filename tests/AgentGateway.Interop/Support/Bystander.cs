using System.Diagnostics;
using AgentGateway.Testing.Calls;

namespace AgentGateway.Interop.Support;

/// <summary>
/// A healthy call beside an attack: every packet it sends must come back, in time. What the machine itself did to calls meanwhile is known by a
/// second call, to a gateway that nobody attacks.
/// </summary>
internal sealed class Bystander : IAsyncDisposable
{
    // Far above what the gateway needs, far below what a caller would hear as a hole.
    private const double LongestUsualGap = 60;

    // Long enough to tell regular from not.
    private const int LeastPackets = 130;
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(3);

    private readonly WebRtcCaller _caller;
    private readonly WebRtcCaller _elsewhere;
    private long _since = Stopwatch.GetTimestamp();

    private Bystander(WebRtcCaller caller, WebRtcCaller elsewhere) => (_caller, _elsewhere) = (caller, elsewhere);

    /// <param name="calls">To the gateway that will be attacked.</param>
    /// <param name="quiet">To the one that will not.</param>
    internal static async Task<Bystander> StartAsync(GatewayCalls calls, GatewayCalls quiet)
    {
        WebRtcCaller[] callers = [Create(), Create()];
        await Task.WhenAll(calls.ConnectAsync(callers[0], "echo-relay"), quiet.ConnectAsync(callers[1], "echo-relay"));
        Array.ForEach(callers, c => c.TakeArrivals());
        return new Bystander(callers[0], callers[1]);

        static WebRtcCaller Create() => new() { Packet = [0xF8, 0xFF, 0xFE] };
    }

    /// <summary>Judges the time since the last look.</summary>
    internal async Task AssertUndisturbedAsync()
    {
        await Eventually.TrueAsync(
            () => Task.FromResult(Stopwatch.GetElapsedTime(_since) >= Least && _elsewhere.Received >= LeastPackets),
            () => $"no call gets through on this machine: {_elsewhere.Received} packets");
        AudioArrivals arrivals = _caller.TakeArrivals();
        AudioArrivals elsewhere = _elsewhere.TakeArrivals();
        _since = Stopwatch.GetTimestamp();
        string told = $"{arrivals}; elsewhere {elsewhere}";
        Assert.True(arrivals.Lost == 0, told);
        Assert.True(arrivals.Received > elsewhere.Received * 0.9, told);
        Assert.True(arrivals.GapMilliseconds99 < Math.Max(LongestUsualGap, 2.5 * elsewhere.GapMilliseconds99), told);
    }

    public async ValueTask DisposeAsync()
    {
        await _caller.HangUpAsync();
        await _elsewhere.HangUpAsync();
    }
}
