using AgentGateway.Rtc.Peer;
using AgentGateway.Rtc.Wire.Sdp;
using AgentGateway.Testing.Network;
using AgentGateway.Testing.Peers;

namespace AgentGateway.Rtc.Tests.Peer;

/// <summary>Offers that come to nothing (RFC 8829 section 4.1.10.2), and offers of both sides at once (RFC 3264 section 4).</summary>
public sealed class RollbackTests
{
    [Fact]
    public void An_offer_that_is_taken_back_leaves_everything_as_it_was()
    {
        using TwoPeers pair = TwoPeers.Connected(new TwoPeersOptions());
        RtcPeer peer = pair.Caller.Peer;
        pair.StartAudio();
        pair.RunFor(TimeSpan.FromSeconds(1));
        Assert.False(peer.RollbackOffer(pair.Now));
        string before = Shape(peer.CreateOffer(pair.Now));
        Assert.True(peer.RollbackOffer(pair.Now));
        NegotiatedAudio? audio = peer.Audio;

        RtcAudioSection section = peer.AddAudio();
        peer.WantsDataChannels = false;
        string ufrag = peer.IceUfrag;
        peer.CreateOffer(pair.Now, SdpDirection.Inactive, restartIce: true);
        Assert.NotEqual(ufrag, peer.IceUfrag);
        Assert.True(peer.RollbackOffer(pair.Now));
        Assert.Equal((ufrag, null), (peer.IceUfrag, peer.PreviousIceUfrag));
        Assert.False(peer.IsRestartingIce || peer.HasPendingOffer);
        Assert.Same(audio, peer.Audio);
        Assert.Equal((false, -1), (section.IsInUse, section.Index));
        Assert.True(peer.HasDataChannels);
        Assert.Equal(SdpResultError.WrongState, peer.AcceptAnswer(pair.Now, "v=0").Error);
        pair.RunFor(TimeSpan.FromSeconds(20));
        Assert.True(pair.BothConnected, pair.ToString());
        Assert.Equal(0, peer.GetStatistics(pair.Now).Audio.PacketsLost + pair.Answerer.Peer.GetStatistics(pair.Now).Audio.PacketsLost);

        // What was wished for stays wished for; taken back too, the next offer is the one from before.
        Assert.Equal(3, PeerFactory.Parse(peer.CreateOffer(pair.Now)).Media.Count);
        peer.RemoveAudio(section);
        peer.WantsDataChannels = true;
        Assert.Equal(before, Shape(peer.CreateOffer(pair.Now, SdpDirection.SendReceive)));
        pair.Negotiate(pair.Caller);
        Assert.True(pair.BothConnected);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_restart_that_is_taken_back_harms_no_call_and_another_may_follow(bool byAnswerer)
    {
        for (ulong seed = 1; seed <= 5; seed++)
        {
            using TwoPeers pair = TwoPeers.Connected(new TwoPeersOptions { Seed = seed, Network = NetemOptions.Lossy20 });
            PeerSide side = byAnswerer ? pair.Answerer : pair.Caller;
            pair.StartAudio();
            for (int i = 0; i < 3; i++)
            {
                side.Peer.CreateOffer(pair.Now, restartIce: true);
                pair.RunFor(TimeSpan.FromSeconds(i * 20));
                Assert.True(side.Peer.RollbackOffer(pair.Now));
                pair.RunFor(TimeSpan.FromSeconds(20));
                Assert.True(pair.BothConnected, pair.ToString());
            }

            pair.Negotiate(side, restartIce: true);
            Assert.True(pair.RunUntil(() => !side.Peer.IsRestartingIce, TimeSpan.FromSeconds(30)), pair.ToString());
            pair.RunFor(TimeSpan.FromSeconds(20));
            Assert.True(pair.BothConnected, pair.ToString());
        }
    }

    [Fact]
    public void A_first_offer_that_is_taken_back_leaves_a_peer_that_can_be_called()
    {
        using var pair = new TwoPeers(new TwoPeersOptions());
        pair.Answerer.Peer.CreateOffer(pair.Now);
        Assert.True(pair.Answerer.Peer.RollbackOffer(pair.Now));
        Assert.Equal(RtcPeerState.New, pair.Answerer.Peer.State);
        pair.Call();
        Assert.True(pair.RunUntil(() => pair.BothConnected, TimeSpan.FromSeconds(5)), pair.ToString());
    }

    [Fact]
    public void In_glare_an_offer_is_refused_until_ours_is_answered_or_taken_back()
    {
        using TwoPeers pair = TwoPeers.Connected(new TwoPeersOptions());
        string theirs = pair.Answerer.Peer.CreateOffer(pair.Now);
        pair.Caller.Peer.CreateOffer(pair.Now);
        SdpResult result = pair.Caller.Peer.AcceptOffer(pair.Now, theirs);
        Assert.Equal(SdpResultError.Glare, result.Error);
        Assert.Contains("at once", result.Message, StringComparison.Ordinal);
        Assert.True(pair.Caller.Peer.HasPendingOffer);
        Assert.True(pair.Caller.Peer.RollbackOffer(pair.Now));
        Assert.True(pair.Answerer.Peer.AcceptAnswer(pair.Now, pair.Caller.Peer.AcceptOffer(pair.Now, theirs).Answer!).IsSuccess);
        Assert.True(pair.BothConnected);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void In_glare_one_side_yields_and_both_end_up_with_what_they_wished(bool restart)
    {
        using TwoPeers pair = TwoPeers.Connected(new TwoPeersOptions { ConfigureAnswerer = o => o with { YieldInGlare = true } });
        (RtcPeer impolite, RtcPeer polite) = (pair.Caller.Peer, pair.Answerer.Peer);
        pair.StartAudioEverywhere();
        RtcAudioSection theirs = impolite.AddAudio(SdpDirection.SendOnly);
        RtcAudioSection ours = polite.AddAudio(SdpDirection.SendOnly);
        string first = impolite.CreateOffer(pair.Now, restartIce: restart);
        string second = polite.CreateOffer(pair.Now, restartIce: restart);
        Assert.Equal(SdpResultError.Glare, impolite.AcceptOffer(pair.Now, second).Error);

        // A bad offer is refused and does not cost us ours.
        Assert.False(polite.AcceptOffer(pair.Now, first.Without("a=fingerprint")).IsSuccess);
        Assert.True(polite.HasPendingOffer);
        SdpResult answer = polite.AcceptOffer(pair.Now, first);
        Assert.True(answer.IsSuccess, answer.Message);
        Assert.True(impolite.AcceptAnswer(pair.Now, answer.Answer!).IsSuccess);
        pair.RunFor(TimeSpan.FromSeconds(1));
        Assert.True(pair.Answerer.Saw(RtcPeerEventKind.OfferRolledBack));
        Assert.Equal((true, false), (theirs.IsInUse, ours.IsInUse));
        pair.Negotiate(pair.Answerer);
        Assert.True(ours.IsInUse);
        pair.RunFor(TimeSpan.FromSeconds(1));
        Assert.InRange(pair.Caller.AudioIn[impolite.AudioSections.Single(s => s.RemoteSsrc == ours.LocalSsrc)], 49, 51);
        Assert.InRange(pair.Answerer.AudioIn[polite.AudioSections.Single(s => s.RemoteSsrc == theirs.LocalSsrc)], 49, 110);
        Assert.Equal(0, pair.Caller.AudioCorrupt + pair.Answerer.AudioCorrupt);
        Assert.True(pair.BothConnected, pair.ToString());
    }

    [Fact]
    public void Two_first_offers_at_once_connect_when_one_side_yields()
    {
        using TwoPeers pair = new(new TwoPeersOptions { ConfigureAnswerer = o => o with { YieldInGlare = true } });
        pair.Answerer.Peer.CreateOffer(pair.Now);
        pair.Call();
        Assert.True(pair.RunUntil(() => pair.BothConnected, TimeSpan.FromSeconds(5)), pair.ToString());
    }

    // Without the version, which counts what was said.
    private static string Shape(string sdp) => sdp.Without("o=");
}
