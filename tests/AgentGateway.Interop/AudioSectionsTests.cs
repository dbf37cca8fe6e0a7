using System.Net;
using System.Text.Json;
using AgentGateway.Interop.Matrix;
using AgentGateway.Interop.Support;
using AgentGateway.Net;
using AgentGateway.Rtc.Peer;
using AgentGateway.Rtc.Wire.Sdp;
using AgentGateway.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentGateway.Interop;

/// <summary>A stock Chromium with three audio transceivers, and later offers of both sides: every track is told from the others by its tone.</summary>
[Collection("real peers")]
public sealed class AudioSectionsTests : IAsyncLifetime
{
    private const double Tolerance = 12;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(1);

    private readonly MediaTransport _transport = MediaTransport.Start(
        new MediaTransportOptions { ListenAddress = IPAddress.Loopback, Ports = [0], IceLite = false }, TimeProvider.System, NullLoggerFactory.Instance);

    private readonly SectionsCall _call = new();
    private MatrixPeer? _browser;

    private MatrixPeer Browser => _browser!;

    public async ValueTask InitializeAsync() =>
        _browser = await MatrixPeer.StartAsync(["node", Path.Combine(TestPaths.RepositoryRoot, "tests", "browser", "audio-sections.mjs")], Limit);

    public async ValueTask DisposeAsync()
    {
        await _transport.DisposeAsync();
        if (_browser is not null)
            await _browser.DisposeAsync();
        _call.Dispose();
    }

    [Fact]
    public async Task Chromium_offers_three_and_both_sides_renegotiate()
    {
        await AddAsync(410, "sendrecv");
        await AddAsync(730, "sendrecv");
        await AddAsync(1130, "sendrecv");
        await DoAsync("data");
        RtcAcceptResult accepted = await _transport.AcceptAsync(await SdpAsync("offer"), _call);
        _call.Connection = accepted.Connection ?? throw new InvalidOperationException(accepted.Refusal?.Message);
        await DoAsync("accept", new { sdp = accepted.Sdp });
        await _call.Connected.WaitAsync(Limit);
        await AssertHeardAsync(theirs: new() { ["0"] = 410, ["1"] = 730, ["2"] = 1130 }, spoken: ["0"]);

        // Ours: all sections both ways, and one more that only speaks.
        await _call.InvokeAsync((_, peer) =>
        {
            foreach (RtcAudioSection section in peer.AudioSections)
                section.WantedDirection = SdpDirection.SendReceive;
            return peer.AddAudio(SdpDirection.SendOnly);
        });
        await WeOfferAsync();
        string added = await _call.InvokeAsync((_, peer) => peer.AudioSections[^1].Audio!.Mid);
        await AssertHeardAsync(theirs: new() { ["0"] = 410, ["1"] = 730, ["2"] = 1130 }, spoken: ["0", "1", "2", added]);

        // Chromium's: one stopped, one that only speaks, one more.
        await DoAsync("stop", new { mid = "1" });
        await DoAsync("direct", new { mid = "2", direction = "sendonly" });
        await AddAsync(1510, "sendonly");
        await TheyOfferAsync();
        string theirs = await _call.InvokeAsync((_, peer) => peer.AudioSections.Single(s => s.Audio!.Direction == SdpDirection.ReceiveOnly && s.Audio.Mid != "2").Audio!.Mid);
        await AssertHeardAsync(theirs: new() { ["0"] = 410, ["2"] = 1130, [theirs] = 1510 }, spoken: ["0", added]);

        // Ours again: the first section stops, ICE restarts.
        await _call.InvokeAsync((_, peer) =>
        {
            peer.RemoveAudio(peer.AudioSections[0]);
            return true;
        });
        await WeOfferAsync(restartIce: true);
        await AssertHeardAsync(theirs: new() { ["2"] = 1130, [theirs] = 1510 }, spoken: [added]);

        // Both at once: Chromium yields and offers again.
        await AddAsync(1930, "sendrecv");
        string glare = await SdpAsync("offer");
        string ours = await _call.InvokeAsync((now, peer) => peer.CreateOffer(now));
        Assert.Equal(SdpResultError.Glare, (await _call.InvokeAsync((now, peer) => peer.AcceptOffer(now, glare))).Error);
        Assert.True((await _call.InvokeAsync((_, peer) => peer.HasPendingOffer)));
        await AcceptAsync(await SdpAsync("answer", new { sdp = ours }));
        await TheyOfferAsync();
        string last = await _call.InvokeAsync((_, peer) => peer.AudioSections.Single(s => s.MayReceive && s.Audio!.Mid != "2" && s.Audio.Mid != theirs).Audio!.Mid);
        await AssertHeardAsync(theirs: new() { ["2"] = 1130, [theirs] = 1510, [last] = 1930 }, spoken: [added]);

        // And an offer of Chromium's that we refuse is taken back without a trace.
        string refused = (await SdpAsync("offer")).Replace("a=fingerprint:sha-256 ", "a=fingerprint:sha-256 00:", StringComparison.Ordinal);
        Assert.False((await _call.InvokeAsync((now, peer) => peer.AcceptOffer(now, refused))).IsSuccess);
        await DoAsync("rollback");
        await AssertHeardAsync(theirs: new() { ["2"] = 1130, [theirs] = 1510, [last] = 1930 }, spoken: [added]);
        Browser.Do("state");
        JsonElement state = await Browser.WaitAsync("state", Limit);
        Assert.Equal(("connected", "stable", "open"), (state.GetProperty("connection").GetString(), state.GetProperty("signalling").GetString(), state.GetProperty("channel").GetString()));
    }

