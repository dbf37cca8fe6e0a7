using System.Buffers.Binary;
using AgentGateway.Rtc.Sctp;

namespace AgentGateway.Rtc.Tests.Sctp;

public sealed class SctpHostileTests
{
    private readonly SctpPair _pair = new(1, new SctpOptions(), new SctpOptions { MaxStreams = 1000 });
    private readonly ushort _id;
    private readonly byte[] _like;
    private readonly int _sentBefore;
    private readonly uint _tsn;

    public SctpHostileTests()
    {
        _pair.Connect();
        _id = _pair.OpenChannel();
        _pair.RunFor(1);
        _like = _pair.Left.Sent[^1].Data;
        _sentBefore = _pair.Right.Sent.Count;
        _tsn = SctpPackets.NextTsn(_pair.Left);
    }

    private SctpAssociation Victim => _pair.Right.Association;

    [Fact]
    public void Too_short_bad_sum_wrong_ports_wrong_tag()
    {
        byte[] good = SctpPackets.WithChunks(_like, Data(_tsn, 0, "hello"u8));
        for (int length = 0; length < 16; length++)
            Inject(good[..length]);
        Assert.Equal(16, Drops(SctpDropReason.TooShort));
        for (int position = 0; position < good.Length; position++)
        {
            byte[] bad = [.. good];
            bad[position] ^= 1;
            Inject(bad);
        }

        Assert.Equal(good.Length, Drops(SctpDropReason.BadChecksum));
        Inject(SctpPackets.Seal([.. good[..1], 0, .. good[2..]]));
        Inject(SctpPackets.Seal([.. good[..3], 0, .. good[4..]]));
        Assert.Equal(2, Drops(SctpDropReason.WrongPorts));
        Inject(SctpPackets.Seal([.. good[..4], 1, 2, 3, 4, .. good[8..]]));
        Assert.Equal(1, Drops(SctpDropReason.WrongTag));
        ExpectSilence();
        Inject(good);
        Assert.Equal("hello"u8, Assert.Single(_pair.Right.Messages).Data);
    }

    [Theory]
    [InlineData("00030000")]
    [InlineData("00000000")]
    [InlineData("0003FFFF00000000")]
    [InlineData("000300140000000000000000000000")]
    public void Chunk_lengths_that_lie(string hex)
    {
        Inject(SctpPackets.Seal([.. _like[..12], .. Convert.FromHexString(hex)]));
        Assert.Equal(1, Drops(SctpDropReason.BadChunkLength));
        ExpectSilence();
        ExpectAlive();
    }

    [Fact]
    public void A_bad_chunk_behind_a_good_one_spoils_the_packet()
    {
        Inject(SctpPackets.Seal([.. SctpPackets.WithChunks(_like, Data(_tsn, 0, "hello"u8)), 0, 3, 255, 255]));
        Assert.Empty(_pair.Right.Messages);
        ExpectAlive();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(130)]
    [InlineData(192)]
    public void Every_truncated_value_of_every_chunk(byte type)
    {
        byte[] value = new byte[40];
        for (int length = 0; length < value.Length; length++)
        {
            if (type == 7 && length >= 4)
                break;
            if (type == 0 && length >= 12)
                break;
            Inject(SctpPackets.WithChunks(_like, SctpPackets.Chunk(type, 0, value[..length])));
        }

        ExpectAlive();
    }

    [Fact]
    public void Data_without_user_data_is_answered_with_an_abort()
    {
        Inject(SctpPackets.WithChunks(_like, Data(_tsn, 0, default)));
        byte[] abort = _pair.Right.Sent[^1].ChunksOf(6).Single();
        // Cause 9, length 8, the TSN.
        Assert.Equal([0, 9, 0, 8], abort[4..8]);
        Assert.Equal(_tsn, BinaryPrimitives.ReadUInt32BigEndian(abort.AsSpan(8)));
        Assert.Equal(SctpCloseReason.ProtocolViolation, _pair.Right.Events[^1].Reason);
        Assert.Equal([_id], _pair.Right.Closed);
    }

