using AgentGateway.Primitives;
using AgentGateway.Rtc.Peer;
using AgentGateway.Rtc.Wire.Sdp;
using AgentGateway.Testing.Peers;

namespace AgentGateway.Rtc.Tests.Peer;

public sealed class RenegotiationTests
{
    private static string Offer => PeerFactory.ChromiumOffer;

    [Fact]
    public void The_same_offer_again_gets_the_same_transport_and_a_new_version()
    {
        using RtcPeer peer = PeerFactory.Create();
        SdpSession first = peer.Answer(Offer);
        SdpSession second = peer.Answer(Offer);
        Assert.Equal(first.Origin.SessionId, second.Origin.SessionId);
        Assert.Equal(first.Origin.SessionVersion + 1, second.Origin.SessionVersion);
        Assert.Equal(first.Media[0].IceUfrag, second.Media[0].IceUfrag);
        Assert.Equal(first.Media[0].Ssrcs, second.Media[0].Ssrcs);
        Assert.Equal(first.GetSetup(first.Media[0]), second.GetSetup(second.Media[0]));
    }

    [Fact]
    public void The_role_in_use_is_kept_and_its_contradiction_refused()
    {
        using RtcPeer peer = PeerFactory.Create();
        peer.Answer(Offer.With("a=setup:actpass", "a=setup:passive"));
        SdpSession again = peer.Answer(Offer);
        Assert.Equal(SdpSetup.Active, again.GetSetup(again.Media[0]));
        Assert.Equal(SdpResultError.BadSetup, peer.AcceptOffer(Instant.Zero, Offer.With("a=setup:actpass", "a=setup:active")).Error);
    }

    public static TheoryData<string, SdpResultError> Conflicts() => new()
    {
        { Offer.MapLines(l => l.StartsWith("a=fingerprint", StringComparison.Ordinal) ? "a=fingerprint:sha-256 " + string.Join(':', Enumerable.Repeat("AB", 32)) : l), SdpResultError.Incompatible },
        { Offer[..Offer.IndexOf("m=application", StringComparison.Ordinal)], SdpResultError.Incompatible },
        { Offer.With("a=mid:1", "a=mid:2").With("a=group:BUNDLE 0 1", "a=group:BUNDLE 0 2"), SdpResultError.Incompatible },
        { Offer.With("m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "m=video 9 UDP/TLS/RTP/SAVPF 96"), SdpResultError.Incompatible },
        { Offer.Replace("m=application 9", "m=application 0", StringComparison.Ordinal).Replace("m=audio 9", "m=audio 0", StringComparison.Ordinal), SdpResultError.NoAudio },
        { "garbage", SdpResultError.NotSdp },
    };

    [Theory]
    [MemberData(nameof(Conflicts))]
    public void A_bad_later_offer_leaves_the_call_as_it_was(string offer, SdpResultError error)
    {
        using RtcPeer peer = PeerFactory.Create();
        peer.Answer(Offer);
        NegotiatedAudio? before = peer.Audio;
        Assert.Equal(error, peer.AcceptOffer(Instant.Zero, offer).Error);
        Assert.Same(before, peer.Audio);
        Assert.Equal(RtcPeerState.Connecting, peer.State);
        peer.Answer(Offer);
    }

    [Fact]
    public void A_call_goes_on_through_hold_and_resume()
    {
        using TwoPeers pair = TwoPeers.Connected(new TwoPeersOptions());
        pair.StartAudio();
        pair.RunFor(TimeSpan.FromSeconds(1));
        pair.Negotiate(pair.Caller, SdpDirection.SendOnly);
        Assert.Equal(SdpDirection.ReceiveOnly, pair.Answerer.Peer.Audio!.Direction);
        Assert.True(pair.RunUntil(() => pair.Answerer.Saw(RtcPeerEventKind.AudioRenegotiated), TimeSpan.FromSeconds(1)));
        Assert.Equal(RtcSendResult.NotSending, pair.Answerer.SendFrame(pair.Now));
        pair.RunFor(TimeSpan.FromMilliseconds(100));
        long held = pair.Caller.AudioReceived;
        long heard = pair.Answerer.AudioReceived;
        pair.RunFor(TimeSpan.FromSeconds(1));
        Assert.Equal(held, pair.Caller.AudioReceived);
        Assert.InRange(pair.Answerer.AudioReceived - heard, 49, 51);
        pair.Negotiate(pair.Caller, SdpDirection.SendReceive);
        pair.RunFor(TimeSpan.FromSeconds(1));
        Assert.InRange(pair.Caller.AudioReceived - held, 49, 51);
        Assert.Equal(0, pair.Caller.AudioCorrupt + pair.Answerer.AudioCorrupt);
        Assert.Equal(0, pair.Caller.Peer.GetStatistics(pair.Now).Audio.PacketsLost);
        Assert.True(pair.BothConnected);
    }

    [Fact]
    public void A_stray_answer_is_refused()
    {
        using RtcPeer peer = PeerFactory.Create();
        Assert.Equal(SdpResultError.WrongState, peer.AcceptAnswer(Instant.Zero, "v=0").Error);
        peer.Answer(Offer);
        Assert.Equal(SdpResultError.WrongState, peer.AcceptAnswer(Instant.Zero, Offer).Error);
    }

    [Fact]
    public void Bad_answers_are_refused_and_a_good_one_may_follow()
    {
        using RtcPeer caller = PeerFactory.Create();
        using RtcPeer answerer = PeerFactory.Create();
        string offer = caller.CreateOffer(Instant.Zero);
        string answer = answerer.AcceptOffer(Instant.Zero, offer).Answer!;
        Assert.Equal(SdpResultError.BadSetup, caller.AcceptAnswer(Instant.Zero, answer.With("a=setup:passive", "a=setup:actpass")).Error);
        Assert.Equal(SdpResultError.BadSetup, caller.AcceptAnswer(Instant.Zero, answer.Without("a=setup")).Error);
        Assert.Equal(SdpResultError.Incompatible, caller.AcceptAnswer(Instant.Zero, answer.With("a=mid:0", "a=mid:7").With("a=group:BUNDLE 0 1", "a=group:BUNDLE 7 1")).Error);
        Assert.Equal(SdpResultError.Incompatible, caller.AcceptAnswer(Instant.Zero, answer[..answer.IndexOf("m=application", StringComparison.Ordinal)].With("a=group:BUNDLE 0 1", "a=group:BUNDLE 0")).Error);
        Assert.Equal(SdpResultError.NoCommonCodec, caller.AcceptAnswer(Instant.Zero, answer.Replace("111", "112", StringComparison.Ordinal)).Error);
        Assert.Equal(RtcPeerState.New, caller.State);
        Assert.True(caller.AcceptAnswer(Instant.Zero, answer).IsSuccess);
        Assert.Equal(SdpResultError.WrongState, caller.AcceptAnswer(Instant.Zero, answer).Error);
        Assert.Equal((1, 4, (byte?)110), (caller.Audio!.AudioLevelExtension, caller.Audio.MidExtension, caller.Audio.TelephoneEventPayloadType));
    }
}
