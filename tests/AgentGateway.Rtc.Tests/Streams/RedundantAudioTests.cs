using AgentGateway.Primitives;
using AgentGateway.Rtc.Streams;
using AgentGateway.Rtc.Wire.Rtcp;
using AgentGateway.Rtc.Wire.Rtp;
using AgentGateway.Testing;

namespace AgentGateway.Rtc.Tests.Streams;

public sealed class RedundantAudioTests
{
    private static readonly AudioStreamConfiguration Configuration = new()
    {
        PayloadType = 111,
        RedPayloadType = 63,
        TelephoneEventPayloadType = 110,
        ClockRate = 48000,
        AudioLevelExtension = 1,
        AbsoluteSendTimeExtension = 2,
        Nack = true,
        ReducedSizeRtcp = true,
        ReferenceTime = true,
        MaySend = true,
        MayReceive = true,
    };

    private readonly byte[] _buffer = new byte[1200];
    private readonly AudioStreams _sender = Create(1);
    private readonly AudioStreams _receiver = Create(2);
    private readonly AudioStreamGroup _senderGroup;
    private readonly List<(long Timestamp, byte First, bool Recovered)> _heard = [];

    public RedundantAudioTests() => _senderGroup = GroupOfOne.Of(_sender);

    [Fact]
    public void Without_reported_loss_nothing_is_repeated()
    {
        byte[][] packets = Send(4);
        Assert.All(packets, p => Assert.Equal(111, p[1] & 0x7F));
    }

    [Theory]
    [InlineData(0.05, new int[] { 2, 5, 9 })]
    [InlineData(0.2, new int[] { 2, 3, 7, 8 })]
    public void Lost_packets_come_with_the_next_ones_in_order_and_once(double loss, int[] lost)
    {
        Report(_sender, loss);
        byte[][] packets = Send(12);
        Assert.Equal(loss < 0.1 ? Redundancy.One : Redundancy.Two, _sender.Sender.Redundancy);
        Assert.All(packets[2..], p => Assert.Equal(63, p[1] & 0x7F));
        for (int i = 0; i < packets.Length; i++)
        {
            if (!lost.Contains(i))
                Receive(i * 20, packets[i]);
        }

        Assert.Equal(Enumerable.Range(0, 12).Select(i => (byte)i), _heard.Select(h => h.First));
        Assert.Equal(lost, _heard.Where(h => h.Recovered).Select(h => (int)h.First));
        Assert.All(_heard.Zip(_heard.Skip(1)), pair => Assert.Equal(960, pair.Second.Timestamp - pair.First.Timestamp));
        Assert.Equal(lost.Length, _receiver.Statistics.RecoveredByRedundancy);

        // What came by redundancy is still lost to the reports, and is not asked for.
        Assert.Equal(lost.Length, _receiver.Receiver!.PacketsLost);
        Assert.Equal(0, _receiver.Requests.Asked);
    }

    [Fact]
    public void Spread_copies_bring_back_a_burst()
    {
        _sender.Sender.Redundancy = Redundancy.Spread;
        byte[][] packets = Send(14);
        for (int i = 0; i < packets.Length; i++)
        {
            if (i is < 4 or > 7)
                Receive(i * 20, packets[i]);
        }

        Assert.Equal(Enumerable.Range(0, 14), _heard.Select(h => (int)h.First).Order());
        Assert.Equal([4, 6, 5, 7], _heard.Where(h => h.Recovered).Select(h => (int)h.First));
        Assert.All(_heard, h => Assert.Equal(_heard[0].Timestamp + (h.First * 960), h.Timestamp));
        Assert.Equal(0, _receiver.Requests.Asked);
    }

    [Fact]
    public void A_packet_that_comes_after_its_copy_is_counted_but_not_told_again()
    {
        Report(_sender, 0.2);
        byte[][] packets = Send(6);
        foreach (int i in new[] { 0, 1, 3, 4, 5 })
            Receive(100, packets[i]);
        Assert.Equal(RtpVerdict.Duplicate, _receiver.HandleRtp(At(110), packets[2], out _));
        Assert.Equal(0, _receiver.Recovered.Length);
        Assert.Equal([0, 1, 2, 3, 4, 5], _heard.Select(h => (int)h.First));
        Assert.Equal((6L, 0L), (_receiver.Receiver!.PacketsReceived, _receiver.Receiver.PacketsLost));
        Assert.Equal(1, _receiver.Statistics.RecoveredByRedundancy);
    }

    [Fact]
    public void After_a_pause_nothing_older_than_the_format_can_say_is_repeated()
    {
        Report(_sender, 0.2);
        Send(3);
        Assert.Equal(AudioEnqueueResult.Ok, _sender.Send(Instant.Zero, [50], 100_000, marker: true, null));
        Assert.True(_sender.Sender.TryDequeue(_buffer, out _));
        Assert.Equal(111, _buffer[1] & 0x7F);
    }

