using AgentGateway.Primitives;
using AgentGateway.Rtc.Peer;
using AgentGateway.Rtc.Sctp;
using AgentGateway.Rtc.Wire.Sdp;
using AgentGateway.Testing.Peers;

namespace AgentGateway.Rtc.Tests.Peer;

/// <summary>Offers after the first, by either side (RFC 3264 section 8, RFC 8829 section 5.2.2).</summary>
public sealed class LaterOfferTests
{
    public static TheoryData<bool> ByCaller() => [true, false];

    [Theory]
    [MemberData(nameof(ByCaller))]
    public void Either_side_changes_the_direction(bool byCaller)
    {
        using TwoPeers pair = TwoPeers.Connected(new TwoPeersOptions());
        (PeerSide from, PeerSide to) = Sides(pair, byCaller);
        pair.StartAudio();
        pair.RunFor(TimeSpan.FromSeconds(1));
        pair.Negotiate(from, SdpDirection.SendOnly);
        pair.RunFor(TimeSpan.FromMilliseconds(200));
        long held = from.AudioReceived;
        long heard = to.AudioReceived;
        pair.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal(held, from.AudioReceived);
        Assert.InRange(to.AudioReceived - heard, 49, 51);

        // And the other side ends the hold, which its own offer may not while the first one wants it.
        pair.Negotiate(to);
        Assert.Equal(SdpDirection.SendOnly, from.Peer.Audio!.Direction);
        from.Peer.AudioSections[0].WantedDirection = SdpDirection.SendReceive;
        pair.Negotiate(to);
        pair.RunFor(TimeSpan.FromSeconds(1));
        Assert.InRange(from.AudioReceived - held, 49, 51);
        Assert.Equal(0, from.AudioCorrupt + to.AudioCorrupt);
        Assert.True(pair.BothConnected);
    }

    [Theory]
    [MemberData(nameof(ByCaller))]
    public void Either_side_adds_and_stops_audio_and_lines_are_used_again(bool byCaller)
    {
        using TwoPeers pair = TwoPeers.Connected(new TwoPeersOptions());
        (PeerSide from, PeerSide to) = Sides(pair, byCaller);
        pair.StartAudioEverywhere();
        RtcAudioSection second = from.Peer.AddAudio(SdpDirection.SendOnly, "second");
        RtcAudioSection third = from.Peer.AddAudio(SdpDirection.SendOnly);
        Assert.Equal((false, -1), (second.IsInUse, second.Index));
        pair.Negotiate(from);
        Assert.Equal((true, 2, "2"), (second.IsInUse, second.Index, second.Audio!.Mid));
        Assert.Equal(3, third.Index);
        pair.RunFor(TimeSpan.FromSeconds(1));
        RtcAudioSection theirs = to.Peer.AudioSections[1];
        Assert.Equal(("second", SdpDirection.ReceiveOnly), (theirs.Audio!.RemoteTrackId, theirs.Audio.Direction));
        Assert.InRange(to.AudioIn[theirs], 49, 51);

        from.Peer.RemoveAudio(second);
        Assert.Equal(RtcSendResult.NotSending, from.Peer.SendAudio(pair.Now, second, [1], 0, marker: false));
        SdpSession offer = PeerFactory.Parse(from.Peer.CreateOffer(pair.Now));
        Assert.Equal([false, false, true, false], offer.Media.Select(m => m.IsRejected));
        Assert.DoesNotContain("2", offer.Bundle!.Mids);
        pair.Negotiate(from);
        Assert.True(theirs.IsStopped && !theirs.IsInUse);
        Assert.Equal([theirs], Sections(to, pair, RtcPeerEventKind.AudioRemoved));
        Assert.Equal(2, to.Peer.AudioSections.Count);
        long heard = to.AudioIn[theirs];
        long before = to.Peer.GetStatistics(pair.Now).Audio.PacketsReceived;
        pair.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal(heard, to.AudioIn[theirs]);
        Assert.InRange(to.Peer.GetStatistics(pair.Now).Audio.PacketsReceived - before, 98, 102);

        // The other side takes the line again, under another mid and source.
        RtcAudioSection fourth = to.Peer.AddAudio(SdpDirection.SendOnly);
        pair.Negotiate(to);
        Assert.Equal(2, fourth.Index);
        Assert.NotEqual("2", fourth.Audio!.Mid);
        pair.RunFor(TimeSpan.FromSeconds(1));
        Assert.InRange(from.AudioIn[from.Peer.AudioSections[1]], 49, 51);
        Assert.Equal(0, from.AudioCorrupt + to.AudioCorrupt);
    }

