using AgentGateway.Primitives;
using AgentGateway.Rtc.Streams;
using AgentGateway.Rtc.Wire.Rtcp;
using AgentGateway.Testing;

namespace AgentGateway.Rtc.Tests.Wire.Rtcp;

public sealed class RtcpFeedbackTests
{
    private readonly byte[] _control = new byte[TransportWideFeedback.MaxControlLength];
    private readonly byte[] _buffer = new byte[1200];

    [Theory]
    [InlineData(new int[] { 5 }, 16)]
    [InlineData(new int[] { 5, 6, 21 }, 16)]
    [InlineData(new int[] { 5, 22 }, 20)]
    [InlineData(new int[] { 65530, 65535, 0, 10, 11 }, 20)]
    public void Lost_packets_are_packed_and_walked(int[] lost, int length)
    {
        ushort[] sequences = [.. lost.Select(l => (ushort)l)];
        var writer = new RtcpWriter(_buffer);
        Assert.True(writer.TryAddNack(1, 2, sequences));
        Assert.Equal(length, writer.Length);
        RtcpFeedback feedback = Read(_buffer.AsSpan(0, writer.Length));
        Assert.Equal((RtcpFeedbackKind.Nack, 1u, 2u), (feedback.Kind, feedback.SenderSsrc, feedback.MediaSsrc));
        var read = new List<ushort>();
        foreach (ushort sequence in feedback.LostPackets)
            read.Add(sequence);
        Assert.Equal(sequences, read);
        Assert.False(writer.TryAddNack(1, 2, []));
    }

    [Fact]
    public void Reference_time_and_its_answer_are_written_and_read()
    {
        var writer = new RtcpWriter(_buffer);
        Assert.True(writer.TryAddReferenceTime(7, new NtpTimestamp(0x1122334455667788)));
        Assert.True(writer.TryAddDelay(8, 7, 0x33445566, 65536));
        ReadOnlySpan<byte> datagram = _buffer.AsSpan(0, writer.Length);
        Assert.True(RtcpPacket.IsWellFormed(datagram));
        Assert.True(RtcpPacket.TryRead(ref datagram, out RtcpPacket first));
        Assert.True(RtcpExtendedReport.TryRead(first, out RtcpExtendedReport reference));
        Assert.True(reference.TryGetReferenceTime(out NtpTimestamp time));
        Assert.Equal((7u, 0x33445566u), (reference.Ssrc, time.Middle));
        Assert.False(reference.TryGetDelay(7, out _, out _));
        Assert.True(RtcpPacket.TryRead(ref datagram, out RtcpPacket second));
        Assert.True(RtcpExtendedReport.TryRead(second, out RtcpExtendedReport answer));
        Assert.False(answer.TryGetReferenceTime(out _));
        Assert.True(answer.TryGetDelay(7, out uint last, out uint delay));
        Assert.Equal((0x33445566u, 65536u), (last, delay));
        Assert.False(answer.TryGetDelay(9, out _, out _));
    }

    [Theory]
    [InlineData("80CF000100000001", true)]
    [InlineData("80CF00020000000104000002", false)]
    [InlineData("80CF0002000000010A000000", true)]
    public void Extended_reports_with_lying_lengths_are_refused(string hex, bool valid)
    {
        ReadOnlySpan<byte> datagram = Convert.FromHexString(hex);
        Assert.True(RtcpPacket.TryRead(ref datagram, out RtcpPacket packet));
        Assert.Equal(valid, RtcpExtendedReport.TryRead(packet, out _));
    }

    [Fact]
    public void Transport_feedback_of_the_draft_is_read()
    {
        // Base 5, eight packets, reference 1 (64 ms): a vector of 2-bit symbols (small, none, large, small, none, none, none), then a
        // run of one small; deltas 4 (1 ms), -8 (2 bytes), 2, 3; one byte of padding as libwebrtc does it.
        byte[] datagram = Convert.FromHexString("AFCD0007" + "00000001" + "00000002" + "00050008" + "00000107" + "D240" + "2001" + "04FFF802" + "03000003");
        RtcpFeedback feedback = Read(datagram);
        Assert.True(RtcpTransportFeedback.TryRead(feedback, out RtcpTransportFeedback arrivals));
        Assert.Equal((5, 8, 1, 7), (arrivals.BaseSequence, arrivals.Count, arrivals.ReferenceTime, arrivals.FeedbackCount));
        var read = new List<(ushort, bool, double)>();
        foreach (RtcpTransportArrival arrival in arrivals)
            read.Add((arrival.Sequence, arrival.Received, arrival.Received ? TimeSpan.FromTicks(arrival.ArrivalTicks).TotalMilliseconds : 0));
        Assert.Equal(
            [(5, true, 65), (6, false, 0), (7, true, 63), (8, true, 63.5), (9, false, 0), (10, false, 0), (11, false, 0), (12, true, 64.25)], read);
    }

