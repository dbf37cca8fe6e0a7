using AgentGateway.Rtc.Peer;
using AgentGateway.Rtc.Primitives;
using AgentGateway.Testing.Peers;

namespace AgentGateway.Simulation;

/// <summary>The caller behind a network address translator.</summary>
public sealed class NatTests
{
    private static readonly TransportAddress Outside = TransportAddress.FromIPv4(0xC6336401, 61000);
    private static readonly TransportAddress OutsideLater = TransportAddress.FromIPv4(0xC6336401, 61999);

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void The_caller_is_found_by_where_its_checks_come_from(bool lite, bool withoutCandidates)
    {
        using TwoPeers pair = TwoPeers.Connected(new TwoPeersOptions
        {
            CallerSeenAs = Outside,
            AnswererIsLite = lite,
            OfferWithoutCandidates = withoutCandidates,
        });
        Assert.Equal(Outside, pair.Answerer.Peer.SelectedPath!.Value.Remote);
        pair.StartAudio();
        pair.RunFor(TimeSpan.FromSeconds(2));
        Assert.InRange(pair.Caller.AudioReceived, 99, 101);
        Assert.InRange(pair.Answerer.AudioReceived, 99, 101);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_forgotten_mapping_heals(bool lite)
    {
        using TwoPeers pair = TwoPeers.Connected(new TwoPeersOptions { CallerSeenAs = Outside, AnswererIsLite = lite });
        pair.StartAudio();
        pair.RunFor(TimeSpan.FromSeconds(5));
        pair.CallerSeenAs = OutsideLater;
        pair.RunFor(TimeSpan.FromSeconds(30));
        Assert.True(pair.BothConnected, pair.ToString());
        Assert.Equal(OutsideLater, pair.Answerer.Peer.SelectedPath!.Value.Remote);
        long before = pair.Caller.AudioReceived;
        pair.RunFor(TimeSpan.FromSeconds(2));
        Assert.InRange(pair.Caller.AudioReceived - before, 99, 101);
        Assert.True(pair.Answerer.Peer.GetStatistics(pair.Now).DropCount(RtcDropReason.UnverifiedPath) > 0);
        Assert.Equal(0, pair.Caller.AudioCorrupt + pair.Answerer.AudioCorrupt);
    }
}