    [Theory]
    [MemberData(nameof(ByCaller))]
    public void The_section_that_carries_the_transport_is_stopped_but_stays(bool byCaller)
    {
        using TwoPeers pair = TwoPeers.Connected(new TwoPeersOptions());
        (PeerSide from, PeerSide to) = Sides(pair, byCaller);
        pair.StartAudioEverywhere();
        RtcAudioSection first = from.Peer.AudioSections[0];
        RtcAudioSection second = from.Peer.AddAudio();
        pair.Negotiate(from);
        from.Peer.RemoveAudio(first);
        SdpSession offer = PeerFactory.Parse(from.Peer.CreateOffer(pair.Now));
        Assert.Equal((false, SdpDirection.Inactive, "0"), (offer.Media[0].IsRejected, offer.GetDirection(offer.Media[0]), offer.Bundle!.Mids[0]));
        pair.Negotiate(from);
        SdpSession answer = PeerFactory.Parse(from.Peer.AcceptOffer(pair.Now, to.Peer.CreateOffer(pair.Now)).Answer!);
        Assert.Equal((false, SdpDirection.Inactive), (answer.Media[0].IsRejected, answer.GetDirection(answer.Media[0])));
        Assert.True(to.Peer.AcceptAnswer(pair.Now, answer.ToString()).IsSuccess);
        Assert.Equal([first], Sections(from, pair, RtcPeerEventKind.AudioRemoved));
        Assert.Equal([second], from.Peer.AudioSections);
        Assert.Equal([SdpDirection.Inactive, SdpDirection.ReceiveOnly], to.Peer.AudioSections.Select(s => s.Audio!.Direction));
        Assert.Equal(second.LocalSsrc, from.Peer.LocalSsrc);
        pair.RunFor(TimeSpan.FromSeconds(1));
        Assert.InRange(to.AudioIn[to.Peer.AudioSections[1]], 49, 51);
        Assert.True(pair.BothConnected);
    }

    [Theory]
    [MemberData(nameof(ByCaller))]
    public void Either_side_takes_the_data_channels_away_and_back(bool byCaller)
    {
        using TwoPeers pair = TwoPeers.Connected(new TwoPeersOptions());
        (PeerSide from, PeerSide to) = Sides(pair, byCaller);
        ushort channel = from.Peer.OpenChannel(pair.Now, new DataChannelOptions { Label = "one" });
        from.SendText(pair.Now, channel, "before");
        pair.RunFor(TimeSpan.FromSeconds(1));
        from.Peer.WantsDataChannels = false;
        pair.Negotiate(from);
        Assert.False(from.Peer.HasDataChannels || to.Peer.HasDataChannels);
        pair.RunFor(TimeSpan.FromSeconds(1));
        Assert.True(from.Saw(RtcPeerEventKind.DataChannelsClosed) && to.Saw(RtcPeerEventKind.DataChannelsClosed));
        Assert.Equal(DataSendResult.ClosedChannel, from.SendText(pair.Now, channel, "lost"));

        // The other side may not want them back, but this one may.
        Assert.True(PeerFactory.Parse(to.Peer.CreateOffer(pair.Now)).Media.Single(m => m.Kind == "application") is { IsRejected: false });
        pair.Negotiate(to);
        Assert.False(to.Peer.HasDataChannels);
        from.Peer.WantsDataChannels = true;
        pair.Negotiate(from);
        channel = to.Peer.OpenChannel(pair.Now, new DataChannelOptions { Label = "two" });
        to.SendText(pair.Now, channel, "after");
        pair.RunFor(TimeSpan.FromSeconds(3));
        Assert.Equal(["before"], to.Messages);
        Assert.Equal(["after"], from.Messages);
        Assert.True(pair.BothConnected);
        Assert.Equal(1, from.Peer.GetStatistics(pair.Now).MessagesSent);
    }

    [Theory]
    [MemberData(nameof(ByCaller))]
    public void Either_side_restarts_ice(bool byCaller)
    {
        using TwoPeers pair = TwoPeers.Connected(new TwoPeersOptions());
        (PeerSide from, PeerSide to) = Sides(pair, byCaller);
        pair.StartAudio();
        (string ours, string theirs) = (from.Peer.IceUfrag, to.Peer.IceUfrag);
        pair.Negotiate(from, restartIce: true);
        Assert.True(pair.RunUntil(() => !from.Peer.IsRestartingIce && !to.Peer.IsRestartingIce, TimeSpan.FromSeconds(2)), pair.ToString());
        Assert.NotEqual(ours, from.Peer.IceUfrag);
        Assert.NotEqual(theirs, to.Peer.IceUfrag);
        pair.RunFor(TimeSpan.FromSeconds(30));
        Assert.True(pair.BothConnected);
        Assert.Equal(0, from.Peer.GetStatistics(pair.Now).Audio.PacketsLost + to.Peer.GetStatistics(pair.Now).Audio.PacketsLost);
    }