    [Fact]
    public void A_stream_that_was_not_negotiated_is_reported_and_its_tsn_acknowledged()
    {
        Inject(SctpPackets.WithChunks(_like, SctpPackets.Data(_tsn, 1000, 0, 51, 3, 1)));
        Assert.Equal(1, Drops(SctpDropReason.InvalidStream));
        byte[] error = _pair.Right.Sent.Skip(_sentBefore).SelectMany(p => p.ChunksOf(9)).Single();
        Assert.Equal([0, 1, 0, 8, 0x03, 0xE8, 0, 0], error[4..]);
        Inject(SctpPackets.WithChunks(_like, Data(_tsn + 1, 0, "next"u8)));
        Assert.Equal("next"u8, _pair.Right.Messages.Single().Data);
    }

    [Fact]
    public void Ten_thousand_gap_blocks()
    {
        _pair.Drop = (_, _) => true;
        for (byte i = 0; i < 200; i++)
            Victim.Send(_pair.Now, _id, [i], isText: false);
        _pair.Drain();
        uint first = _pair.Right.Sent[_sentBefore].Tsns.First();
        (ushort, ushort)[] blocks = [.. Enumerable.Range(0, 10_000).Select(i => ((ushort)((i * 3) + 2), (ushort)((i * 3) + 3)))];
        Inject(SctpPackets.Sack(_like, first - 1, 100_000, blocks));
        (ushort, ushort)[] same = [.. Enumerable.Repeat(((ushort)1, (ushort)65535), 10_000)];
        Inject(SctpPackets.Sack(_like, first - 1, 100_000, same));
        (ushort, ushort)[] backwards = [.. Enumerable.Range(0, 10_000).Select(i => ((ushort)(20_000 - i), (ushort)i))];
        Inject(SctpPackets.Sack(_like, first - 1, 100_000, backwards));
        Inject(SctpPackets.Sack(_like, first - 1, 100_000, (0, 0)));
        _pair.Drop = null;
        ExpectAlive();
    }

    [Fact]
    public void An_acknowledgement_of_what_was_never_sent()
    {
        uint next = SctpPackets.NextTsn(_pair.Right);
        Inject(SctpPackets.Sack(_like, next, 100_000));
        Inject(SctpPackets.Sack(_like, next + 0x7FFFFFFF, 100_000));
        Assert.Equal(2, Drops(SctpDropReason.BadAcknowledgement));
        ExpectAlive();
    }

    [Fact]
    public void An_acknowledgement_that_was_overtaken_changes_nothing()
    {
        uint window = (uint)Victim.Statistics.PeerReceiveWindow;
        uint next = SctpPackets.NextTsn(_pair.Right);

        // Its window is that of an earlier time, and its gaps may be closed by now.
        Inject(SctpPackets.Sack(_like, next - 2, window / 2, (1, 1)));

        Assert.Equal(1, Drops(SctpDropReason.StaleAcknowledgement));
        Assert.Equal(0, Drops(SctpDropReason.BadAcknowledgement));
        Assert.Equal(window, Victim.Statistics.PeerReceiveWindow);
        ExpectAlive();
    }

    [Theory]
    [InlineData(0x3F, false, false)]
    [InlineData(0x7F, true, false)]
    [InlineData(0xBF, false, true)]
    [InlineData(0xFF, true, true)]
    public void Unknown_chunks_are_treated_by_their_high_bits(byte type, bool reported, bool continues)
    {
        Inject(SctpPackets.WithChunks(_like, SctpPackets.Chunk(type, 0, 1, 2, 3, 4), Data(_tsn, 0, "behind"u8)));
        Assert.Equal(1, Drops(SctpDropReason.UnknownChunk));
        Assert.Equal(continues ? 1 : 0, _pair.Right.Messages.Count);
        byte[][] errors = [.. _pair.Right.Sent.Skip(_sentBefore).SelectMany(p => p.ChunksOf(9))];
        Assert.Equal(reported ? 1 : 0, errors.Length);
        if (reported)
            Assert.Equal([0, 6, 0, 12, type, 0, 0, 8, 1, 2, 3, 4], errors[0][4..]);
    }

