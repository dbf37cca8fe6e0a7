using System.Text.Json;
using AgentGateway.Interop.Support;
using AgentGateway.Rtc.Peer;
using AgentGateway.Rtc.Wire.Sdp;
using AgentGateway.Testing;

namespace AgentGateway.Interop;

/// <summary>Other stacks with several audio transceivers, and later offers of both sides: every track is told from the others by its tone.</summary>
[Collection("real peers")]
public sealed class AudioSectionsTests
{
    [Fact]
    public async Task Chromium_offers_three_and_both_sides_renegotiate()
    {
        await using SectionsLab lab = await SectionsLab.StartAsync("node", Path.Combine(TestPaths.RepositoryRoot, "tests", "browser", "audio-sections.mjs"));
        await lab.AddAsync(410, "sendrecv");
        await lab.AddAsync(730, "sendrecv");
        await lab.AddAsync(1130, "sendrecv");
        await lab.DoAsync("data");
        await lab.ConnectAsync();
        await lab.AssertHeardAsync(theirs: new() { ["0"] = 410, ["1"] = 730, ["2"] = 1130 }, spoken: ["0"]);

        // Ours: all sections both ways, and one more that only speaks.
        string added = await OfferBothWaysAndOneMoreAsync(lab);
        await lab.AssertHeardAsync(theirs: new() { ["0"] = 410, ["1"] = 730, ["2"] = 1130 }, spoken: ["0", "1", "2", added]);

        // Chromium's: one stopped, one that only speaks, one more.
        await lab.DoAsync("stop", new { mid = "1" });
        await lab.DoAsync("direct", new { mid = "2", direction = "sendonly" });
        await lab.AddAsync(1510, "sendonly");
        await lab.TheyOfferAsync();
        string theirs = await lab.Call.InvokeAsync((_, peer) => peer.AudioSections.Single(s => s.Audio!.Direction == SdpDirection.ReceiveOnly && s.Audio.Mid != "2").Audio!.Mid);
        await lab.AssertHeardAsync(theirs: new() { ["0"] = 410, ["2"] = 1130, [theirs] = 1510 }, spoken: ["0", added]);

        // Ours again: the first section stops, ICE restarts.
        await lab.Call.InvokeAsync((_, peer) =>
        {
            peer.RemoveAudio(peer.AudioSections[0]);
            return true;
        });
        await lab.WeOfferAsync(restartIce: true);
        await lab.AssertHeardAsync(theirs: new() { ["2"] = 1130, [theirs] = 1510 }, spoken: [added]);

        // Both at once: Chromium yields and offers again.
        await lab.AddAsync(1930, "sendrecv");
        string glare = await lab.SdpAsync("offer");
        string ours = await lab.Call.InvokeAsync((now, peer) => peer.CreateOffer(now));
        Assert.Equal(SdpResultError.Glare, (await lab.Call.InvokeAsync((now, peer) => peer.AcceptOffer(now, glare))).Error);
        Assert.True((await lab.Call.InvokeAsync((_, peer) => peer.HasPendingOffer)));
        await lab.AcceptAsync(await lab.SdpAsync("answer", new { sdp = ours }));
        await lab.TheyOfferAsync();
        string last = await lab.Call.InvokeAsync((_, peer) => peer.AudioSections.Single(s => s.MayReceive && s.Audio!.Mid != "2" && s.Audio.Mid != theirs).Audio!.Mid);
        await lab.AssertHeardAsync(theirs: new() { ["2"] = 1130, [theirs] = 1510, [last] = 1930 }, spoken: [added]);

        // And an offer of Chromium's that we refuse is taken back without a trace.
        string refused = (await lab.SdpAsync("offer")).Replace("a=fingerprint:sha-256 ", "a=fingerprint:sha-256 00:", StringComparison.Ordinal);
        Assert.False((await lab.Call.InvokeAsync((now, peer) => peer.AcceptOffer(now, refused))).IsSuccess);
        await lab.DoAsync("rollback");
        await lab.AssertHeardAsync(theirs: new() { ["2"] = 1130, [theirs] = 1510, [last] = 1930 }, spoken: [added]);
        lab.Peer.Do("state");
        JsonElement state = await lab.Peer.WaitAsync("state", SectionsLab.Limit);
        Assert.Equal(("connected", "stable", "open"), (state.GetProperty("connection").GetString(), state.GetProperty("signalling").GetString(), state.GetProperty("channel").GetString()));
    }

    [Fact]
    public async Task Aiortc_offers_three_and_both_sides_renegotiate()
    {
        await using SectionsLab lab = await SectionsLab.StartAsync("/usr/bin/python3", Path.Combine(AppContext.BaseDirectory, "Peers", "aiortc", "sections.py"));
        await lab.AddAsync(410, "sendrecv");
        await lab.AddAsync(730, "sendrecv");
        await lab.AddAsync(1130, "sendonly");
        await lab.ConnectAsync();
        await lab.AssertHeardAsync(theirs: new() { ["0"] = 410, ["1"] = 730, ["2"] = 1130 }, spoken: ["0"]);

        // Ours: all sections as far as they go, and one more that only speaks.
        string added = await OfferBothWaysAndOneMoreAsync(lab);
        await lab.AssertHeardAsync(theirs: new() { ["0"] = 410, ["1"] = 730, ["2"] = 1130 }, spoken: ["0", "1", added]);

        // Theirs: one more.
        await lab.AddAsync(1510, "sendonly");
        await lab.TheyOfferAsync();
        string theirs = await lab.Call.InvokeAsync((_, peer) => peer.AudioSections[^1].Audio!.Mid);
        await lab.AssertHeardAsync(theirs: new() { ["0"] = 410, ["1"] = 730, ["2"] = 1130, [theirs] = 1510 }, spoken: ["0", "1", added]);
    }

    /// <returns>The mid of the new section, in which only we speak.</returns>
    private static async Task<string> OfferBothWaysAndOneMoreAsync(SectionsLab lab)
    {
        await lab.Call.InvokeAsync((_, peer) =>
        {
            foreach (RtcAudioSection section in peer.AudioSections)
                section.WantedDirection = SdpDirection.SendReceive;
            return peer.AddAudio(SdpDirection.SendOnly);
        });
        await lab.WeOfferAsync();
        return await lab.Call.InvokeAsync((_, peer) => peer.AudioSections[^1].Audio!.Mid);
    }
}
