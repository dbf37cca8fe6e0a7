using AgentGateway.Primitives;
using AgentGateway.Rtc.Ice;
using AgentGateway.Rtc.Peer;
using AgentGateway.Rtc.Primitives;
using AgentGateway.Rtc.Wire.Sdp;

namespace AgentGateway.Rtc.Tests.Peer;

/// <summary>What descriptions say of candidates that are still being gathered (RFC 8838, RFC 8840).</summary>
public sealed class GatheringTests
{
    private static readonly IceCandidate Late =
        IceCandidate.CreateServerReflexive(TransportAddress.FromIPv4(0xCB007105, 9), PeerFactory.Address, 65535);

    [Fact]
    public void Descriptions_say_that_no_candidates_follow_only_when_none_do()
    {
        using RtcPeer peer = PeerFactory.Create(o => o with { IsGathering = true });
        SdpSession answer = peer.Answer(PeerFactory.ChromiumOffer);
        Assert.All(answer.Media, m => Assert.False(m.EndOfCandidates));
        Assert.All(answer.Media, m => Assert.Equal(2, m.Candidates.Count));
        Assert.DoesNotContain("end-of-candidates", Fragment(peer, "new1"), StringComparison.Ordinal);
        Assert.True(peer.AddLocalCandidate(Instant.Zero, Late));
        peer.EndLocalCandidates(Instant.Zero);
        peer.EndLocalCandidates(Instant.Zero);
        List<RtcPeerEvent> told = [];
        while (peer.TryPollEvent(out RtcPeerEvent e))
            told.Add(e);
        Assert.Equal(
            [RtcPeerEventKind.LocalCandidate, RtcPeerEventKind.LocalCandidatesEnded],
            told.Select(e => e.Kind).Where(k => k is RtcPeerEventKind.LocalCandidate or RtcPeerEventKind.LocalCandidatesEnded));
        Assert.Equal(peer.IceUfrag, told.Single(e => e.Kind == RtcPeerEventKind.LocalCandidate).Candidate!.Ufrag);
        Assert.All(peer.Answer(RestartTests.Restarted(PeerFactory.ChromiumOffer)).Media, m => Assert.True(m.EndOfCandidates && m.Candidates.Count == 3));
        Assert.EndsWith("a=end-of-candidates\r\n", Fragment(peer, "new2"), StringComparison.Ordinal);
    }

    [Fact]
    public void An_end_before_the_first_description_needs_no_telling()
    {
        using RtcPeer peer = PeerFactory.Create(o => o with { IsGathering = true });
        peer.EndLocalCandidates(Instant.Zero);
        Assert.False(peer.TryPollEvent(out _));
        Assert.All(PeerFactory.Parse(peer.CreateOffer(Instant.Zero)).Media, m => Assert.True(m.EndOfCandidates));
    }

    private static string Fragment(RtcPeer peer, string ufrag)
    {
        SdpResult result = peer.AcceptFragment(
            Instant.Zero, $"a=ice-ufrag:{ufrag}\r\na=ice-pwd:0123456789012345678901\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\n", mayRestart: true);
        Assert.True(result.IsSuccess, result.Message);
        return result.Answer!;
    }
}