    [Fact]
    public void A_packet_full_of_unknown_chunks_is_answered_by_a_bounded_number()
    {
        byte[][] unknown = [.. Enumerable.Repeat(SctpPackets.Chunk(0xFF, 0), 2000)];
        Inject(SctpPackets.WithChunks(_like, unknown));
        Assert.Equal(2000, Drops(SctpDropReason.UnknownChunk));
        Assert.Equal(32, _pair.Right.Sent.Skip(_sentBefore).SelectMany(p => p.ChunksOf(9)).Count());
        Assert.Equal(1, _pair.Right.Sent.Count - _sentBefore);
    }

    [Fact]
    public void Data_far_ahead_of_the_window_is_refused()
    {
        Inject(SctpPackets.WithChunks(_like, Data(_tsn + 16383, 1, "inside"u8)));
        Inject(SctpPackets.WithChunks(_like, Data(_tsn + 16384, 1, "outside"u8)));
        Inject(SctpPackets.WithChunks(_like, Data(_tsn + 0x7FFFFFF0, 1, "outside"u8)));
        Assert.Equal(2, Drops(SctpDropReason.TsnOutOfWindow));
        ExpectAlive();
    }

    [Fact]
    public void One_byte_pieces_out_of_order_stay_within_the_buffer()
    {
        // Every second TSN, so that nothing can ever be put together.
        for (uint i = 1; i < 16_000; i += 2)
            Inject(SctpPackets.WithChunks(_like, SctpPackets.Data(_tsn + i, (ushort)(i % 1000), (ushort)i, 51, (byte)(i % 3), 7)));
        Assert.Empty(_pair.Right.Messages);
        SackIsBounded();
        ExpectAlive();
    }

    [Fact]
    public void Ordered_data_on_a_thousand_streams_is_bounded()
    {
        for (uint i = 0; i < 1000; i++)
            Inject(SctpPackets.WithChunks(_like, SctpPackets.Data(_tsn + i, (ushort)(999 - i), 0, 51, 3, 7)));
        // 4 for each of 64 channels and 16 more; stream 0 is one of them.
        Assert.Equal(1000 - ((4 * 64) + 16), Drops(SctpDropReason.TooManyStreams));
    }

    [Fact]
    public void A_message_that_never_ends_ends_the_association_at_the_limit()
    {
        uint tsn = _tsn;
        Inject(SctpPackets.WithChunks(_like, SctpPackets.Data(tsn++, 0, 1, 53, 2, new byte[1000])));
        for (int i = 0; i < 300 && Victim.State == SctpState.Established; i++)
            Inject(SctpPackets.WithChunks(_like, SctpPackets.Data(tsn++, 0, 1, 53, 0, new byte[1000])));
        Assert.Equal(SctpState.Closed, Victim.State);
        Assert.Equal(SctpCloseReason.MessageTooLarge, _pair.Right.Events[^1].Reason);
        Assert.Equal(263u, tsn - _tsn);
    }

    [Fact]
    public void The_same_message_out_of_order_ends_it_too()
    {
        for (uint i = 300; i > 0 && Victim.State == SctpState.Established; i--)
        {
            byte flags = (byte)(i == 300 ? 1 : i == 1 ? 2 : 0);
            Inject(SctpPackets.WithChunks(_like, SctpPackets.Data(_tsn + i, 0, 1, 53, flags, new byte[1000])));
        }

        Assert.Equal(SctpCloseReason.MessageTooLarge, _pair.Right.Events[^1].Reason);
    }

    [Fact]
    public void Pieces_that_belong_to_nothing_are_dropped()
    {
        Inject(SctpPackets.WithChunks(_like, SctpPackets.Data(_tsn, 0, 1, 51, 0, 1)));
        Inject(SctpPackets.WithChunks(_like, SctpPackets.Data(_tsn + 1, 0, 1, 51, 1, 1)));
        Inject(SctpPackets.WithChunks(_like, SctpPackets.Data(_tsn + 2, 0, 1, 51, 2, 1)));
        Inject(SctpPackets.WithChunks(_like, SctpPackets.Data(_tsn + 3, 0, 1, 51, 2, 2)));
        Inject(SctpPackets.WithChunks(_like, SctpPackets.Data(_tsn + 4, 2, 1, 51, 1, 3)));
        Assert.Equal(4, Drops(SctpDropReason.BrokenMessage));
        Assert.Empty(_pair.Right.Messages);
        Inject(SctpPackets.WithChunks(_like, Data(_tsn + 5, 1, "whole"u8)));
        Assert.Single(_pair.Right.Messages);
    }

