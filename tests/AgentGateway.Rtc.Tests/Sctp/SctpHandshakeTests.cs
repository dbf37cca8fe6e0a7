using System.Buffers.Binary;
using AgentGateway.Rtc.Sctp;
using AgentGateway.Rtc.Wire.Sctp;

namespace AgentGateway.Rtc.Tests.Sctp;

public sealed class SctpHandshakeTests
{
    private const byte Init = 1;
    private const byte InitAck = 2;
    private const byte CookieEcho = 10;
    private const byte CookieAck = 11;

    [Fact]
    public void Four_packets_and_two_round_trips()
    {
        SctpPair pair = new(1);
        pair.Connect();
        Assert.Equal([[Init], [CookieEcho]], pair.Left.Sent.Select(p => p.Chunks));
        Assert.Equal([[InitAck], [CookieAck]], pair.Right.Sent.Select(p => p.Chunks));
        Assert.Equal(100, pair.Now.TotalMilliseconds);
        Assert.Equal(1, pair.Left.Count(SctpEventKind.Connected));
        Assert.Equal(1, pair.Right.Count(SctpEventKind.Connected));
    }

    [Theory]
    [InlineData(Init, 500)]
    [InlineData(InitAck, 500)]
    [InlineData(CookieEcho, 500)]
    [InlineData(CookieAck, 500)]
    public void Each_lost_packet_is_made_up_for_after_one_timeout(byte type, double extraMilliseconds)
    {
        SctpPair pair = new(2);
        int seen = 0;
        pair.Drop = (_, packet) => packet.Has(type) && seen++ == 0;
        pair.Connect();
        Assert.True(seen >= 2);
        // INIT and COOKIE ECHO are sent again 500 ms after they left, whichever of the two packets was lost.
        Assert.Equal(100 + extraMilliseconds, pair.Now.TotalMilliseconds);
    }

    [Fact]
    public void Simultaneous_open_makes_one_association()
    {
        SctpPair pair = new(3);
        pair.Left.Association.Start(pair.Now);
        pair.Right.Association.Start(pair.Now);
        pair.Connect();
        ushort id = pair.OpenChannel();
        Assert.Equal(DataSendResult.Ok, pair.Right.Association.Send(pair.Now, id, "back"u8, isText: true));
        pair.RunUntil(() => pair.Left.Messages.Count == 1, 5);
        Assert.Equal(1, pair.Left.Count(SctpEventKind.Connected));
        Assert.Equal(1, pair.Right.Count(SctpEventKind.Connected));
    }

    [Theory]
    [InlineData(Init)]
    [InlineData(InitAck)]
    [InlineData(CookieEcho)]
    [InlineData(CookieAck)]
    public void Simultaneous_open_with_the_left_packet_lost(byte type)
    {
        SctpPair pair = new(4);
        int seen = 0;
        pair.Drop = (from, packet) => from.Name == "left" && packet.Has(type) && seen++ == 0;
        pair.Left.Association.Start(pair.Now);
        pair.Right.Association.Start(pair.Now);
        pair.Connect();
        pair.OpenChannel();
        Assert.Equal(1, pair.Left.Count(SctpEventKind.Connected));
        Assert.Equal(1, pair.Right.Count(SctpEventKind.Connected));
    }

    [Fact]
    public void A_peer_that_answers_and_then_begins_with_our_tag_gets_its_association()
    {
        SctpPair pair = new(14);
        pair.Drop = (from, packet) => packet.Has(from.Name == "left" ? CookieEcho : Init);
        pair.Left.Association.Start(pair.Now);
        pair.RunUntil(() => pair.Left.Sent.Any(p => p.Has(CookieEcho)), 5);
        pair.Right.Association.Start(pair.Now);
        pair.Drain();

        byte[] init = pair.Right.Sent.Last(p => p.Has(Init)).Data;
        uint ours = BinaryPrimitives.ReadUInt32BigEndian(pair.Left.Sent[0].Data.AsSpan(16));
        BinaryPrimitives.WriteUInt32BigEndian(init.AsSpan(4), ours + 1);
        pair.Left.Association.Handle(pair.Now, SctpPackets.Seal(init));
        Assert.Equal(1, pair.Left.Association.Statistics[SctpDropReason.WrongTag]);
        BinaryPrimitives.WriteUInt32BigEndian(init.AsSpan(4), ours);
        pair.Left.Association.Handle(pair.Now, SctpPackets.Seal(init));

        pair.RunUntil(() => pair.Left.Association.State == SctpState.Established && pair.Right.Association.State == SctpState.Established, 1);
        pair.OpenChannel();
        Assert.Equal(1, pair.Left.Count(SctpEventKind.Connected));
        Assert.Equal(1, pair.Right.Count(SctpEventKind.Connected));
    }

