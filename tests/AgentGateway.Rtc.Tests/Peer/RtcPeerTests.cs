using AgentGateway.Rtc.Peer;
using AgentGateway.Rtc.Primitives;
using AgentGateway.Rtc.Sctp;
using AgentGateway.Testing.Network;
using AgentGateway.Testing.Peers;

namespace AgentGateway.Rtc.Tests.Peer;

public sealed class RtcPeerTests
{
    [Fact]
    public void Audio_packets_cost_no_memory()
    {
        using TwoPeers pair = TwoPeers.Connected(new TwoPeersOptions());
        byte[] payload = new byte[160];
        (int received, long allocated) = AudioExchange.Measure(
            pair, 2000, (now, i) => pair.Caller.Peer.SendAudio(now, payload, i * 960L, marker: false, AudioExchange.AudioLevel));
        Assert.Equal(2000, received);
        Assert.Equal(0, allocated);
    }

    [Fact]
    public void Audio_is_described_fully()
    {
        using TwoPeers pair = TwoPeers.Connected(new TwoPeersOptions());
        var events = new List<(RtcPeerEvent Event, byte[] Payload)>();
        pair.Answerer.OnEvent = (_, e) => events.Add((e, e.Payload.ToArray()));
        byte[] payload = [9, 8, 7];
        Assert.Equal(RtcSendResult.Ok, pair.Caller.Peer.SendAudio(pair.Now, payload, 4800, marker: true));
        Assert.Equal(RtcSendResult.Ok, pair.Caller.Peer.SendAudio(pair.Now, payload, 5760, marker: false, audioLevel: 127));
        pair.RunFor(TimeSpan.FromMilliseconds(10));
        Assert.Equal(
            [RtcPeerEventKind.RemoteStreamChanged, RtcPeerEventKind.AudioReceived, RtcPeerEventKind.AudioReceived], events.Select(e => e.Event.Kind));
        RtcPeerEvent first = events[1].Event;
        RtcPeerEvent second = events[2].Event;
        Assert.Equal(pair.Caller.Peer.LocalSsrc, first.Ssrc);
        Assert.Equal(pair.Caller.Peer.LocalSsrc, events[0].Event.Ssrc);
        Assert.Equal((1L, 960L), (second.Sequence - first.Sequence, second.Timestamp - first.Timestamp));
        Assert.Equal((true, false, 111, null, (byte?)127), (first.Marker, second.Marker, first.PayloadType, first.AudioLevel, second.AudioLevel));
        Assert.Equal(payload, events[1].Payload);
    }

    [Fact]
    public void Audio_before_the_connection_and_too_much_of_it_is_refused()
    {
        using var pair = new TwoPeers(new TwoPeersOptions());
        byte[] payload = new byte[100];
        Assert.Equal(RtcSendResult.NotConnected, pair.Caller.Peer.SendAudio(pair.Now, payload, 0, false));
        pair.Call();
        Assert.Equal(RtcSendResult.NotConnected, pair.Caller.Peer.SendAudio(pair.Now, payload, 0, false));
        Assert.True(pair.RunUntil(() => pair.BothConnected, TimeSpan.FromSeconds(5)));
        Assert.Equal(RtcSendResult.TooLarge, pair.Caller.Peer.SendAudio(pair.Now, new byte[1200], 0, false));
        for (int i = 0; i < 16; i++)
            Assert.Equal(RtcSendResult.Ok, pair.Caller.Peer.SendAudio(pair.Now, payload, i * 960, false));
        Assert.Equal(RtcSendResult.QueueFull, pair.Caller.Peer.SendAudio(pair.Now, payload, 0, false));
        pair.RunFor(TimeSpan.FromMilliseconds(10));
        Assert.Equal(16, pair.Answerer.AudioReceived);
    }

    [Fact]
    public void An_event_that_nobody_polls_is_counted()
    {
        using TwoPeers pair = TwoPeers.Connected(new TwoPeersOptions());
        byte[] buffer = new byte[RtcPeer.TransmitBufferSize];
        for (int i = 0; i < 3; i++)
            pair.Caller.Peer.SendAudio(pair.Now, [(byte)i], i * 960, false);
        while (pair.Caller.Peer.TryPollTransmit(buffer, out int length, out DatagramPath path))
            pair.Answerer.Peer.Handle(pair.Now, new DatagramPath(path.Remote, path.Local), buffer.AsSpan(0, length));
        Assert.Equal(2, pair.Answerer.Peer.GetStatistics(pair.Now).DropCount(RtcDropReason.EventOverflow));
        byte last = 255;
        while (pair.Answerer.Peer.TryPollEvent(out RtcPeerEvent e))
            last = e.Kind == RtcPeerEventKind.AudioReceived ? e.Payload.Span[0] : last;
        Assert.Equal(2, last);
    }