    [Fact]
    public void A_forward_tsn_across_half_the_number_space()
    {
        byte[] value = new byte[4 + 4000];
        BinaryPrimitives.WriteUInt32BigEndian(value, _tsn + 0x7FFFFFF0);
        for (int i = 0; i < 1000; i++)
            BinaryPrimitives.WriteUInt16BigEndian(value.AsSpan(4 + (4 * i)), (ushort)i);
        Inject(SctpPackets.WithChunks(_like, Data(_tsn + 5000, 1, "held"u8)));
        Inject(SctpPackets.WithChunks(_like, SctpPackets.Chunk(192, 0, value)));
        Assert.Equal("held"u8, Assert.Single(_pair.Right.Messages).Data);
        Inject(SctpPackets.WithChunks(_like, Data(_tsn + 0x7FFFFFF1, 2, "go on"u8)));
        Assert.Equal(2, _pair.Right.Messages.Count);
    }

    [Fact]
    public void Heartbeats_of_any_size_are_echoed_or_dropped()
    {
        foreach (int size in new[] { 0, 1, 500, 1132, 1133, 1200, 60_000 })
            Inject(SctpPackets.WithChunks(_like, SctpPackets.Chunk(4, 0, new byte[size])));
        Assert.Equal(4, _pair.Right.Sent.Skip(_sentBefore).Count(p => p.Has(5)));
        Assert.Equal(3, Drops(SctpDropReason.ReplyQueueFull));
        Inject(SctpPackets.WithChunks(_like, SctpPackets.Chunk(5, 0, new byte[20])));
        Assert.Equal(1, Drops(SctpDropReason.UnexpectedChunk));
        ExpectAlive();
    }

    [Fact]
    public void Reset_requests_with_wrong_numbers_are_refused_and_unknown_ones_denied()
    {
        byte[] request = new byte[16];
        request[1] = 13;
        request[3] = 16;
        Inject(SctpPackets.WithChunks(_like, SctpPackets.Chunk(130, 0, request)));
        Assert.Equal(5, _pair.Right.Sent[^1].ChunksOf(130).Single()[15]);
        foreach (byte type in new byte[] { 14, 15, 17, 18 })
        {
            byte[] other = [0, type, 0, 12, .. request[4..12]];
            BinaryPrimitives.WriteUInt32BigEndian(other.AsSpan(4), FirstResetSequence());
            Inject(SctpPackets.WithChunks(_like, SctpPackets.Chunk(130, 0, other)));
            Assert.Equal(2, _pair.Right.Sent[^1].ChunksOf(130).Single()[15]);
        }

        Inject(SctpPackets.WithChunks(_like, SctpPackets.Chunk(130, 0, 0, 99, 0, 4)));
        Inject(SctpPackets.WithChunks(_like, SctpPackets.Chunk(130, 0, 0, 13, 0, 3)));
        Assert.Equal([], _pair.Right.Closed);
        ExpectAlive();
    }

    [Fact]
    public void A_reset_of_all_streams_closes_all_channels()
    {
        ushort second = _pair.OpenChannel();
        byte[] request = new byte[16];
        request[1] = 13;
        request[3] = 16;
        BinaryPrimitives.WriteUInt32BigEndian(request.AsSpan(4), FirstResetSequence());
        BinaryPrimitives.WriteUInt32BigEndian(request.AsSpan(12), SctpPackets.NextTsn(_pair.Left) - 1);
        _pair.Drop = (from, _) => from.Name == "left";
        Inject(SctpPackets.WithChunks(_like, SctpPackets.Chunk(130, 0, request)));
        Assert.Equal(DataSendResult.ClosedChannel, Victim.Send(_pair.Now, _id, [1], isText: false));
        Assert.Equal(DataSendResult.ClosedChannel, Victim.Send(_pair.Now, second, [1], isText: false));
    }

