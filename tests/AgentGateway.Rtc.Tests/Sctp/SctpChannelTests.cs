using AgentGateway.Rtc.Sctp;
using AgentGateway.Rtc.Wire.Dcep;

namespace AgentGateway.Rtc.Tests.Sctp;

public sealed class SctpChannelTests
{
    private const byte Reconfig = 130;

    [Fact]
    public void Ids_are_even_for_the_dtls_client_and_odd_for_the_server()
    {
        SctpPair pair = new(1);
        Assert.Equal(0, pair.Left.Association.OpenChannel(pair.Now, new DataChannelOptions()));
        Assert.Equal(2, pair.Left.Association.OpenChannel(pair.Now, new DataChannelOptions()));
        Assert.Equal(1, pair.Right.Association.OpenChannel(pair.Now, new DataChannelOptions()));
        Assert.Equal(3, pair.Right.Association.OpenChannel(pair.Now, new DataChannelOptions()));
        pair.Connect();
        pair.RunUntil(() => pair.Left.Opened.Count() == 4 && pair.Right.Opened.Count() == 4, 5);
        Assert.Equal([0, 1, 2, 3], pair.Left.Opened.Order().Select(id => (int)id));
        Assert.Equal([true, true], pair.Left.Events.Where(e => e.Channel is not null && e.ChannelId % 2 == 1).Select(e => e.OpenedByRemote));
    }

    [Theory]
    [InlineData(true, null, null)]
    [InlineData(false, null, null)]
    [InlineData(true, 3u, null)]
    [InlineData(false, 0u, null)]
    [InlineData(false, null, 1500)]
    public void What_a_channel_promises_reaches_the_peer(bool ordered, uint? retransmits, int? lifetime)
    {
        DataChannelOptions options = new()
        {
            Label = "häuser",
            Protocol = "proto",
            Ordered = ordered,
            MaxRetransmits = retransmits,
            MaxPacketLifeTime = lifetime is { } ms ? TimeSpan.FromMilliseconds(ms) : null,
            Priority = 512,
        };
        SctpPair pair = new(2);
        pair.Connect();
        pair.OpenChannel(options);
        Assert.Equal(options, pair.Right.Events.Single(e => e.Kind == SctpEventKind.ChannelOpened).Channel);
    }

    [Fact]
    public void Closing_resets_both_streams_and_frees_the_id()
    {
        SctpPair pair = new(3);
        pair.Connect();
        ushort id = pair.OpenChannel();
        pair.Left.Association.Send(pair.Now, id, "last words"u8, isText: true);
        pair.Left.Association.CloseChannel(pair.Now, id);
        Assert.Equal(DataSendResult.ClosedChannel, pair.Left.Association.Send(pair.Now, id, "too late"u8, isText: true));
        pair.RunUntil(() => pair.Left.Closed.Any() && pair.Right.Closed.Any(), 5);
        Assert.Equal("last words"u8, pair.Right.Messages.Single().Data);
        Assert.Equal([id], pair.Left.Closed);
        Assert.Equal([id], pair.Right.Closed);
        pair.Left.Events.Clear();
        pair.Right.Events.Clear();
        Assert.Equal(id, pair.OpenChannel(new DataChannelOptions { Label = "second life" }));
        pair.Right.Association.Send(pair.Now, id, "hello again"u8, isText: true);
        pair.RunUntil(() => pair.Left.Messages.Count == 1, 5);
        pair.RunFor(5);
        Assert.Equal(0, pair.Left.Association.Statistics.TotalDrops + pair.Right.Association.Statistics.TotalDrops);
    }

    [Fact]
    public void Both_close_at_once()
    {
        SctpPair pair = new(4);
        pair.Connect();
        ushort id = pair.OpenChannel();
        pair.Left.Association.CloseChannel(pair.Now, id);
        pair.Right.Association.CloseChannel(pair.Now, id);
        pair.RunUntil(() => pair.Left.Closed.Any() && pair.Right.Closed.Any(), 5);
        pair.RunFor(5);
        Assert.Equal([id], pair.Left.Closed);
        Assert.Equal([id], pair.Right.Closed);
    }

