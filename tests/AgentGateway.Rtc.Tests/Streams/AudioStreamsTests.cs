using AgentGateway.Primitives;
using AgentGateway.Rtc.Streams;
using AgentGateway.Rtc.Wire.Rtcp;
using AgentGateway.Rtc.Wire.Rtp;
using AgentGateway.Testing;

namespace AgentGateway.Rtc.Tests.Streams;

public sealed class AudioStreamsTests
{
    private static readonly AudioStreamConfiguration Configuration = new()
    {
        PayloadType = 111,
        TelephoneEventPayloadType = 110,
        ClockRate = 48000,
        AudioLevelExtension = 1,
        MidExtension = 4,
        Mid = "0",
        MaySend = true,
        MayReceive = true,
    };

    private readonly byte[] _buffer = new byte[1200];
    private ushort _receivedSequence;

    [Fact]
    public void Sent_packets_count_up_and_follow_the_media_clock()
    {
        AudioStreams streams = Create(1);
        RtpHeader first = Send(streams, 0, 0);
        RtpHeader second = Send(streams, 20, 960);
        RtpHeader afterSilence = Send(streams, 420, 20160, marker: true);
        Assert.Equal(first.Sequence + 1, second.Sequence);
        Assert.Equal(first.Sequence + 2, afterSilence.Sequence);
        Assert.Equal(unchecked(first.Timestamp + 960), second.Timestamp);
        Assert.Equal(unchecked(first.Timestamp + 20160), afterSilence.Timestamp);
        Assert.True(afterSilence.Marker);
        Assert.True(first.Sequence < 0x8000);
        Assert.Equal(streams.Sender.Ssrc, first.Ssrc);
        Assert.NotEqual(streams.Sender.Ssrc, Create(2).Sender.Ssrc);
    }

    [Fact]
    public void Several_packets_wait_in_order_and_no_more_than_the_queue_holds()
    {
        AudioStreams streams = Create(3);
        for (int i = 0; i < 4; i++)
            Assert.Equal(AudioEnqueueResult.Ok, streams.Sender.Enqueue(Instant.Zero, [(byte)i], i * 960, false, null));
        Assert.Equal(AudioEnqueueResult.Full, streams.Sender.Enqueue(Instant.Zero, [9], 9, false, null));
        for (int i = 0; i < 4; i++)
        {
            Assert.True(streams.Sender.TryDequeue(_buffer, out int length));
            Assert.Equal(i, _buffer[length - 1]);
        }

        Assert.False(streams.Sender.TryDequeue(_buffer, out _));
        Assert.Equal(AudioEnqueueResult.TooLarge, streams.Sender.Enqueue(Instant.Zero, new byte[1200], 0, false, null));
        Assert.Equal(4, streams.Sender.PacketsSent);
    }

    [Fact]
    public void Mid_is_sent_until_the_far_end_has_reported()
    {
        AudioStreams streams = Create(4);
        Assert.Equal("30", Send(streams, 0, 0).Mid);
        Report(streams, 10, new RtcpReportBlock(streams.Sender.Ssrc, 0, 0, 0, 0, 0, 0));
        Assert.Equal("", Send(streams, 20, 960).Mid);
    }

    [Fact]
    public void Reports_come_at_randomised_times_about_every_five_seconds()
    {
        AudioStreams streams = Create(5);
        streams.Start(Instant.Zero);
        var gaps = new List<double>();
        Instant last = Instant.Zero;
        for (int i = 0; i < 200; i++)
        {
            Instant due = streams.NextTimeout!.Value;
            gaps.Add((due - last).TotalSeconds);
            last = due;
            streams.HandleTimeout(due);
            Assert.True(streams.TryPollRtcp(_buffer, out _));
            Assert.False(streams.TryPollRtcp(_buffer, out _));
        }

        Assert.InRange(gaps[0], 0.5, 1.5);
        Assert.All(gaps.Skip(1), gap => Assert.InRange(gap, 2.5, 7.5));
        Assert.InRange(gaps.Skip(1).Average(), 4.6, 5.4);
        Assert.True(gaps.Skip(1).Distinct().Count() > 190);
    }

    [Fact]
    public void Who_sent_lately_sends_sr_and_who_did_not_sends_rr()
    {
        AudioStreams streams = Create(6);
        streams.Start(Instant.Zero);
        Assert.Equal(RtcpPacketType.ReceiverReport, NextReport(streams, out _));
        Send(streams, 1000, 0);
        Assert.Equal(RtcpPacketType.SenderReport, NextReport(streams, out _));
        Assert.Equal(RtcpPacketType.SenderReport, NextReport(streams, out _));
        Assert.Equal(RtcpPacketType.ReceiverReport, NextReport(streams, out _));
    }