    [Fact]
    public void An_init_in_an_association_changes_nothing_without_its_cookie()
    {
        byte[] init = _pair.Left.Sent[0].Data;
        for (int i = 0; i < 100; i++)
            Inject(init);
        Assert.Equal(100, _pair.Right.Sent.Skip(_sentBefore).Count(p => p.Has(2)));
        ExpectAlive();
    }

    [Fact]
    public void An_init_must_be_alone_and_without_a_foreign_tag()
    {
        byte[] init = _pair.Left.Sent[0].Data;
        byte[] chunk = _pair.Left.Sent[0].ChunksOf(1).Single();
        Inject(SctpPackets.WithChunks(init, chunk, SctpPackets.Chunk(11, 0)));
        Inject(SctpPackets.WithChunks(_like, chunk, SctpPackets.Chunk(11, 0)));
        byte[] foreign = [.. _like];
        foreign[4] ^= 1;
        Inject(SctpPackets.WithChunks(foreign, chunk));
        Assert.Equal(3, Drops(SctpDropReason.WrongTag));
        byte[] zeroTag = [.. chunk];
        zeroTag.AsSpan(4, 4).Clear();
        Inject(SctpPackets.WithChunks(init, zeroTag));
        Assert.Equal(1, Drops(SctpDropReason.MalformedChunk));
        ExpectSilence();
        byte[] noStreams = [.. chunk];
        noStreams.AsSpan(12, 2).Clear();
        // Not the tag of the live peer, who would believe the answer.
        noStreams[4] ^= 0x55;
        Inject(SctpPackets.WithChunks(init, noStreams));
        Assert.True(_pair.Right.Sent[^1].Has(6));
        ExpectAlive();
    }

    [Fact]
    public void Unrecognized_parameters_of_an_init_are_reported_as_their_bits_say()
    {
        SctpPair fresh = new(2);
        fresh.Drop = (_, _) => true;
        fresh.Left.Association.Start(fresh.Now);
        fresh.Drain();
        byte[] init = fresh.Left.Sent[0].Data;
        byte[] chunk = fresh.Left.Sent[0].ChunksOf(1).Single();
        byte[] with = SctpPackets.Chunk(1, 0, [.. chunk[4..], 0x80, 0x77, 0, 4, 0xC0, 0x77, 0, 6, 1, 2, 0, 0, 0x40, 0x77, 0, 4, 0xC0, 0x78, 0, 4]);
        fresh.Right.Association.Handle(fresh.Now, SctpPackets.WithChunks(init, with));
        fresh.Drain();
        byte[] answer = fresh.Right.Sent.Single().ChunksOf(2).Single();
        // C077 is skipped and reported, 4077 reported and the rest not read.
        Assert.True(answer.AsSpan().IndexOf((byte[])[0, 8, 0, 10, 0xC0, 0x77, 0, 6, 1, 2]) > 0);
        Assert.True(answer.AsSpan().IndexOf((byte[])[0, 8, 0, 8, 0x40, 0x77, 0, 4]) > 0);
        Assert.True(answer.AsSpan().IndexOf((byte[])[0x80, 0x77]) < 0);
        Assert.True(answer.AsSpan().IndexOf((byte[])[0xC0, 0x78]) < 0);
    }

    [Fact]
    public void An_abort_with_a_reflected_tag_needs_the_peers_tag()
    {
        byte[] abort = SctpPackets.WithChunks(_like, SctpPackets.Chunk(6, 1));
        Inject(abort);
        Assert.Equal(1, Drops(SctpDropReason.WrongTag));
        Inject(SctpPackets.WithChunks(_pair.Right.Sent[^1].Data, SctpPackets.Chunk(6, 1)) is { } reflected ? SwapPorts(reflected) : []);
        Assert.Equal(SctpState.Closed, Victim.State);
    }