    [Theory]
    [InlineData("")]
    [InlineData("EF0F00FF6F01")]
    [InlineData("EF0F00013F0102")]
    [InlineData("FF0F000177AABB")]
    public void Damaged_redundancy_is_dropped(string hex)
    {
        Assert.True(RtpWriter.TryStart(_buffer, 63, false, 1, 960, 7, out RtpWriter writer));
        Assert.True(writer.TryFinish(Convert.FromHexString(hex)));
        Assert.Equal(RtpVerdict.Malformed, _receiver.HandleRtp(Instant.Zero, _buffer.AsSpan(0, writer.Length), out _));
        Assert.Equal(1, _receiver.Statistics.RedMalformed);
        Assert.Equal(0, _receiver.Recovered.Length);
    }

    [Fact]
    public void A_lost_packet_is_asked_for_and_comes_again()
    {
        byte[][] packets = Send(4);
        for (int i = 0; i < 4; i++)
            _sender.Remember(At(i * 20), RtpPacket.ReadSequenceNumber(packets[i]), packets[i]);
        Receive(0, packets[0]);
        Receive(40, packets[2]);
        Assert.Equal(At(40), _receiver.NextTimeout);
        _receiver.HandleTimeout(At(40));
        Assert.True(_receiver.TryPollRtcp(_buffer, out int length));
        Assert.Equal(16, length);
        _senderGroup.HandleRtcp(At(60), _buffer.AsSpan(0, length));
        Assert.Equal(1, _sender.Statistics.RetransmissionsRequested);
        Assert.True(_sender.TryDequeueRetransmission(_buffer, out length));
        Assert.Equal(packets[1], _buffer[..length]);
        Receive(80, _buffer[..length]);
        Assert.Equal([0, 2, 1], _heard.Select(h => (int)h.First));
        Assert.Equal((1L, 1L), _receiver.Requests);
        Assert.Equal(0, _receiver.Receiver!.PacketsLost);

        // A retransmission is no jitter.
        Assert.Equal(TimeSpan.Zero, _receiver.Receiver.Jitter);
    }

    [Fact]
    public void Requests_for_other_streams_and_without_agreement_are_ignored()
    {
        byte[][] packets = Send(2);
        ushort sequence = RtpPacket.ReadSequenceNumber(packets[0]);
        _sender.Remember(At(0), sequence, packets[0]);
        Nack(_sender.Sender.Ssrc + 1, sequence);
        Assert.Equal((0L, 1L), (_sender.Statistics.RetransmissionsRequested, _senderGroup.FeedbackIgnored));
        _sender.Configure(Configuration with { Nack = false });
        Nack(_sender.Sender.Ssrc, sequence);
        Assert.Equal((0L, 2L), (_sender.Statistics.RetransmissionsRequested, _senderGroup.FeedbackIgnored));
        Assert.False(_sender.TryDequeueRetransmission(_buffer, out _));
    }

    [Fact]
    public void Who_only_receives_learns_the_round_trip_too()
    {
        // The receiver never sends audio; the sender's answer waits for its own report.
        _receiver.Start(At(0));
        Instant asked = _receiver.NextTimeout!.Value;
        _receiver.HandleTimeout(asked);
        Assert.True(_receiver.TryPollRtcp(_buffer, out int length));
        _senderGroup.HandleRtcp(asked + TimeSpan.FromMilliseconds(30), _buffer.AsSpan(0, length));
        _sender.End(asked + TimeSpan.FromMilliseconds(830));
        Assert.True(_sender.TryPollRtcp(_buffer, out length));
        Assert.Null(_receiver.Statistics.RoundTrip);
        GroupOfOne.Of(_receiver).HandleRtcp(asked + TimeSpan.FromMilliseconds(880), _buffer.AsSpan(0, length));
        Assert.Equal(80, _receiver.Statistics.RoundTrip!.Value.TotalMilliseconds, 0.2);
    }

    [Fact]
    public void While_packets_are_lost_reports_come_more_often()
    {
        _receiver.Start(At(0));
        byte[][] packets = Send(3);
        Receive(0, packets[0]);
        Receive(0, packets[2]);
        Instant first = _receiver.NextTimeout!.Value;
        while (_receiver.NextTimeout == first || !_receiver.TryPollRtcp(_buffer, out int length) || length < 60)
        {
            first = _receiver.NextTimeout!.Value;
            _receiver.HandleTimeout(first);
        }

        Instant second = _receiver.NextTimeout!.Value;
        _receiver.HandleTimeout(second);
        Assert.True(_receiver.TryPollRtcp(_buffer, out _));
        Assert.InRange((_receiver.NextTimeout!.Value - second).TotalSeconds, 0.5, 1.5);
    }