    [Fact]
    public void Sender_report_maps_the_media_clock_to_the_wall_clock()
    {
        AudioStreams streams = Create(7);
        RtpHeader sent = Send(streams, 1000, 48000);
        streams.Start(Instant.FromMilliseconds(1000));
        Instant due = streams.NextTimeout!.Value;
        Assert.Equal(RtcpPacketType.SenderReport, NextReport(streams, out ReportFields report));
        double elapsed = (due - Instant.FromMilliseconds(1000)).TotalSeconds;
        Assert.Equal(elapsed * 48000, unchecked(report.RtpTimestamp - sent.Timestamp), 1.0);
        Assert.Equal(NtpTimestamp.From(DateTimeOffset.UnixEpoch + (due - Instant.Zero)), report.Ntp);
        Assert.Equal((1u, 3u), (report.Packets, report.Octets));
    }

    [Fact]
    public void Round_trip_is_measured_between_two_streams()
    {
        AudioStreams a = Create(8);
        AudioStreams b = Create(9);
        a.Start(Instant.Zero);

        // 40 ms there, 700 ms waiting, 60 ms back.
        a.Sender.Enqueue(Instant.Zero, [1], 0, false, null);
        Assert.True(a.Sender.TryDequeue(_buffer, out int length));
        Assert.Equal(RtpVerdict.Audio, b.HandleRtp(Instant.FromMilliseconds(40), _buffer.AsSpan(0, length), out _));
        Instant sentAt = a.NextTimeout!.Value;
        a.HandleTimeout(sentAt);
        Assert.True(a.TryPollRtcp(_buffer, out length));
        Instant arrived = sentAt + TimeSpan.FromMilliseconds(40);
        GroupOfOne.Handle(b, arrived, _buffer.AsSpan(0, length));
        b.End(arrived + TimeSpan.FromMilliseconds(700));
        Assert.True(b.TryPollRtcp(_buffer, out length));
        uint? bye = GroupOfOne.Handle(a, arrived + TimeSpan.FromMilliseconds(760), _buffer.AsSpan(0, length));
        Assert.Null(bye);
        Assert.Equal(100, a.Statistics.RoundTrip!.Value.TotalMilliseconds, 0.2);
    }

    [Fact]
    public void First_stream_is_heard_and_another_takes_over_only_after_silence_or_bye()
    {
        AudioStreams streams = Create(10);
        Assert.Equal(RtpVerdict.Audio, Receive(streams, 0, ssrc: 1, out ReceivedAudioPacket packet));
        Assert.True(packet.IsNewStream);
        Assert.Equal(RtpVerdict.Audio, Receive(streams, 20, ssrc: 1, out packet));
        Assert.False(packet.IsNewStream);
        Assert.Equal(RtpVerdict.UnknownStream, Receive(streams, 30, ssrc: 2, out _));
        Assert.Equal(RtpVerdict.Audio, Receive(streams, 1020, ssrc: 2, out packet));
        Assert.True(packet.IsNewStream);
        Assert.Equal(1, streams.Statistics.StreamChanges);

        Assert.Equal(2u, Bye(streams, 1030, 2));
        Assert.Null(Bye(streams, 1031, 2));
        Assert.Null(Bye(streams, 1032, 77));
        Assert.Equal(RtpVerdict.Audio, Receive(streams, 1040, ssrc: 3, out packet));
        Assert.True(packet.IsNewStream);
    }

    [Fact]
    public void Packets_that_were_not_negotiated_are_told_why()
    {
        AudioStreams streams = Create(11);
        Assert.Equal(RtpVerdict.UnknownPayloadType, Receive(streams, 0, ssrc: 1, out _, payloadType: 63));
        Assert.Equal(RtpVerdict.TelephoneEvent, Receive(streams, 0, ssrc: 1, out _, payloadType: 110, mid: "0"));
        streams.Configure(Configuration with { MayReceive = false });
        Assert.Equal(RtpVerdict.NotReceiving, Receive(streams, 0, ssrc: 1, out _));
        Assert.Equal(RtpVerdict.Malformed, streams.HandleRtp(Instant.Zero, [0x80, 0], out _));
        streams.Configure(Configuration with { MaySend = false });
        Assert.Equal(AudioEnqueueResult.NotSending, streams.Sender.Enqueue(Instant.Zero, [1], 0, false, null));
    }

    [Fact]
    public void Audio_level_travels()
    {
        AudioStreams a = Create(12);
        AudioStreams b = Create(13);
        a.Sender.Enqueue(Instant.Zero, [1, 2, 3], 0, false, 42);
        Assert.True(a.Sender.TryDequeue(_buffer, out int length));
        Assert.Equal(RtpVerdict.Audio, b.HandleRtp(Instant.Zero, _buffer.AsSpan(0, length), out ReceivedAudioPacket packet));
        Assert.Equal((byte)42, packet.AudioLevel);
        Assert.Equal([1, 2, 3], _buffer.AsSpan(0, length)[packet.Payload].ToArray());
    }

