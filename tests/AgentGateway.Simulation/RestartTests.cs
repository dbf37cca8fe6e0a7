using AgentGateway.Rtc.Peer;
using AgentGateway.Rtc.Primitives;
using AgentGateway.Rtc.Sctp;
using AgentGateway.Testing.Network;
using AgentGateway.Testing.Peers;

namespace AgentGateway.Simulation;

/// <summary>Restarts of ICE in the middle of a call.</summary>
public sealed class RestartTests
{
    private static readonly TransportAddress Moved = TransportAddress.FromIPv4(0xC6336401, 61999);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Media_and_data_go_on_through_a_restart(bool lite)
    {
        using TwoPeers pair = TwoPeers.Connected(new TwoPeersOptions { AnswererIsLite = lite });
        pair.StartAudio();
        ushort channel = pair.Caller.Peer.OpenChannel(pair.Now, new DataChannelOptions { Label = "events" });
        pair.RunFor(TimeSpan.FromSeconds(2));
        string before = pair.Answerer.Peer.IceUfrag;
        long heard = pair.Answerer.AudioReceived;
        long answered = pair.Caller.AudioReceived;

        Restart(pair);
        Assert.Equal(before, pair.Answerer.Peer.PreviousIceUfrag);
        pair.Caller.SendText(pair.Now, channel, "during");
        Assert.True(pair.RunUntil(() => !pair.Caller.Peer.IsRestartingIce && !pair.Answerer.Peer.IsRestartingIce, TimeSpan.FromSeconds(2)), pair.ToString());
        pair.RunFor(TimeSpan.FromSeconds(20));
        pair.Caller.SendText(pair.Now, channel, "after");
        pair.RunFor(TimeSpan.FromSeconds(1));

        Assert.InRange(pair.Answerer.AudioReceived - heard, 1049, 1151);
        Assert.InRange(pair.Caller.AudioReceived - answered, 1049, 1151);
        AssertUnharmed(pair);
        Assert.Equal(["during", "after"], pair.Answerer.Messages);
        Assert.Null(pair.Answerer.Peer.PreviousIceUfrag);
        Assert.NotEqual(before, pair.Answerer.Peer.IceUfrag);
        Assert.Equal(2, pair.Answerer.Log.Count(l => l.Event.Kind == RtcPeerEventKind.IceCredentialsChanged));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Restarts_survive_a_bad_network(bool lite)
    {
        for (ulong seed = 1; seed <= 5; seed++)
        {
            using TwoPeers pair = TwoPeers.Connected(new TwoPeersOptions { Seed = seed, AnswererIsLite = lite, Network = NetemOptions.Lossy20 });
            pair.StartAudio();
            for (int i = 0; i < 3; i++)
            {
                Restart(pair);
                Assert.True(
                    pair.RunUntil(() => !pair.Caller.Peer.IsRestartingIce && !pair.Answerer.Peer.IsRestartingIce, TimeSpan.FromSeconds(30)), pair.ToString());
                pair.RunFor(TimeSpan.FromSeconds(15));
                Assert.True(pair.BothConnected, pair.ToString());
            }

            Assert.Equal(0, pair.Caller.AudioCorrupt + pair.Answerer.AudioCorrupt);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_caller_that_moved_to_another_network_is_back_within_a_second(bool lite)
    {
        using TwoPeers pair = TwoPeers.Connected(new TwoPeersOptions { AnswererIsLite = lite });
        pair.StartAudio();
        pair.RunFor(TimeSpan.FromSeconds(2));
        pair.CallerSeenAs = Moved;
        pair.RunFor(TimeSpan.FromMilliseconds(500));
        long answered = pair.Caller.AudioReceived;
        Restart(pair);
        Assert.True(pair.RunUntil(() => pair.Answerer.Peer.SelectedPath!.Value.Remote == Moved, TimeSpan.FromSeconds(1)), pair.ToString());
        pair.RunFor(TimeSpan.FromSeconds(2));
        Assert.InRange(pair.Caller.AudioReceived - answered, 99, 150);
        Assert.True(pair.BothConnected, pair.ToString());
    }

    [Theory]
    [InlineData(false, true, true)]
    [InlineData(true, true, true)]
    [InlineData(false, true, false)]
    [InlineData(false, false, true)]
    [InlineData(true, false, true)]
    public void A_restart_that_never_connects_does_not_end_a_working_call(bool lite, bool spoilOffer, bool spoilAnswer)
    {
        using TwoPeers pair = TwoPeers.Connected(new TwoPeersOptions { AnswererIsLite = lite });
        pair.StartAudio();
        pair.RunFor(TimeSpan.FromSeconds(1));
        long heard = pair.Answerer.AudioReceived;
        long answered = pair.Caller.AudioReceived;

        // Wrong passwords on the way: no check of the side that got one passes.
        Restart(pair, spoilOffer ? Spoil : null, spoilAnswer ? Spoil : null);
        pair.RunFor(TimeSpan.FromMinutes(3));

        Assert.True(pair.BothConnected, pair.ToString());
        Assert.InRange(pair.Answerer.AudioReceived - heard, 8999, 9001);
        Assert.InRange(pair.Caller.AudioReceived - answered, 8999, 9001);
        AssertUnharmed(pair);
    }

    private static string Spoil(string sdp) => string.Join("\r\n", sdp.Split("\r\n").Select(l =>
        l.StartsWith("a=ice-pwd:", StringComparison.Ordinal) ? "a=ice-pwd:wrongwrongwrongwrongwrong" : l));

    private static void Restart(TwoPeers pair, Func<string, string>? rewriteOffer = null, Func<string, string>? rewriteAnswer = null)
    {
        string offer = pair.Caller.Peer.CreateOffer(pair.Now, restartIce: true);
        SdpResult answer = pair.Answerer.Peer.AcceptOffer(pair.Now, rewriteOffer is null ? offer : rewriteOffer(offer));
        Assert.True(answer.IsSuccess, answer.Message);
        SdpResult applied = pair.Caller.Peer.AcceptAnswer(pair.Now, rewriteAnswer is null ? answer.Answer! : rewriteAnswer(answer.Answer!));
        Assert.True(applied.IsSuccess, applied.Message);
    }

    private static void AssertUnharmed(TwoPeers pair)
    {
        foreach (PeerSide side in new[] { pair.Caller, pair.Answerer })
        {
            RtcStatistics statistics = side.Peer.GetStatistics(pair.Now);
            Assert.Equal(0, statistics.Audio.PacketsLost);
            Assert.Equal(0, statistics.DropCount(RtcDropReason.UnverifiedPath) + statistics.DropCount(RtcDropReason.SendFailed));
            Assert.Equal(0, side.AudioCorrupt);
            Assert.Null(side.ReachedAt(RtcPeerState.Disconnected));
        }
    }
}
