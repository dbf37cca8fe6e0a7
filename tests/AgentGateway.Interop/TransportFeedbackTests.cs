using System.Text.Json;
using AgentGateway.Interop.Matrix;
using AgentGateway.Interop.Support;
using AgentGateway.Rtc.Peer;

namespace AgentGateway.Interop;

/// <summary>Transport-wide feedback with real peers: theirs is read by us, ours moves libwebrtc's estimate of the bandwidth (in Node.js; Chromium's waits for video).</summary>
[Collection("real peers")]
public sealed class TransportFeedbackTests(MatrixLab lab) : IClassFixture<MatrixLab>
{
    // What libwebrtc assumes until it is told anything, in bit/s.
    private const double Assumed = 300_000;
    private static readonly Melody Tune = new(15, 40);

    [Theory]
    [InlineData("chromium", false)]
    [InlineData("wrtc", true)]
    [InlineData("pion", false)]
    public async Task Feedback_goes_both_ways(string stack, bool estimatesByAudio)
    {
        await using PlainCall call = await PlainCall.ConnectAsync(lab, stack);
        await TalkAsync(call);

        // Feedback to what was sent last is still under way, on a busy machine more of it. Silence is sent meanwhile.
        RtcStatistics s = new();
        await Eventually.TrueAsync(
            async () =>
            {
                s = await call.Ours.Connection.InvokeAsync((now, peer) => peer.GetStatistics(now));
                return s.Audio.PacketsSent > 100 && s.TransportPacketsAcknowledged > 0.8 * s.Audio.PacketsSent;
            },
            () => $"{s.TransportPacketsAcknowledged} of {s.Audio.PacketsSent} packets acknowledged");
        Assert.Equal(0, s.RtcpFeedbackIgnored);
        if (estimatesByAudio)
            await Eventually.TrueAsync(async () => await EstimateAsync(call) != Assumed, () => "their estimate does not move");
    }

    [Fact]
    public async Task Without_it_their_estimate_stays_what_was_assumed()
    {
        await using PlainCall call = await PlainCall.ConnectAsync(lab, "wrtc", WithoutFeedback);
        await TalkAsync(call);
        Assert.Equal(Assumed, await EstimateAsync(call));
        Assert.Equal(0, await call.Ours.Connection.InvokeAsync((now, peer) => peer.GetStatistics(now).TransportPacketsAcknowledged));
    }

    private static string WithoutFeedback(string sdp) => string.Join(
        "\r\n",
        sdp.Split("\r\n").Where(l => !l.Contains("transport-cc", StringComparison.Ordinal) && !l.Contains("transport-wide-cc", StringComparison.Ordinal)));

    private async Task TalkAsync(PlainCall call)
    {
        call.Peer.Do("play", new { file = lab.TuneFile(call.Stack, Tune) });
        await call.Ours.PlayAsync(Tune.Render(), Tune.Length);
    }

    private static async Task<double> EstimateAsync(PlainCall call)
    {
        call.Peer.Do("stats");
        JsonElement stats = await call.Peer.WaitAsync("stats", Eventually.Limit);
        return stats.GetProperty("stats").EnumerateArray()
            .Where(s => s.GetProperty("type").GetString() == "candidate-pair" && s.GetProperty("nominated").GetBoolean())
            .Select(s => s.GetProperty("availableOutgoingBitrate").GetDouble())
            .Single();
    }
}