    [Fact]
    public void A_small_buffer_is_the_callers_mistake()
    {
        using RtcPeer peer = PeerFactory.Create();
        Assert.Throws<ArgumentException>(() => peer.TryPollTransmit(new byte[RtcPeer.TransmitBufferSize - 1], out _, out _));
    }

    [Theory]
    [InlineData("-")]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("a\r\nb")]
    public void Stream_ids_that_would_break_the_description_are_refused(string id) =>
        Assert.ThrowsAny<ArgumentException>(() => PeerFactory.Create(o => o with { StreamId = id }));

    [Fact]
    public void Trickled_candidates_connect_an_answerer_that_gave_none()
    {
        using var pair = new TwoPeers(new TwoPeersOptions
        {
            OfferWithoutCandidates = true,
            RewriteAnswer = s => s.Without("a=candidate"),
        });
        pair.Call();
        pair.RunFor(TimeSpan.FromSeconds(2));
        Assert.False(pair.BothConnected);
        pair.Caller.Peer.AddRemoteCandidate(pair.Now, "nonsense");
        pair.Caller.Peer.AddRemoteCandidate(pair.Now, "");
        pair.Caller.Peer.AddRemoteCandidate(pair.Now, $"candidate:1 1 udp 2130706431 {pair.Answerer.Address.Address} {pair.Answerer.Address.Port} typ host");
        Assert.True(pair.RunUntil(() => pair.BothConnected, TimeSpan.FromSeconds(5)), pair.ToString());
        Assert.Equal(1, pair.Caller.Peer.GetStatistics(pair.Now).DropCount(RtcDropReason.CandidateMalformed));
    }

    [Fact]
    public void Channels_opened_before_the_connection_carry_their_messages_in_time()
    {
        using var pair = new TwoPeers(new TwoPeersOptions());
        pair.Call();
        Assert.True(pair.RunUntil(() => pair.Caller.Peer.HasDataChannels, TimeSpan.FromSeconds(1)));
        ushort channel = pair.Caller.Peer.OpenChannel(pair.Now, new DataChannelOptions { Label = "early" });
        Assert.Equal(DataSendResult.Ok, pair.Caller.SendText(pair.Now, channel, "first"));
        Assert.True(pair.RunUntil(() => pair.Answerer.Messages.Count == 1, TimeSpan.FromSeconds(5)), pair.ToString());
        Assert.Equal(channel, pair.Answerer.Channel("early"));
    }

    [Fact]
    public void Statistics_are_a_snapshot_of_both_sides()
    {
        using TwoPeers pair = TwoPeers.Connected(new TwoPeersOptions { Network = NetemOptions.Home });
        pair.StartAudio();
        pair.RunFor(TimeSpan.FromSeconds(30));
        RtcStatistics mine = pair.Caller.Peer.GetStatistics(pair.Now);
        RtcStatistics theirs = pair.Answerer.Peer.GetStatistics(pair.Now);
        Assert.InRange(mine.Audio.PacketsSent, 1500, 1502);
        Assert.Equal(80 * mine.Audio.PacketsSent, mine.Audio.BytesSent);
        Assert.InRange(mine.Audio.PacketsSent - theirs.Audio.PacketsReceived, 0, 30);
        Assert.Equal(80 * theirs.Audio.PacketsReceived, theirs.Audio.BytesReceived);
        Assert.Equal(pair.Uplink.Sent, mine.DatagramsSent);
        Assert.Equal(pair.Uplink.Delivered, theirs.DatagramsReceived);
        Assert.InRange(mine.Audio.Jitter.TotalMilliseconds, 1, 5);
        Assert.InRange(mine.Audio.SinceLastAudio!.Value.TotalMilliseconds, 0, 60);
        Assert.Equal(pair.Answerer.Peer.LocalSsrc, mine.Audio.RemoteSsrc);
    }
}
