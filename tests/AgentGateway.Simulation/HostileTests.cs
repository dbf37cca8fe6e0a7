using AgentGateway.Primitives;
using AgentGateway.Rtc.Peer;
using AgentGateway.Rtc.Primitives;
using AgentGateway.Rtc.Sctp;
using AgentGateway.Testing;
using AgentGateway.Testing.Network;
using AgentGateway.Testing.Peers;

namespace AgentGateway.Simulation;

/// <summary>What strangers send into a live call changes counters and nothing else.</summary>
public sealed class HostileTests
{
    private static readonly TransportAddress Stranger = TransportAddress.FromIPv4(0x0A0000FF, 666);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Garbage_disturbs_nobody(bool fromThePeersAddress)
    {
        var random = new SeededRandom(99);
        using TwoPeers pair = TwoPeers.Connected(new TwoPeersOptions { AnswererIsLite = true });
        ushort channel = pair.Caller.Peer.OpenChannel(pair.Now, new DataChannelOptions { Label = "x" });
        pair.StartAudio();
        pair.RunFor(TimeSpan.FromSeconds(2));
        RtcStatistics before = pair.Answerer.Peer.GetStatistics(pair.Now);
        byte[] bytes = new byte[1500];
        TransportAddress from = fromThePeersAddress ? pair.Caller.Address : Stranger;
        for (int i = 0; i < 20_000; i++)
        {
            int length = random.Next(i % 10 == 0 ? 1500 : 120);
            random.Fill(bytes.AsSpan(0, length));
            if (length > 1)
            {
                // Mostly into the ranges that mean something.
                bytes[0] = (i % 4) switch
                {
                    0 => (byte)(bytes[0] & 3),
                    1 => (byte)(20 + (bytes[0] % 6)),
                    2 => (byte)(0x80 | (bytes[0] & 0x3F)),
                    _ => bytes[0],
                };
            }

            pair.Inject(pair.Answerer, from, bytes.AsSpan(0, length));
            if (i % 10 == 0)
                pair.RunFor(TimeSpan.FromMilliseconds(1));
        }

        pair.Caller.SendText(pair.Now, channel, "still here");
        pair.RunFor(TimeSpan.FromSeconds(2));
        RtcStatistics after = pair.Answerer.Peer.GetStatistics(pair.Now);
        Assert.True(pair.BothConnected, pair.ToString());
        Assert.Equal(["still here"], pair.Answerer.Messages);
        Assert.Equal(0, pair.Answerer.AudioCorrupt);
        Assert.Equal(0, after.Audio.PacketsLost);
        Assert.True(after.TotalDrops - before.TotalDrops > 15_000, $"{after.TotalDrops}");
        Assert.InRange(after.DropCount(RtcDropReason.UnknownProtocol), 1000, 20_000);
        RtcDropReason expected = fromThePeersAddress ? RtcDropReason.RtpForged : RtcDropReason.UnverifiedPath;
        Assert.True(after.DropCount(expected) > 1000);
    }

    [Fact]
    public void Replayed_packets_are_dropped_and_counted()
    {
        using TwoPeers pair = TwoPeers.Connected(new TwoPeersOptions { Uplink = NetemOptions.Lan with { Duplicate = 1 } });
        pair.StartAudio();
        pair.RunFor(TimeSpan.FromSeconds(10));
        RtcStatistics statistics = pair.Answerer.Peer.GetStatistics(pair.Now);
        Assert.InRange(pair.Answerer.AudioReceived, 499, 501);
        Assert.InRange(statistics.DropCount(RtcDropReason.RtpReplayed), 498, 501);
        Assert.True(statistics.DropCount(RtcDropReason.RtcpReplayed) > 0);
        Assert.Equal(0, statistics.Audio.PacketsLost);
    }