    [Fact]
    public void Feedback_and_oddities_are_counted_and_ignored()
    {
        AudioStreamGroup group = GroupOfOne.Of(Create(14));
        group.HandleRtcp(Instant.Zero, Convert.FromHexString("81CD000300000001000000020005FFFF"));
        group.HandleRtcp(Instant.Zero, Convert.FromHexString("81CE00020000000100000002"));
        Assert.Equal(2, group.FeedbackIgnored);
        Assert.Equal(0, group.RtcpIgnored);
        group.HandleRtcp(Instant.Zero, Convert.FromHexString("80CF000100000001"));
        Assert.Equal(0, group.RtcpIgnored);
        group.HandleRtcp(Instant.Zero, Convert.FromHexString("81CD00020000000100000002"));
        group.HandleRtcp(Instant.Zero, Convert.FromHexString("80C9000200000001"));
        group.HandleRtcp(Instant.Zero, Convert.FromHexString("80D0000100000001"));
        Assert.Equal(3, group.RtcpIgnored);
        Assert.Equal(6, group.RtcpReceived);
    }

    [Fact]
    public void Impossible_round_trips_are_not_believed()
    {
        AudioStreams streams = Create(15);
        Report(streams, 1000, new RtcpReportBlock(streams.Sender.Ssrc, 128, 7, 0, 4800, 1, 0));
        Assert.Null(streams.Statistics.RoundTrip);
        Assert.Equal(0.5, streams.Statistics.RemoteFractionLost);
        Assert.Equal(7, streams.Statistics.RemotePacketsLost);
        Assert.Equal(TimeSpan.FromMilliseconds(100), streams.Statistics.RemoteJitter);
    }

    private static AudioStreams Create(ulong seed)
    {
        var streams = new AudioStreams(
            new SeededRandom(seed), new AudioStreamOptions("cname", DateTimeOffset.UnixEpoch, 4, 1180, TimeSpan.FromMilliseconds(120)), transport: null);
        streams.Configure(Configuration);
        return streams;
    }

    private RtpHeader Send(AudioStreams streams, double milliseconds, long timestamp, bool marker = false)
    {
        Assert.Equal(
            AudioEnqueueResult.Ok, streams.Sender.Enqueue(Instant.FromMilliseconds(milliseconds), [1, 2, 3], timestamp, marker, null));
        Assert.True(streams.Sender.TryDequeue(_buffer, out int length));
        Assert.True(RtpPacket.TryParse(_buffer.AsSpan(0, length), out RtpPacket rtp));
        rtp.Extensions.TryFind(4, out ReadOnlySpan<byte> mid);
        return new RtpHeader(rtp.SequenceNumber, rtp.Timestamp, rtp.Ssrc, rtp.Marker, Convert.ToHexString(mid));
    }

    private RtpVerdict Receive(
        AudioStreams streams, double milliseconds, uint ssrc, out ReceivedAudioPacket packet, byte payloadType = 111, string? mid = null)
    {
        Assert.True(RtpWriter.TryStart(_buffer, payloadType, false, ++_receivedSequence, 960, ssrc, out RtpWriter writer));
        if (mid is not null)
            Assert.True(writer.TryAddExtension(4, System.Text.Encoding.ASCII.GetBytes(mid)));
        Assert.True(writer.TryFinish([1]));
        return streams.HandleRtp(Instant.FromMilliseconds(milliseconds), _buffer.AsSpan(0, writer.Length), out packet);
    }

    private RtcpPacketType NextReport(AudioStreams streams, out ReportFields fields)
    {
        streams.HandleTimeout(streams.NextTimeout!.Value);
        Assert.True(streams.TryPollRtcp(_buffer, out int length));
        ReadOnlySpan<byte> datagram = _buffer.AsSpan(0, length);
        Assert.True(RtcpPacket.IsWellFormed(datagram));
        Assert.True(RtcpPacket.TryRead(ref datagram, out RtcpPacket packet));
        Assert.True(RtcpReport.TryRead(packet, out RtcpReport report));
        fields = new ReportFields(report.NtpTimestamp, report.RtpTimestamp, report.PacketCount, report.OctetCount);
        return packet.Type;
    }

    private void Report(AudioStreams streams, double milliseconds, RtcpReportBlock block)
    {
        var writer = new RtcpWriter(_buffer);
        Assert.True(writer.TryAddReceiverReport(99, [block]));
        GroupOfOne.Handle(streams, Instant.FromMilliseconds(milliseconds), _buffer.AsSpan(0, writer.Length));
    }

    private uint? Bye(AudioStreams streams, double milliseconds, uint ssrc)
    {
        var writer = new RtcpWriter(_buffer);
        Assert.True(writer.TryAddBye(ssrc));
        return GroupOfOne.Handle(streams, Instant.FromMilliseconds(milliseconds), _buffer.AsSpan(0, writer.Length));
    }

    private readonly record struct RtpHeader(ushort Sequence, uint Timestamp, uint Ssrc, bool Marker, string Mid);

    private readonly record struct ReportFields(NtpTimestamp Ntp, uint RtpTimestamp, uint Packets, uint Octets);
}