    [Fact]
    public void Header_extensions_beyond_the_one_byte_form_make_the_packet_use_the_other()
    {
        _sender.Configure(Configuration with { AudioLevelExtension = 20 });
        Assert.Equal(AudioEnqueueResult.Ok, _sender.Send(At(1500), [1], 0, false, audioLevel: 33));
        Assert.True(_sender.Sender.TryDequeue(_buffer, out int length));
        Assert.True(RtpPacket.TryParse(_buffer.AsSpan(0, length), out RtpPacket packet));
        Assert.True(packet.Extensions.TryFind(20, out ReadOnlySpan<byte> level));
        Assert.Equal(0x80 | 33, level[0]);
        Assert.True(packet.Extensions.TryFind(2, out ReadOnlySpan<byte> time));
        Assert.True(RtpExtensionValue.TryReadAbsoluteSendTime(time, out TimeSpan sentAt));
        Assert.Equal(1.5, sentAt.TotalSeconds, 0.000_01);
    }

    [Theory]
    [InlineData(0.2)]
    [InlineData(0.0)]
    public void Repair_costs_no_memory_per_packet(double reportedLoss)
    {
        Report(_sender, reportedLoss);
        byte[] payload = new byte[70];
        int told = 0;
        int next = 0;
        Exchange(500);
        long allocated = Allocations.Least(() => Exchange(2000));
        Assert.True(told > 2200);
        Assert.Equal(reportedLoss > 0, _receiver.Statistics.RecoveredByRedundancy > 300);
        Assert.Equal(reportedLoss == 0, _receiver.Requests.Answered > 300);
        Assert.Equal(0, allocated);

        void Exchange(int count)
        {
            for (int end = next + count; next < end; next++)
            {
                int i = next;
                Instant now = At(i * 20);
                _sender.Send(now, payload, i * 960, false, 30);
                _sender.Sender.TryDequeue(_buffer, out int length);
                _sender.Remember(now, RtpPacket.ReadSequenceNumber(_buffer), _buffer.AsSpan(0, length));

                // Redundancy brings back two of a burst of three, retransmission all.
                if (i % 10 is 3 or 6 or 7 or 8)
                    continue;
                if (_receiver.HandleRtp(now, _buffer.AsSpan(0, length), out _) == RtpVerdict.Audio)
                    told += 1 + _receiver.Recovered.Length;
                _receiver.HandleTimeout(now);
                if (_receiver.TryPollRtcp(_buffer, out length))
                    _senderGroup.HandleRtcp(now, _buffer.AsSpan(0, length));
                while (_sender.TryDequeueRetransmission(_buffer, out length))
                    told += _receiver.HandleRtp(now, _buffer.AsSpan(0, length), out _) == RtpVerdict.Audio ? 1 : 0;
            }
        }
    }

    private static AudioStreams Create(ulong seed)
    {
        var streams = new AudioStreams(
            new SeededRandom(seed), new AudioStreamOptions("c", DateTimeOffset.UnixEpoch, 4, 1180, TimeSpan.FromMilliseconds(120)), transport: null);
        streams.Configure(Configuration);
        return streams;
    }

    private static Instant At(double milliseconds) => Instant.FromMilliseconds(milliseconds);

    private byte[][] Send(int count)
    {
        byte[][] packets = new byte[count][];
        for (int i = 0; i < count; i++)
        {
            Assert.Equal(AudioEnqueueResult.Ok, _sender.Send(At(i * 20), [(byte)i, 1, 2, 3, (byte)i], i * 960, false, null));
            Assert.True(_sender.Sender.TryDequeue(_buffer, out int length));
            packets[i] = _buffer[..length];
        }

        return packets;
    }

    private void Receive(double milliseconds, byte[] packet)
    {
        Assert.Equal(RtpVerdict.Audio, _receiver.HandleRtp(At(milliseconds), packet, out ReceivedAudioPacket primary));
        foreach (ReceivedAudioPacket recovered in _receiver.Recovered)
            Hear(packet, recovered);
        Hear(packet, primary);
    }

    private void Hear(byte[] datagram, in ReceivedAudioPacket packet)
    {
        ReadOnlySpan<byte> payload = datagram.AsSpan()[packet.Payload];
        Assert.Equal(111, packet.PayloadType);
        Assert.Equal([payload[0], 1, 2, 3, payload[0]], payload.ToArray());
        _heard.Add((packet.Timestamp, payload[0], packet.IsRecovered));
    }

    private void Report(AudioStreams streams, double loss)
    {
        var writer = new RtcpWriter(_buffer);
        Assert.True(writer.TryAddReceiverReport(99, [new RtcpReportBlock(streams.Sender.Ssrc, (byte)(loss * 256), 0, 0, 0, 0, 0)]));
        GroupOfOne.Of(streams).HandleRtcp(Instant.Zero, _buffer.AsSpan(0, writer.Length));
    }

    private void Nack(uint ssrc, ushort sequence)
    {
        var writer = new RtcpWriter(_buffer);
        Assert.True(writer.TryAddNack(9, ssrc, [sequence]));
        _senderGroup.HandleRtcp(At(100), _buffer.AsSpan(0, writer.Length));
    }
}