    [Fact]
    public void Payload_protocols_that_data_channels_do_not_use()
    {
        uint tsn = _tsn;
        ushort sequence = 1;
        foreach (uint protocol in new uint[] { 0, 49, 52, 54, 55, 58, 0xFFFFFFFF })
            Inject(SctpPackets.WithChunks(_like, SctpPackets.Data(tsn++, 0, sequence++, protocol, 3, 1)));
        Assert.Equal(7, Drops(SctpDropReason.UnsupportedPayloadProtocol));
        Inject(SctpPackets.WithChunks(_like, SctpPackets.Data(tsn++, 4, 0, 51, 3, 1)));
        Assert.Equal(1, Drops(SctpDropReason.UnknownChannel));
        foreach (byte[] dcep in new byte[][] { [3], [2], [9, 9, 9], [3, 0, 0, 0, 0, 0, 0, 0, 255, 255, 0, 0] })
            Inject(SctpPackets.WithChunks(_like, SctpPackets.Data(tsn++, 6, 0, 50, 7, dcep)));
        Assert.Equal(4, Drops(SctpDropReason.BadDcep));
        Assert.Empty(_pair.Right.Messages);
    }

    [Fact]
    public void Channels_opened_and_closed_without_end_do_not_fill_memory_when_nobody_takes_events()
    {
        _pair.Right.TakesEvents = false;
        uint tsn = _tsn;
        byte[] open = new byte[12];
        open[0] = 3;
        uint reset = FirstResetSequence();
        for (int i = 0; i < 3000; i++)
        {
            // Each stream is opened and reset, over and over.
            ushort stream = (ushort)(10 + (2 * (i % 20)));
            Inject(SctpPackets.WithChunks(_like, SctpPackets.Data(tsn, stream, 0, 50, 3, open)));
            byte[] request = [0, 13, 0, 18, .. Number(reset), .. Number(0), .. Number(tsn), .. Number((uint)stream << 16)];
            Inject(SctpPackets.WithChunks(_like, SctpPackets.Chunk(130, 0, request[..18])));
            tsn++;
            reset++;
            // The peer acknowledges our DCEP answer and performs our reset, so that the channel is over and can come again.
            Inject(SctpPackets.Sack(_like, SctpPackets.NextTsn(_pair.Right) - 1, 100_000));
            byte[]? ours = _pair.Right.Sent[^1].ChunksOf(130).LastOrDefault(c => c[5] == 13);
            if (ours is not null)
                Inject(SctpPackets.WithChunks(_like, SctpPackets.Chunk(130, 0, [0, 16, 0, 12, .. ours[8..12], 0, 0, 0, 1])));
        }

        Assert.True(Drops(SctpDropReason.EventQueueFull) > 0);
        int events = 0;
        while (Victim.TryPollEvent(out _))
            events++;
        Assert.InRange(events, 1, 2000);
    }

    private static byte[] Number(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    private static byte[] Data(uint tsn, ushort sequenceAfterOpen, ReadOnlySpan<byte> payload) =>
        SctpPackets.Data(tsn, 0, (ushort)(sequenceAfterOpen + 1), 51, 3, payload.ToArray());

    private static byte[] SwapPorts(byte[] packet) =>
        SctpPackets.Seal([.. packet[2..4], .. packet[0..2], .. packet[4..]]);

    // RE-CONFIG numbers start at the initial TSN.
    private uint FirstResetSequence() =>
        BinaryPrimitives.ReadUInt32BigEndian(_pair.Left.Sent[0].ChunksOf(1).Single().AsSpan(16));

    private void Inject(byte[] packet)
    {
        Victim.Handle(_pair.Now, packet);
        _pair.Drain();
    }

    private long Drops(SctpDropReason reason) => Victim.Statistics[reason];

    private void ExpectSilence() => Assert.Equal(_sentBefore, _pair.Right.Sent.Count);

    private void SackIsBounded() => Assert.All(_pair.Right.Sent, p => Assert.InRange(p.Data.Length, 16, 1150));

    /// <summary>The association still carries messages to the peer.</summary>
    private void ExpectAlive()
    {
        Assert.Equal(SctpState.Established, Victim.State);
        Assert.Equal(DataSendResult.Ok, Victim.Send(_pair.Now, _id, "alive"u8, isText: true));
        _pair.RunUntil(() => _pair.Left.Messages.Any(m => m.Data.AsSpan().SequenceEqual("alive"u8)), 30);
    }
}