    [Fact]
    public void An_unanswered_init_backs_off_and_then_fails()
    {
        SctpPair pair = new(5, new SctpOptions { MaxInitRetransmissions = 3 });
        pair.Drop = (_, _) => true;
        pair.Left.Association.Start(pair.Now);
        pair.RunUntil(() => pair.Left.Association.State == SctpState.Closed, 60);
        Assert.Equal([0, 500, 1500, 3500], pair.Left.Sent.Select(p => p.At.TotalMilliseconds));
        SctpEvent end = Assert.Single(pair.Left.Events);
        Assert.Equal((SctpEventKind.Aborted, SctpCloseReason.HandshakeTimeout), (end.Kind, end.Reason));
        Assert.Equal(7500, pair.Now.TotalMilliseconds);
        Assert.Null(pair.Left.Association.NextTimeout);
    }

    [Fact]
    public void A_channel_opened_before_the_start_is_open_after_three_round_trips()
    {
        SctpPair pair = new(6);
        ushort id = pair.Left.Association.OpenChannel(pair.Now, new DataChannelOptions { Label = "early" });
        Assert.Equal(DataSendResult.Ok, pair.Left.Association.Send(pair.Now, id, "first"u8, isText: true));
        pair.Left.Association.Start(pair.Now);
        pair.RunUntil(() => pair.Right.Messages.Count == 1, 5);
        Assert.Equal(125, pair.Now.TotalMilliseconds);
        Assert.Equal("first"u8, pair.Right.Messages[0].Data);
        SctpEvent opened = pair.Right.Events.Single(e => e.Kind == SctpEventKind.ChannelOpened);
        Assert.True(opened.OpenedByRemote);
        Assert.Equal("early", opened.Channel!.Label);
    }

    [Fact]
    public void A_forged_cookie_is_refused_and_counted()
    {
        SctpPair pair = new(7);
        pair.Drop = (_, packet) => packet.Has(CookieEcho);
        pair.Left.Association.Start(pair.Now);
        pair.RunUntil(() => pair.Left.Sent.Any(p => p.Has(CookieEcho)), 5);
        byte[] genuine = pair.Left.Sent.Last().Data;
        for (int position = 16; position < genuine.Length; position++)
        {
            byte[] forged = [.. genuine];
            forged[position] ^= 0x40;
            pair.Right.Association.Handle(pair.Now, SctpPackets.Seal(forged));
        }

        pair.Drain();
        Assert.Equal(SctpState.New, pair.Right.Association.State);
        Assert.Equal(genuine.Length - 16, pair.Right.Association.Statistics[SctpDropReason.BadCookie]);
        Assert.Single(pair.Right.Sent);
        pair.Right.Association.Handle(pair.Now, genuine);
        Assert.Equal(SctpState.Established, pair.Right.Association.State);
    }

    [Fact]
    public void A_cookie_older_than_a_minute_is_stale_and_the_peer_starts_over()
    {
        SctpPair pair = new(8);
        byte[]? held = null;
        pair.Drop = (_, packet) =>
        {
            if (!packet.Has(CookieEcho) || held is not null)
                return false;
            held = packet.Data;
            return true;
        };
        pair.Left.Association.Start(pair.Now);
        pair.RunUntil(() => held is not null, 5);
        pair.Right.Association.Handle(pair.Now + TimeSpan.FromSeconds(61), held!);
        pair.Drain();
        Assert.Equal(1, pair.Right.Association.Statistics[SctpDropReason.StaleCookie]);
        pair.Clock.Advance(TimeSpan.FromSeconds(61));
        pair.Connect();
        Assert.Equal(2, pair.Left.Sent.Count(p => p.Has(Init)));
    }

    [Fact]
    public void Data_behind_a_cookie_echo_is_taken()
    {
        SctpPair pair = new(13);
        pair.Drop = (_, packet) => packet.Has(CookieEcho);
        pair.Left.Association.Start(pair.Now);
        pair.RunUntil(() => pair.Left.Sent.Any(p => p.Has(CookieEcho)), 5);
        byte[] open = [3, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, (byte)'x'];
        byte[] packet = SctpPackets.WithChunks(
            pair.Left.Sent[^1].Data,
            pair.Left.Sent[^1].ChunksOf(CookieEcho).Single(),
            SctpPackets.Data(SctpPackets.NextTsn(pair.Left), 0, 0, 50, 3, open));
        int before = pair.Right.Sent.Count;
        pair.Right.Association.Handle(pair.Now, packet);
        pair.Drain();
        Assert.Equal([0], pair.Right.Opened);
        // COOKIE ACK, SACK and the answer to the OPEN share a packet.
        Assert.Equal([CookieAck, 3, 0], pair.Right.Sent.Skip(before).Single().Chunks);
    }