    [Fact]
    public void A_channel_is_reused_a_hundred_times_over_a_bad_network()
    {
        for (ulong seed = 1; seed <= 4; seed++)
        {
            SctpPair pair = new(seed) { Loss = 0.15, Duplication = 0.1, Jitter = TimeSpan.FromMilliseconds(30) };
            pair.Connect();
            for (int i = 1; i <= 25; i++)
            {
                ushort id = pair.OpenChannel();
                Assert.Equal(0, id);
                byte[] content = SctpTransferTests.Content(3000, (byte)i);
                (i % 2 == 0 ? pair.Left : pair.Right).Association.Send(pair.Now, id, content, isText: false);
                End receiver = i % 2 == 0 ? pair.Right : pair.Left;
                pair.RunUntil(() => receiver.Messages.Count == 1, 60);
                Assert.Equal(content, receiver.Messages[0].Data);
                receiver.Messages.Clear();
                (i % 3 == 0 ? pair.Left : pair.Right).Association.CloseChannel(pair.Now, id);
                pair.RunUntil(() => pair.Left.Closed.Count() == i && pair.Right.Closed.Count() == i, 60);
                pair.Left.Events.RemoveAll(e => e.Kind == SctpEventKind.ChannelOpened);
                pair.Right.Events.RemoveAll(e => e.Kind == SctpEventKind.ChannelOpened);
            }
        }
    }

    [Fact]
    public void Each_lost_reset_packet_is_made_up_for()
    {
        for (int lost = 0; lost < 4; lost++)
        {
            SctpPair pair = new(5);
            pair.Connect();
            ushort id = pair.OpenChannel();
            pair.RunFor(1);
            int seen = 0;
            pair.Drop = (_, packet) => packet.Has(Reconfig) && seen++ == lost;
            pair.Left.Association.CloseChannel(pair.Now, id);
            pair.RunUntil(() => pair.Left.Closed.Any() && pair.Right.Closed.Any(), 5);
            pair.OpenChannel();
        }
    }

    [Fact]
    public void A_reset_waits_for_data_that_is_still_missing()
    {
        SctpPair pair = new(6);
        pair.Connect();
        ushort id = pair.OpenChannel();
        ushort busy = pair.OpenChannel();
        pair.RunFor(1);
        // The busy channel's data is lost, so that the peer cannot reach the TSN that the reset names.
        bool dropped = false;
        pair.Drop = (from, packet) => !dropped && from.Name == "left" && packet.Has(0) && (dropped = true);
        pair.Left.Association.Send(pair.Now, busy, "lost once"u8, isText: true);
        pair.Drain();
        pair.Left.Association.CloseChannel(pair.Now, id);
        pair.RunUntil(() => pair.Right.Closed.Any() && pair.Left.Closed.Any(), 5);
        byte[][] responses = [.. pair.Right.Sent.SelectMany(p => p.ChunksOf(Reconfig)).Where(c => c[5] == 16)];
        Assert.Equal(6, responses[0][15]);
        Assert.Equal(1, responses[1][15]);
        Assert.Equal("lost once"u8, pair.Right.Messages.Single().Data);
    }

    [Fact]
    public void Closing_before_the_association_is_up_forgets_the_channel()
    {
        SctpPair pair = new(7);
        ushort id = pair.Left.Association.OpenChannel(pair.Now, new DataChannelOptions());
        pair.Left.Association.CloseChannel(pair.Now, id);
        pair.Connect();
        pair.RunFor(1);
        Assert.Equal([id], pair.Left.Closed);
        Assert.Empty(pair.Right.Opened);
        Assert.Equal(id, pair.OpenChannel());
    }

    [Fact]
    public void The_number_of_channels_is_bounded_on_both_sides()
    {
        SctpPair pair = new(8, new SctpOptions { MaxChannels = 8 }, new SctpOptions { MaxChannels = 5 });
        pair.Connect();
        ushort[] ids = [.. Enumerable.Range(0, 8).Select(_ => pair.Left.Association.OpenChannel(pair.Now, new DataChannelOptions()))];
        Assert.Throws<InvalidOperationException>(() => pair.Left.Association.OpenChannel(pair.Now, new DataChannelOptions()));
        Assert.False(pair.Left.Association.TryOpenChannel(pair.Now, new DataChannelOptions(), out _));
        pair.RunUntil(() => pair.Left.Closed.Count() == 3, 10);
        Assert.Equal(5, pair.Right.Opened.Count());
        Assert.Equal(3, pair.Right.Association.Statistics[SctpDropReason.ChannelRefused]);
        Assert.Equal(ids[5..], pair.Left.Closed);
    }

    [Fact]
    public void A_label_above_the_limit_is_a_mistake_here_and_refused_there()
    {
        SctpPair pair = new(9, new SctpOptions(), new SctpOptions { MaxLabelLength = 10 });
        pair.Connect();
        Assert.Throws<ArgumentException>(() => pair.Left.Association.OpenChannel(pair.Now, new DataChannelOptions { Label = new string('é', 129) }));
        ushort id = pair.Left.Association.OpenChannel(pair.Now, new DataChannelOptions { Label = "eleven byte" });
        pair.RunUntil(() => pair.Left.Closed.Any(), 10);
        Assert.Equal([id], pair.Left.Closed);
        Assert.Empty(pair.Right.Opened);
    }