    [Theory]
    [InlineData(1, 0.0)]
    [InlineData(2, 0.1)]
    [InlineData(3, 0.5)]
    [InlineData(4, 0.95)]
    public void What_is_built_tells_exactly_what_arrived(ulong seed, double loss)
    {
        var random = new SeededRandom(seed);
        var receiver = new TransportWideFeedback();
        var sender = new TransportWideFeedback();
        var expected = new Dictionary<int, double>();
        int told = 0;
        Instant now = Instant.FromMilliseconds(1_000_000);
        for (int i = 0; i < 5000; i++)
        {
            now += TimeSpan.FromMilliseconds(1 + (random.NextDouble() * 39));
            ushort sequence = sender.TakeSequence();
            if (random.NextDouble() >= loss)
            {
                receiver.Add(now, sequence);
                expected[sequence] = now.TotalMilliseconds;
            }

            if (!receiver.TakeDue(now) || !receiver.TryBuild(_control, out int length))
                continue;
            var writer = new RtcpWriter(_buffer);
            Assert.True(writer.TryAddTransportFeedback(1, 2, _control.AsSpan(0, length)));
            Assert.Equal(0, writer.Length & 3);
            Assert.True(RtcpTransportFeedback.TryRead(Read(_buffer.AsSpan(0, writer.Length)), out RtcpTransportFeedback feedback));
            foreach (RtcpTransportArrival arrival in feedback)
            {
                Assert.Equal(expected.ContainsKey(arrival.Sequence), arrival.Received);
                if (!arrival.Received)
                    continue;
                told++;
                Assert.Equal(expected[arrival.Sequence], TimeSpan.FromTicks(arrival.ArrivalTicks).TotalMilliseconds, 0.13);
            }

            sender.Handle(feedback, out _, out _, out _);
        }

        Assert.InRange(told, expected.Count - 20, expected.Count);
        Assert.Equal(told, sender.Acknowledged);
        Assert.Equal(loss, sender.Lost / (double)(sender.Lost + sender.Acknowledged), 0.03);
    }

    [Fact]
    public void Packets_that_arrive_after_they_were_reported_are_reported_again_and_jumps_begin_anew()
    {
        var receiver = new TransportWideFeedback();
        Instant now = Instant.FromMilliseconds(64_000);
        foreach (ushort sequence in new ushort[] { 10, 11, 13 })
            receiver.Add(now, sequence);
        Assert.Equal([(10, true), (11, true), (12, false), (13, true)], Build(receiver, now));
        receiver.Add(now, 12);
        receiver.Add(now, 14);
        Assert.Equal([(12, true), (13, true), (14, true)], Build(receiver, now));
        receiver.Add(now, 5000);
        Assert.Equal([(5000, true)], Build(receiver, now));
        Assert.Null(receiver.NextTimeout);
    }

    [Fact]
    public void Feedback_about_packets_never_sent_counts_for_nothing()
    {
        var receiver = new TransportWideFeedback();
        receiver.Add(Instant.Zero, 10);
        Assert.True(receiver.TryBuild(_control, out int length));
        var writer = new RtcpWriter(_buffer);
        Assert.True(writer.TryAddTransportFeedback(1, 2, _control.AsSpan(0, length)));
        Assert.True(RtcpTransportFeedback.TryRead(Read(_buffer.AsSpan(0, writer.Length)), out RtcpTransportFeedback feedback));
        var sender = new TransportWideFeedback();
        sender.Handle(feedback, out int acknowledged, out int lost, out _);
        Assert.Equal((0, 0), (acknowledged, lost));
    }

    [Fact]
    public void Random_feedback_never_throws()
    {
        var random = new SeededRandom(9);
        byte[] bytes = new byte[64];
        int accepted = 0;
        for (int i = 0; i < 100_000; i++)
        {
            random.Fill(bytes);
            int words = (int)(random.Next() % 13) + 3;
            (bytes[0], bytes[1], bytes[2], bytes[3]) = ((byte)(0x80 | (i % 2 == 0 ? 15 : 1)), 205, 0, (byte)(words - 1));
            if (i % 4 == 0)
                (bytes[14], bytes[15]) = (0, (byte)(random.Next() % 40));
            ReadOnlySpan<byte> datagram = bytes.AsSpan(0, words * 4);
            if (!RtcpPacket.TryRead(ref datagram, out RtcpPacket packet) || !RtcpFeedback.TryRead(packet, out RtcpFeedback feedback))
                continue;
            foreach (ushort _ in feedback.LostPackets)
                accepted++;
            if (!RtcpTransportFeedback.TryRead(feedback, out RtcpTransportFeedback arrivals))
                continue;
            int count = 0;
            foreach (RtcpTransportArrival _ in arrivals)
                count++;
            Assert.Equal(arrivals.Count, count);
            accepted++;
        }

        Assert.True(accepted > 1000);
    }

    private List<(int, bool)> Build(TransportWideFeedback receiver, Instant now)
    {
        Assert.False(receiver.TakeDue(now));
        Assert.True(receiver.TakeDue(now + TimeSpan.FromSeconds(1)));
        Assert.True(receiver.TryBuild(_control, out int length));
        var writer = new RtcpWriter(_buffer);
        Assert.True(writer.TryAddTransportFeedback(1, 2, _control.AsSpan(0, length)));
        Assert.True(RtcpTransportFeedback.TryRead(Read(_buffer.AsSpan(0, writer.Length)), out RtcpTransportFeedback feedback));
        var read = new List<(int, bool)>();
        foreach (RtcpTransportArrival arrival in feedback)
            read.Add((arrival.Sequence, arrival.Received));
        return read;
    }

    private static RtcpFeedback Read(ReadOnlySpan<byte> datagram)
    {
        Assert.True(RtcpPacket.TryRead(ref datagram, out RtcpPacket packet));
        Assert.True(RtcpFeedback.TryRead(packet, out RtcpFeedback feedback));
        return feedback;
    }
}