    [Fact]
    public void A_restarted_peer_gets_a_new_association_and_the_channels_are_gone()
    {
        SctpPair pair = new(9);
        pair.Connect();
        ushort id = pair.OpenChannel();
        SctpPair second = new(10);
        second.Left.Association.Start(pair.Now);
        // The new peer talks to the old association of the right side by hand.
        Exchange(pair, second.Left.Association, pair.Right.Association);
        Assert.Equal(SctpState.Established, second.Left.Association.State);
        Assert.Equal(SctpState.Established, pair.Right.Association.State);
        pair.Right.Events.AddRange(TakeAll(pair.Right.Association));
        Assert.Equal(2, pair.Right.Count(SctpEventKind.Connected));
        Assert.Equal([id], pair.Right.Closed);
        Assert.Equal(0, second.Left.Association.OpenChannel(pair.Now, new DataChannelOptions { Label = "again" }));
        Exchange(pair, second.Left.Association, pair.Right.Association);
        Assert.Contains(TakeAll(second.Left.Association), e => e.Kind == SctpEventKind.ChannelOpened);
    }

    [Fact]
    public void Zero_checksum_is_announced_and_used_only_after_the_handshake()
    {
        SctpPair pair = new(11, new SctpOptions { SendZeroChecksum = true });
        pair.Connect();
        ushort id = pair.OpenChannel();
        pair.Left.Association.Send(pair.Now, id, "unchecked"u8, isText: true);
        pair.RunUntil(() => pair.Right.Messages.Count == 1, 5);
        foreach (SentPacket packet in pair.Left.Sent.Concat(pair.Right.Sent))
        {
            bool isSetup = packet.Has(Init) || packet.Has(InitAck) || packet.Has(CookieEcho);
            Assert.Equal(!isSetup, BinaryPrimitives.ReadUInt32LittleEndian(packet.Data.AsSpan(8)) == 0);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Zero_checksum_is_announced_only_in_answer_to_a_peer_that_announces_it(bool peerAnnounces)
    {
        // Stacks exist that drop an INIT with a parameter they do not know.
        SctpPair pair = new(13, new SctpOptions { SendZeroChecksum = peerAnnounces }, new SctpOptions());
        pair.Right.Association.Start(pair.Now);
        pair.Connect();
        Assert.DoesNotContain(pair.Right.Sent.SelectMany(p => p.ChunksOf(Init)), AnnouncesZeroChecksum);
        Assert.All(pair.Right.Sent.SelectMany(p => p.ChunksOf(InitAck)), chunk => Assert.Equal(peerAnnounces, AnnouncesZeroChecksum(chunk)));
        Assert.NotEmpty(pair.Right.Sent.SelectMany(p => p.ChunksOf(InitAck)));
        Assert.NotEmpty(pair.Right.Sent.SelectMany(p => p.ChunksOf(Init)));
    }

    [Fact]
    public void Zero_checksum_is_refused_when_not_announced()
    {
        SctpOptions strict = new() { AcceptZeroChecksum = false };
        SctpPair pair = new(12, new SctpOptions { SendZeroChecksum = true }, strict);
        pair.Connect();
        pair.OpenChannel();
        Assert.All(pair.Left.Sent, p => Assert.NotEqual(0u, BinaryPrimitives.ReadUInt32LittleEndian(p.Data.AsSpan(8))));
        byte[] zeroed = [.. pair.Left.Sent.Last().Data];
        zeroed.AsSpan(8, 4).Clear();
        pair.Right.Association.Handle(pair.Now, zeroed);
        Assert.Equal(1, pair.Right.Association.Statistics[SctpDropReason.BadChecksum]);
    }

    private static bool AnnouncesZeroChecksum(byte[] init)
    {
        for (int at = 4 + InitChunk.FixedSize; at + 4 <= init.Length;)
        {
            if (BinaryPrimitives.ReadUInt16BigEndian(init.AsSpan(at)) == (ushort)SctpParameterType.ZeroChecksumAcceptable)
                return true;
            at += (BinaryPrimitives.ReadUInt16BigEndian(init.AsSpan(at + 2)) + 3) & ~3;
        }

        return false;
    }

    private static List<SctpEvent> TakeAll(SctpAssociation association)
    {
        List<SctpEvent> events = [];
        while (association.TryPollEvent(out SctpEvent e))
            events.Add(e);
        return events;
    }

    private static void Exchange(SctpPair pair, SctpAssociation a, SctpAssociation b)
    {
        byte[] buffer = new byte[2000];
        bool any;
        do
        {
            any = false;
            while (a.TryPollTransmit(buffer, out int length))
            {
                any = true;
                b.Handle(pair.Now, buffer.AsSpan(0, length));
            }

            while (b.TryPollTransmit(buffer, out int length))
            {
                any = true;
                a.Handle(pair.Now, buffer.AsSpan(0, length));
            }
        }
        while (any);
    }
}