    [Fact]
    public void Our_later_offer_repeats_what_was_agreed_on()
    {
        using RtcPeer peer = PeerFactory.Create();
        peer.Answer(PeerFactory.ChromiumOffer.Replace("111", "96", StringComparison.Ordinal).With("a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid", "a=extmap:9 urn:ietf:params:rtp-hdrext:sdes:mid"));
        peer.AddAudio();
        SdpSession offer = PeerFactory.Parse(peer.CreateOffer(Instant.Zero));
        Assert.Equal(["audio", "application", "audio"], offer.Media.Select(m => m.Kind));
        foreach (SdpMedia audio in offer.Media.Where(m => m.Kind == "audio"))
        {
            // Payload types and extensions of one transport mean the same everywhere (RFC 8843 section 9.1).
            Assert.Equal(["96", "63", "110"], audio.Formats);
            Assert.Contains(audio.ExtMaps, e => e.Id == 9 && e.Uri.EndsWith(":mid", StringComparison.Ordinal));
            Assert.Equal(SdpSetup.ActPass, offer.GetSetup(audio));
        }

        Assert.Equal(["0", "1"], offer.Media.Take(2).Select(m => m.Mid));
    }

    [Fact]
    public void Rejected_video_stays_in_its_place_in_our_offers()
    {
        using RtcPeer peer = PeerFactory.Create();
        SdpSession answer = peer.Answer(PeerFactory.Vector("chromium156-smallwebrtc-offer.sdp"));
        SdpSession offer = PeerFactory.Parse(peer.CreateOffer(Instant.Zero));
        Assert.Equal(answer.Media.Select(m => (m.Kind, m.Mid, m.IsRejected)), offer.Media.Select(m => (m.Kind, m.Mid, m.IsRejected)));
        Assert.Contains(offer.Media, m => m is { Kind: "video", IsRejected: true });
    }

    [Fact]
    public void What_the_answer_rejects_is_stopped_and_not_offered_again()
    {
        using TwoPeers pair = new(new TwoPeersOptions { ConfigureAnswerer = o => o with { MaxAudioSections = 1 } });
        RtcAudioSection second = pair.Caller.Peer.AddAudio();
        pair.Call();
        Assert.True(pair.RunUntil(() => pair.BothConnected, TimeSpan.FromSeconds(5)));
        Assert.True(second.IsStopped);
        Assert.Equal([second], Sections(pair.Caller, pair, RtcPeerEventKind.AudioRemoved));
        Assert.Equal(["0"], pair.Caller.Peer.AudioSections.Select(s => s.Audio!.Mid));
        SdpSession offer = PeerFactory.Parse(pair.Caller.Peer.CreateOffer(pair.Now));
        Assert.Equal([false, true, false], offer.Media.Select(m => m.IsRejected));
    }

    [Fact]
    public void The_number_of_lines_is_bounded_by_what_was_in_use_at_once()
    {
        using TwoPeers pair = TwoPeers.Connected(new TwoPeersOptions());
        for (int i = 0; i < 100; i++)
        {
            PeerSide from = i % 2 == 0 ? pair.Caller : pair.Answerer;
            RtcAudioSection section = from.Peer.AddAudio();
            pair.Negotiate(from);
            pair.Other(from).Peer.RemoveAudio(pair.Other(from).Peer.AudioSections[1]);
            pair.Negotiate(i % 3 == 0 ? from : pair.Other(from));
            Assert.True(section.IsStopped);
            pair.RunFor(TimeSpan.FromMilliseconds(100));
        }

        Assert.Equal(3, PeerFactory.Parse(pair.Caller.Peer.CreateOffer(pair.Now)).Media.Count);
        Assert.Single(pair.Caller.Peer.AudioSections);
        Assert.True(pair.BothConnected);
    }

    [Fact]
    public void A_call_may_lose_its_audio_but_not_everything()
    {
        using RtcPeer peer = PeerFactory.Create();
        string offer = PeerFactory.ChromiumOffer;
        peer.Answer(offer);
        string stopped = offer.Replace("m=audio 9", "m=audio 0", StringComparison.Ordinal).With("a=group:BUNDLE 0 1", "a=group:BUNDLE 1");
        string nothing = stopped.Replace("m=application 9", "m=application 0", StringComparison.Ordinal);
        Assert.Equal(SdpResultError.NoAudio, peer.AcceptOffer(Instant.Zero, nothing).Error);
        Assert.True(peer.Answer(stopped).Media[0].IsRejected);
        Assert.Empty(peer.AudioSections);
        SdpSession back = peer.Answer(offer.With("a=mid:0", "a=mid:5").With("a=group:BUNDLE 0 1", "a=group:BUNDLE 5 1"));
        Assert.Equal("5", back.Media[0].Mid);
        Assert.Equal(SdpDirection.SendReceive, peer.Audio!.Direction);
    }

    private static (PeerSide From, PeerSide To) Sides(TwoPeers pair, bool byCaller) =>
        byCaller ? (pair.Caller, pair.Answerer) : (pair.Answerer, pair.Caller);

    private static IEnumerable<RtcAudioSection> Sections(PeerSide side, TwoPeers pair, RtcPeerEventKind kind)
    {
        side.DrainEvents(pair.Now);
        return side.Log.Where(l => l.Event.Kind == kind).Select(l => l.Event.Section!);
    }
}
