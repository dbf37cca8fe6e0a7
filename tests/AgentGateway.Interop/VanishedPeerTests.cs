using System.Diagnostics;
using AgentGateway.Interop.Matrix;
using AgentGateway.Interop.Support;
using AgentGateway.Net;
using AgentGateway.Rtc.Peer;

namespace AgentGateway.Interop;

/// <summary>Real peers that are killed in the middle of a call: no goodbye, no ICMP, only silence (RFC 7675).</summary>
[Collection("real peers")]
public sealed class VanishedPeerTests(MatrixLab lab) : IClassFixture<MatrixLab>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Consent_ends_the_calls_of_killed_peers_within_30_seconds_and_no_other_call()
    {
        PlainCall[] calls = await Task.WhenAll(((string[])["chromium", "aiortc", "pion", "wrtc"]).Select(s => PlainCall.ConnectAsync(lab, s)));
        PlainCall bystander = calls[^1];
        try
        {
            Assert.Equal(4, lab.Transport.ConnectionCount);
            await Task.WhenAll(calls.SkipLast(1).Select(AssertVanishesAsync));
            Assert.Equal(1, lab.Transport.ConnectionCount);

            // The bystander's program is asked for its voice only now: the connection must have lived all the time.
            long heard = await PacketsAsync(bystander);
            await Eventually.TrueAsync(async () => await PacketsAsync(bystander) > heard, Limit, () => "the bystander is not heard any more");
            Assert.Equal(RtcPeerState.Connected, await StateAsync(bystander));
            bystander.Peer.Do("hangup");
            Assert.Equal(RtcCloseReason.RemoteClose, await bystander.Ours.Connection.Closed.WaitAsync(Limit));
            Assert.Equal(0, lab.Transport.ConnectionCount);
        }
        finally
        {
            foreach (PlainCall call in calls)
                await call.DisposeAsync();
        }
    }

    // Checks of consent are 4 to 6 seconds apart, and 30 seconds after the last answer it is over.
    private static async Task AssertVanishesAsync(PlainCall call)
    {
        await Eventually.TrueAsync(async () => await StateAsync(call) == RtcPeerState.Connected, Limit, () => "it is not connected");
        call.Peer.Kill();
        long killed = Stopwatch.GetTimestamp();
        await Eventually.TrueAsync(async () => await StateAsync(call) == RtcPeerState.Disconnected, Limit, () => "nobody notices that it is silent");
        TimeSpan noticed = Stopwatch.GetElapsedTime(killed);
        RtcCloseReason reason = await call.Ours.Connection.Closed.WaitAsync(Limit);
        TimeSpan ended = Stopwatch.GetElapsedTime(killed);
        TestContext.Current.SendDiagnosticMessage($"{call.Stack}: silence noticed after {noticed.TotalSeconds:F1} s, consent lost after {ended.TotalSeconds:F1} s");
        Assert.Equal(RtcCloseReason.ConsentLost, reason);
        Assert.InRange(ended.TotalSeconds, 20, 32);
    }

    private static Task<RtcPeerState> StateAsync(PlainCall call) => call.Ours.Connection.InvokeAsync((_, peer) => peer.State);

    private static Task<long> PacketsAsync(PlainCall call) => call.Ours.Connection.InvokeAsync((now, peer) => peer.GetStatistics(now).Audio.PacketsReceived);
}