    [Fact]
    public void Negotiated_channels_need_no_open_message()
    {
        SctpPair pair = new(10);
        DataChannelOptions options = new() { NegotiatedId = 100, Label = "agreed" };
        pair.Left.Association.OpenChannel(pair.Now, options);
        pair.Right.Association.OpenChannel(pair.Now, options);
        pair.Connect();
        Assert.Equal([100], pair.Left.Opened.Select(id => (int)id));
        pair.Left.Association.Send(pair.Now, 100, "direct"u8, isText: true);
        pair.RunUntil(() => pair.Right.Messages.Count == 1, 5);
        Assert.False(pair.Left.Association.TryOpenChannel(pair.Now, options, out _));
        Assert.DoesNotContain(pair.Left.Sent.SelectMany(p => p.ChunksOf(0)), chunk => chunk[15] == (byte)PayloadProtocol.Dcep);
    }

    [Fact]
    public void Both_opening_the_same_stream_leaves_neither()
    {
        SctpPair pair = new(11);
        // Both believe to be the DTLS client.
        SctpPair other = new(12);
        pair.Connect();
        pair.Left.Association.OpenChannel(pair.Now, new DataChannelOptions { Label = "mine" });
        ushort id = pair.Right.Association.OpenChannel(pair.Now, new DataChannelOptions { Label = "yours" });
        Assert.NotEqual(0, id);
        pair.RunUntil(() => pair.Left.Opened.Count() == 2 && pair.Right.Opened.Count() == 2, 5);
        other.Connect();
        byte[] like = other.Left.Sent[^1].Data;
        ushort mine = other.Right.Association.OpenChannel(other.Now, new DataChannelOptions { Label = "mine" });
        byte[] open = new byte[12];
        new DcepOpen().Write(open);
        other.Right.Association.Handle(other.Now, SctpPackets.WithChunks(
            like, SctpPackets.Data(SctpPackets.NextTsn(other.Left), mine, 0, (uint)PayloadProtocol.Dcep, 3, open)));
        Assert.Equal(1, other.Right.Association.Statistics[SctpDropReason.ChannelRefused]);
        Assert.Equal(DataSendResult.ClosedChannel, other.Right.Association.Send(other.Now, mine, "x"u8, isText: true));
    }

    [Fact]
    public void A_peer_without_stream_reset_still_gets_channels_closed_here()
    {
        SctpPair pair = new(13);
        // Its INIT does not list RE-CONFIG among the supported extensions.
        bool done = false;
        byte[]? init = null;
        pair.Drop = (from, packet) =>
        {
            if (from.Name != "left" || !packet.Has(1) || done)
                return false;
            done = true;
            init = packet.Data;
            return true;
        };
        pair.Left.Association.Start(pair.Now);
        pair.Drain();
        Assert.NotNull(init);
        int position = init.AsSpan().IndexOf((byte[])[0x80, 0x08, 0, 6, 130, 192]);
        Assert.True(position > 0);
        init[position + 4] = 192;
        pair.Right.Association.Handle(pair.Now, SctpPackets.Seal(init));
        pair.RunUntil(() => pair.Right.Association.State == SctpState.Established, 5);
        ushort id = pair.Right.Association.OpenChannel(pair.Now, new DataChannelOptions());
        pair.RunUntil(() => pair.Right.Opened.Any(), 5);
        pair.Right.Association.CloseChannel(pair.Now, id);
        pair.RunUntil(() => pair.Right.Closed.Any(), 5);
        Assert.DoesNotContain(pair.Right.Sent, p => p.Has(Reconfig));
        Assert.NotEqual(id, pair.Right.Association.OpenChannel(pair.Now, new DataChannelOptions()));
    }

    [Fact]
    public void Contradicting_options_are_a_mistake()
    {
        SctpPair pair = new(14);
        Assert.Throws<ArgumentException>(() => pair.Left.Association.OpenChannel(
            pair.Now, new DataChannelOptions { MaxRetransmits = 1, MaxPacketLifeTime = TimeSpan.FromSeconds(1) }));
        Assert.Throws<ArgumentException>(() => pair.Left.Association.OpenChannel(
            pair.Now, new DataChannelOptions { MaxPacketLifeTime = TimeSpan.FromSeconds(-1) }));
        Assert.Throws<ArgumentException>(() => pair.Left.Association.OpenChannel(pair.Now, new DataChannelOptions { NegotiatedId = 65535 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SctpPair(1, new SctpOptions { MaxPacketSize = 100 }));
        Assert.Throws<ArgumentException>(() => pair.Left.Association.TryPollTransmit(new byte[100], out _));
    }
}