    [Fact]
    public void Forged_packets_are_dropped_and_counted()
    {
        using TwoPeers pair = TwoPeers.Connected(new TwoPeersOptions());
        pair.StartAudio();
        pair.RunFor(TimeSpan.FromSeconds(1));
        byte[] forged = new byte[60];
        forged[0] = 0x80;
        forged[1] = 111;

        // The E flag of SRTCP with AES-GCM, so that the tag is what betrays it.
        forged[^4] = 0x80;
        for (ushort i = 0; i < 500; i++)
        {
            forged[2] = (byte)(i >> 8);
            forged[3] = (byte)i;
            pair.Inject(pair.Answerer, pair.Caller.Address, forged);
            forged[1] = (byte)(i % 2 == 0 ? 200 : 111);
        }

        pair.RunFor(TimeSpan.FromSeconds(5));
        RtcStatistics statistics = pair.Answerer.Peer.GetStatistics(pair.Now);
        Assert.Equal(500, statistics.DropCount(RtcDropReason.RtpForged) + statistics.DropCount(RtcDropReason.RtcpForged));
        Assert.InRange(pair.Answerer.AudioReceived, 299, 301);
        Assert.Equal(0, statistics.Audio.PacketsLost);
        Assert.Equal(0, pair.Answerer.AudioCorrupt);
    }

    [Fact]
    public void Damaged_packets_are_as_good_as_lost_ones()
    {
        using TwoPeers pair = TwoPeers.Connected(new TwoPeersOptions { Seed = 21, AnswererIsLite = true });
        pair.Uplink.Options = pair.Downlink.Options = NetemOptions.Lan with { Corrupt = 0.1, Duplicate = 0.05, Loss = 0.02 };
        ushort channel = pair.Caller.Peer.OpenChannel(pair.Now, new DataChannelOptions { Label = "x" });
        pair.StartAudio();
        for (int i = 0; i < 100; i++)
            pair.Schedule(TimeSpan.FromMilliseconds(100 * i), NumberedMessage(pair, channel, i));
        pair.RunFor(TimeSpan.FromSeconds(60));
        Assert.True(pair.BothConnected, pair.ToString());
        Assert.True(pair.Uplink.Corrupted > 200);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"message {i}"), pair.Answerer.Messages);
        RtcStatistics statistics = pair.Answerer.Peer.GetStatistics(pair.Now);
        Assert.Equal(0, pair.Answerer.AudioCorrupt);
        Assert.InRange(statistics.Audio.PacketsLost / 3000.0, 0.08, 0.16);

        // A change in the header shows as another stream, a wrong tag or a replay, never as audio.
        Assert.True(statistics.DropCount(RtcDropReason.RtpForged) > 150);
        Assert.Equal(1, pair.Answerer.Log.Count(l => l.Event.Kind == RtcPeerEventKind.RemoteStreamChanged));
    }

    [Fact]
    public void Media_before_the_handshake_is_dropped_and_dtls_of_strangers_changes_nothing()
    {
        using var pair = new TwoPeers(new TwoPeersOptions { Network = new NetemOptions { Latency = TimeSpan.FromMilliseconds(30) }, AnswererIsLite = true });
        pair.Call();
        byte[] rtp = new byte[40];
        rtp[0] = 0x80;
        rtp[1] = 111;
        byte[] hello = new byte[100];
        hello[0] = 22;
        while (!pair.BothConnected && pair.Now < Instant.FromMilliseconds(5000))
        {
            pair.Inject(pair.Answerer, pair.Caller.Address, rtp);
            pair.Inject(pair.Answerer, Stranger, hello);
            pair.Inject(pair.Caller, Stranger, hello);
            pair.RunFor(TimeSpan.FromMilliseconds(7));
        }

        Assert.True(pair.BothConnected, pair.ToString());
        RtcStatistics statistics = pair.Answerer.Peer.GetStatistics(pair.Now);
        Assert.True(statistics.DropCount(RtcDropReason.MediaBeforeKeys) > 5);
        Assert.True(statistics.DropCount(RtcDropReason.UnverifiedPath) + statistics.DropCount(RtcDropReason.NoDescription) > 0);
        Assert.Equal(0, pair.Answerer.AudioReceived);
    }

    private static Action<Instant> NumberedMessage(TwoPeers pair, ushort channel, int number) =>
        now => pair.Caller.SendText(now, channel, $"message {number}");
}
