using AgentGateway.Primitives;
using AgentGateway.Rtc.Peer;
using AgentGateway.Rtc.Sctp;
using AgentGateway.Testing.Network;
using AgentGateway.Testing.Peers;

namespace AgentGateway.Simulation;

public sealed class DataTests
{
    [Theory]
    [InlineData("none")]
    [InlineData("lossy5")]
    [InlineData("lossy20")]
    public void Messages_arrive_once_and_in_order_beside_audio(string network)
    {
        using TwoPeers pair = TwoPeers.Connected(new TwoPeersOptions { Seed = 5, Network = Networks.Get(network), AnswererIsLite = true });
        pair.StartAudio();
        ushort up = pair.Caller.Peer.OpenChannel(pair.Now, new DataChannelOptions { Label = "up", Protocol = "p" });
        ushort down = pair.Answerer.Peer.OpenChannel(pair.Now, new DataChannelOptions { Label = "down" });
        int sent = 0;
        void Send(Instant now)
        {
            Assert.Equal(DataSendResult.Ok, pair.Caller.SendText(now, up, Text("up", sent)));
            Assert.Equal(DataSendResult.Ok, pair.Answerer.SendText(now, down, Text("down", sent)));
            if (++sent < 200)
                pair.Schedule(TimeSpan.FromMilliseconds(50), Send);
        }

        pair.Schedule(TimeSpan.Zero, Send);
        bool done = pair.RunUntil(() => pair.Caller.Messages.Count == 200 && pair.Answerer.Messages.Count == 200, TimeSpan.FromMinutes(2));
        Assert.True(done, $"{pair} {pair.Caller.Messages.Count} {pair.Answerer.Messages.Count}");
        Assert.Equal(Enumerable.Range(0, 200).Select(i => Text("up", i)), pair.Answerer.Messages);
        Assert.Equal(Enumerable.Range(0, 200).Select(i => Text("down", i)), pair.Caller.Messages);
        Assert.Equal(up, pair.Answerer.Channel("up"));
        Assert.Equal(down, pair.Caller.Channel("down"));
        Assert.Equal(0, pair.Answerer.AudioCorrupt);
        Assert.True(pair.Answerer.AudioReceived > 300);
    }

    [Fact]
    public void A_large_message_arrives_whole_and_a_larger_one_is_refused()
    {
        using TwoPeers pair = TwoPeers.Connected(new TwoPeersOptions { Network = NetemOptions.Lossy5 });
        byte[] received = [];
        pair.Answerer.OnEvent = (_, e) =>
        {
            if (e.Kind == RtcPeerEventKind.ChannelMessage)
                received = e.Payload.ToArray();
        };
        ushort channel = pair.Caller.Peer.OpenChannel(pair.Now, new DataChannelOptions { Label = "bulk" });
        byte[] message = new byte[262_144];
        for (int i = 0; i < message.Length; i++)
            message[i] = (byte)(i * 31 >> 3);
        Assert.Equal(DataSendResult.TooLarge, pair.Caller.Peer.SendMessage(pair.Now, channel, new byte[262_145], isText: false));
        Assert.Equal(DataSendResult.Ok, pair.Caller.Peer.SendMessage(pair.Now, channel, message, isText: false));
        Assert.True(pair.RunUntil(() => received.Length > 0, TimeSpan.FromMinutes(1)), pair.ToString());
        Assert.Equal(message, received);
    }

    [Fact]
    public void No_datagram_is_longer_than_1200_bytes_from_the_first_check_to_the_goodbye()
    {
        // Loses what is longer, and nothing else.
        using TwoPeers pair = TwoPeers.Connected(new TwoPeersOptions { Network = NetemOptions.Lan with { MaxDatagramSize = 1200 } });
        ushort up = pair.Caller.Peer.OpenChannel(pair.Now, new DataChannelOptions { Label = "up" });
        ushort down = pair.Answerer.Peer.OpenChannel(pair.Now, new DataChannelOptions { Label = "down" });
        Assert.Equal(DataSendResult.Ok, pair.Caller.Peer.SendMessage(pair.Now, up, new byte[262_144], isText: false));
        Assert.Equal(DataSendResult.Ok, pair.Answerer.Peer.SendMessage(pair.Now, down, new byte[262_144], isText: false));
        int longest = 1200;
        while (pair.Caller.Peer.SendAudio(pair.Now, new byte[longest], 0, true) == RtcSendResult.TooLarge)
            longest--;
        Assert.InRange(longest, 1000, 1199);
        pair.StartAudio();
        pair.RunFor(TimeSpan.FromSeconds(2));
        pair.Negotiate(pair.Caller, restartIce: true);
        pair.RunFor(TimeSpan.FromSeconds(2));
        pair.Caller.Peer.Close(pair.Now);
        pair.RunFor(TimeSpan.FromSeconds(2));

        Assert.Equal(RtcPeerState.Closed, pair.Answerer.Peer.State);
        Assert.Equal((0, 0), (pair.Uplink.Lost, pair.Downlink.Lost));
        Assert.True(pair.Uplink.Sent > 262_144 / 1200);
    }

    [Fact]
    public void A_channel_closed_by_either_side_closes_on_both()
    {
        using TwoPeers pair = TwoPeers.Connected(new TwoPeersOptions());
        ushort channel = pair.Caller.Peer.OpenChannel(pair.Now, new DataChannelOptions { Label = "a" });
        Assert.True(pair.RunUntil(() => pair.Answerer.Channel("a") is not null && pair.Caller.Channel("a") is not null, TimeSpan.FromSeconds(5)), pair.ToString());
        pair.Answerer.Peer.CloseChannel(pair.Now, channel);
        Assert.True(
            pair.RunUntil(() => pair.Caller.Saw(RtcPeerEventKind.ChannelClosed) && pair.Answerer.Saw(RtcPeerEventKind.ChannelClosed), TimeSpan.FromSeconds(5)),
            pair.ToString());
        Assert.True(pair.BothConnected);
        Assert.Equal(DataSendResult.ClosedChannel, pair.Caller.SendText(pair.Now, channel, "late"));
    }

    private static string Text(string name, int i) => FormattableString.Invariant($"{name} {i}");
}