    private async Task AssertHeardAsync(Dictionary<string, int> theirs, string[] spoken)
    {
        await Task.Delay(Settle);
        await _call.ForgetAsync();
        await Task.Delay(Settle);
        Dictionary<string, short[]> heard = await _call.HeardAsync();
        Assert.Equal(theirs.Keys.Order(), heard.Keys.Order());
        foreach ((string mid, int frequency) in theirs)
        {
            Assert.InRange(heard[mid].Length, 24_000, 96_000);
            Assert.True(Tone.ShareAt(heard[mid], 48000, frequency) > 0.9, $"{mid}: not {frequency} Hz");
        }

        Dictionary<string, double> voices = await _call.SpokenAsync();
        Assert.Equal(spoken.Order(), voices.Keys.Order());
        Browser.Do("hear");
        JsonElement result = await Browser.WaitAsync("hear", Limit);
        var byThem = result.GetProperty("tracks").EnumerateArray()
            .Where(t => t.GetProperty("direction").GetString() is "sendrecv" or "recvonly")
            .ToDictionary(t => t.GetProperty("mid").GetString()!, t => t.GetProperty("frequency").GetDouble());
        Assert.Equal(voices.Keys.Order(), byThem.Keys.Order());
        Assert.All(voices, v => Assert.InRange(byThem[v.Key], v.Value - Tolerance, v.Value + Tolerance));
    }

    private Task<JsonElement> AddAsync(int frequency, string direction) => DoAsync("add", new { frequency, direction });

    private async Task WeOfferAsync(bool restartIce = false)
    {
        string offer = await _call.InvokeAsync((now, peer) => peer.CreateOffer(now, restartIce: restartIce));
        await AcceptAsync(await SdpAsync("answer", new { sdp = offer }));
    }

    private async Task AcceptAsync(string answer)
    {
        SdpResult result = await _call.InvokeAsync((now, peer) => peer.AcceptAnswer(now, answer));
        Assert.True(result.IsSuccess, $"{result.Message} (line {result.Line})\n{answer}");
    }

    private async Task TheyOfferAsync()
    {
        string offer = await SdpAsync("offer");
        SdpResult result = await _call.InvokeAsync((now, peer) => peer.AcceptOffer(now, offer));
        Assert.True(result.IsSuccess, $"{result.Message} (line {result.Line})\n{offer}");
        await DoAsync("accept", new { sdp = result.Answer });
    }

    private async Task<string> SdpAsync(string command, object? arguments = null) => (await DoAsync(command, arguments)).GetProperty("sdp").GetString()!;

    private Task<JsonElement> DoAsync(string command, object? arguments = null)
    {
        Browser.Do(command, arguments);
        return Browser.WaitAsync(command, Limit);
    }
}
