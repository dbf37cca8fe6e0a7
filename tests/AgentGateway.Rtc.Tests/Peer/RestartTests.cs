using AgentGateway.Primitives;
using AgentGateway.Rtc.Peer;
using AgentGateway.Rtc.Wire.Sdp;

namespace AgentGateway.Rtc.Tests.Peer;

/// <summary>Restarts of ICE by offer and answer: what the descriptions say. Media over a restart is simulated elsewhere.</summary>
public sealed class RestartTests
{
    private const string NewUfrag = "a=ice-ufrag:neww";
    private const string NewPassword = "a=ice-pwd:newpasswordnewpasswordnew";

    private static string Offer => PeerFactory.ChromiumOffer;

    [Fact]
    public void New_credentials_in_an_offer_are_answered_with_new_ones_and_nothing_else_changes()
    {
        using RtcPeer peer = PeerFactory.Create();
        SdpSession first = peer.Answer(Offer);
        string ufrag = peer.IceUfrag;
        SdpSession second = peer.Answer(Restarted(Offer));
        Assert.NotEqual(ufrag, peer.IceUfrag);
        Assert.All(second.Media, m => Assert.Equal(peer.IceUfrag, m.IceUfrag));
        Assert.All(second.Media, m => Assert.NotEqual(first.Media[0].IcePassword, m.IcePassword));
        Assert.Equal(first.Media[0].Candidates, second.Media[0].Candidates);
        Assert.Equal(first.GetFingerprints(first.Media[0]), second.GetFingerprints(second.Media[0]));
        Assert.Equal(first.GetSetup(first.Media[0]), second.GetSetup(second.Media[0]));
        Assert.Equal(first.Media[0].Ssrcs, second.Media[0].Ssrcs);
        List<RtcPeerEventKind> told = [];
        while (peer.TryPollEvent(out RtcPeerEvent e))
            told.Add(e.Kind);
        Assert.Equal([RtcPeerEventKind.AudioAdded, RtcPeerEventKind.ConnectionStateChanged, RtcPeerEventKind.IceCredentialsChanged], told);

        // The same offer once more restarts nothing.
        string present = peer.IceUfrag;
        peer.Answer(Restarted(Offer));
        Assert.Equal(present, peer.IceUfrag);
    }

    [Fact]
    public void A_bad_offer_with_new_credentials_restarts_nothing()
    {
        using RtcPeer peer = PeerFactory.Create();
        peer.Answer(Offer);
        string ufrag = peer.IceUfrag;
        string bad = Restarted(Offer).With("a=mid:1", "a=mid:2").With("a=group:BUNDLE 0 1", "a=group:BUNDLE 0 2");
        Assert.Equal(SdpResultError.Incompatible, peer.AcceptOffer(Instant.Zero, bad).Error);
        Assert.Equal(ufrag, peer.IceUfrag);
        Assert.Null(peer.PreviousIceUfrag);
    }

    [Fact]
    public void Our_offer_restarts_when_asked_to_and_the_answer_must_follow()
    {
        (RtcPeer caller, RtcPeer answerer) = Pair();
        using (caller)
        using (answerer)
        {
            string before = caller.IceUfrag;
            string oldAnswer = answerer.AcceptOffer(Instant.Zero, caller.CreateOffer(Instant.Zero)).Answer!;
            Assert.True(caller.AcceptAnswer(Instant.Zero, oldAnswer).IsSuccess);
            Assert.Equal(before, caller.IceUfrag);

            string offer = caller.CreateOffer(Instant.Zero, restartIce: true);
            Assert.NotEqual(before, caller.IceUfrag);
            Assert.Contains($"a=ice-ufrag:{caller.IceUfrag}\r\n", offer, StringComparison.Ordinal);
            Assert.Equal(SdpResultError.Incompatible, caller.AcceptAnswer(Instant.Zero, oldAnswer).Error);
            string answer = answerer.AcceptOffer(Instant.Zero, offer).Answer!;
            Assert.True(caller.AcceptAnswer(Instant.Zero, answer).IsSuccess);

            // And is over: the next offer has the same credentials.
            string restarted = caller.IceUfrag;
            Assert.Contains($"a=ice-ufrag:{restarted}\r\n", caller.CreateOffer(Instant.Zero), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Two_offers_with_a_restart_before_the_answer_are_one_restart()
    {
        (RtcPeer caller, RtcPeer answerer) = Pair();
        using (caller)
        using (answerer)
        {
            caller.CreateOffer(Instant.Zero, restartIce: true);
            string ufrag = caller.IceUfrag;
            string again = caller.CreateOffer(Instant.Zero, restartIce: true);
            Assert.Equal(ufrag, caller.IceUfrag);
            Assert.True(caller.AcceptAnswer(Instant.Zero, answerer.AcceptOffer(Instant.Zero, again).Answer!).IsSuccess);
        }
    }

    [Fact]
    public void An_answer_that_restarts_unasked_is_refused()
    {
        (RtcPeer caller, RtcPeer answerer) = Pair();
        using (caller)
        using (answerer)
        {
            string answer = answerer.AcceptOffer(Instant.Zero, caller.CreateOffer(Instant.Zero)).Answer!;
            Assert.Equal(SdpResultError.Incompatible, caller.AcceptAnswer(Instant.Zero, Restarted(answer)).Error);
            Assert.True(caller.AcceptAnswer(Instant.Zero, answer).IsSuccess);
        }
    }

    internal static string Restarted(string sdp) => sdp.MapLines(l =>
        l.StartsWith("a=ice-ufrag:", StringComparison.Ordinal) ? NewUfrag : l.StartsWith("a=ice-pwd:", StringComparison.Ordinal) ? NewPassword : l);

    private static (RtcPeer Caller, RtcPeer Answerer) Pair()
    {
        RtcPeer caller = PeerFactory.Create();
        var answerer = new RtcPeer(PeerFactory.Options(seed: 2), Instant.Zero);
        string answer = answerer.AcceptOffer(Instant.Zero, caller.CreateOffer(Instant.Zero)).Answer!;
        Assert.True(caller.AcceptAnswer(Instant.Zero, answer).IsSuccess);
        return (caller, answerer);
    }
}
