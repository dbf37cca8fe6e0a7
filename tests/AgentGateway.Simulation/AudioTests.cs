using AgentGateway.Rtc.Peer;
using AgentGateway.Testing.Network;
using AgentGateway.Testing.Peers;

namespace AgentGateway.Simulation;

public sealed class AudioTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private static RtcPeerOptions WithoutRepair(RtcPeerOptions options) => options with { PreferRed = false, PreferNack = false };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_frame_arrives_in_order_on_a_good_network(bool lite)
    {
        using TwoPeers pair = TwoPeers.Connected(new TwoPeersOptions { AnswererIsLite = lite });
        pair.StartAudio();
        pair.RunFor(Minute);
        foreach (PeerSide side in new[] { pair.Caller, pair.Answerer })
        {
            RtcStatistics statistics = side.Peer.GetStatistics(pair.Now);
            Assert.InRange(side.AudioReceived, 2999, 3001);
            Assert.Equal(0, side.AudioCorrupt);
            Assert.Equal(0, side.AudioOutOfOrder);
            Assert.Equal(0, statistics.Audio.PacketsLost);
            Assert.Equal(0, statistics.TotalDrops);
            Assert.Equal(0, statistics.Audio.Jitter.TotalMilliseconds, 0.1);
            Assert.Equal(2, statistics.Audio.RoundTripTime!.Value.TotalMilliseconds, 0.2);
            Assert.Equal(0, statistics.Audio.RemotePacketsLost);
            Assert.InRange(statistics.Audio.RtcpSent, 8, 25);
            Assert.Equal(1, side.Log.Count(l => l.Event.Kind == RtcPeerEventKind.RemoteStreamChanged));
        }
    }

    [Theory]
    [InlineData("home", 0.0, 0.006)]
    [InlineData("lossy5", 0.035, 0.065)]
    [InlineData("lossy20", 0.17, 0.23)]
    [InlineData("wifi", 0.005, 0.08)]
    public void Loss_is_what_the_network_does_and_both_ends_know_it(string network, double least, double most)
    {
        using TwoPeers pair = TwoPeers.Connected(new TwoPeersOptions
        {
            Seed = 3,
            Network = Networks.Get(network),
            ConfigureCaller = WithoutRepair,
            ConfigureAnswerer = WithoutRepair,
        });
        pair.StartAudio();
        pair.RunFor(2 * Minute);
        foreach (PeerSide side in new[] { pair.Caller, pair.Answerer })
        {
            RtcStatistics mine = side.Peer.GetStatistics(pair.Now);
            RtcStatistics theirs = pair.Other(side).Peer.GetStatistics(pair.Now);
            Assert.Equal(0, side.AudioCorrupt);
            Assert.InRange(mine.Audio.PacketsLost / (double)theirs.Audio.PacketsSent, least, most);

            // What came and what did not make up what was sent, but for the few packets still under way.
            Assert.InRange(theirs.Audio.PacketsSent - mine.Audio.PacketsReceived - mine.Audio.PacketsLost, 0, 8);
            Assert.Equal(mine.Audio.PacketsReceived, side.AudioReceived);

            // Duplicates of the network never reach the application.
            Assert.Equal(0, mine.DropCount(RtcDropReason.RtpForged));
            Assert.True(network is "home" || mine.DropCount(RtcDropReason.RtpReplayed) > 10);
            Assert.InRange(theirs.Audio.RemotePacketsLost, mine.Audio.PacketsLost * 0.8, mine.Audio.PacketsLost + 3);
            NetemOptions options = Networks.Get(network);
            Assert.Equal(2 * options.Latency.TotalMilliseconds, theirs.Audio.RoundTripTime!.Value.TotalMilliseconds, 3 * options.Jitter.TotalMilliseconds + 1);
        }
    }

    [Theory]
    [InlineData("lossy5", false, true, 0.02)]
    [InlineData("lossy5", true, false, 0.009)]
    [InlineData("lossy20", true, true, 0.02)]
    [InlineData("wifi", true, true, 0.02)]
    public void Redundancy_and_retransmission_bring_back_most_of_what_was_lost(string network, bool red, bool nack, double most)
    {
        Func<RtcPeerOptions, RtcPeerOptions> configure = o => o with { PreferRed = red, PreferNack = nack };
        using TwoPeers pair = TwoPeers.Connected(new TwoPeersOptions
        {
            Seed = 5,
            Network = Networks.Get(network),
            ConfigureCaller = configure,
            ConfigureAnswerer = configure,
        });
        pair.StartAudio();

        // Redundancy begins with the first report of loss.
        pair.RunFor(TimeSpan.FromSeconds(10));
        long sentBefore = pair.Caller.Peer.GetStatistics(pair.Now).Audio.PacketsSent;
        var heard = new HashSet<long>();
        pair.Answerer.OnEvent = (_, e) =>
        {
            if (e.Kind == RtcPeerEventKind.AudioReceived)
                heard.Add(e.Sequence);
        };
        pair.RunFor(2 * Minute);
        RtcStatistics sender = pair.Caller.Peer.GetStatistics(pair.Now);
        RtcStatistics receiver = pair.Answerer.Peer.GetStatistics(pair.Now);
        double missing = 1 - (heard.Count / (double)(sender.Audio.PacketsSent - sentBefore));
        Assert.InRange(missing, -0.01, most);
        Assert.Equal(0, pair.Answerer.AudioCorrupt);

        // Redundancy leaves little to ask for.
        Assert.Equal(nack && !red, receiver.Audio.PacketsRetransmitted > 100);
        Assert.Equal(nack && !red, sender.Audio.RetransmissionsSent > 100);
        Assert.Equal(red, receiver.Audio.PacketsRecoveredByRedundancy > 20);
        Assert.InRange(sender.Audio.RetransmissionsSent, 0, sender.Audio.RetransmissionsRequested);
        Assert.True(sender.TransportPacketsLost > 20 && sender.TransportPacketsAcknowledged > 3000);
    }

    [Fact]
    public void An_hour_of_bad_wifi_is_survived()
    {
        using TwoPeers pair = TwoPeers.Connected(new TwoPeersOptions { Seed = 11, Network = NetemOptions.BadWifi, AnswererIsLite = true });
        ushort channel = pair.Caller.Peer.OpenChannel(pair.Now, new() { Label = "events" });
        pair.StartAudio(pair.Caller);
        pair.StartAudio(pair.Answerer);
        int sent = 0;
        void Chat(AgentGateway.Primitives.Instant now)
        {
            pair.Caller.SendText(now, channel, $"message {sent++}");
            if (sent < 700)
                pair.Schedule(TimeSpan.FromSeconds(5), Chat);
        }

        pair.Schedule(TimeSpan.FromSeconds(1), Chat);
        pair.RunFor(TimeSpan.FromHours(1));
        Assert.True(pair.BothConnected, pair.ToString());
        Assert.InRange(pair.Answerer.AudioReceived, 165_000, 180_000);
        Assert.Equal(0, pair.Answerer.AudioCorrupt + pair.Caller.AudioCorrupt);
        Assert.Equal(Enumerable.Range(0, 700).Select(i => $"message {i}"), pair.Answerer.Messages);

        // Sequence numbers wrapped almost three times.
        Assert.True(pair.Answerer.HighestSequence > 65536 + 170_000);
    }

    [Fact]
    public void An_outage_disconnects_and_heals()
    {
        using TwoPeers pair = TwoPeers.Connected(new TwoPeersOptions());
        pair.StartAudio();
        pair.RunFor(TimeSpan.FromSeconds(5));
        pair.Uplink.Options = pair.Downlink.Options = NetemOptions.Lan with { Loss = 1 };
        pair.RunFor(TimeSpan.FromSeconds(20));
        Assert.Equal(RtcPeerState.Disconnected, pair.Caller.Peer.State);
        Assert.Equal(RtcPeerState.Disconnected, pair.Answerer.Peer.State);
        pair.Uplink.Options = pair.Downlink.Options = NetemOptions.Lan;
        Assert.True(pair.RunUntil(() => pair.BothConnected, TimeSpan.FromSeconds(10)), pair.ToString());
        long before = pair.Answerer.AudioReceived;
        pair.RunFor(TimeSpan.FromSeconds(2));
        Assert.InRange(pair.Answerer.AudioReceived - before, 99, 101);
        Assert.Equal(0, pair.Answerer.AudioCorrupt);
    }
}
