using AgentGateway.Primitives;
using AgentGateway.Rtc.Streams;
using AgentGateway.Rtc.Wire.Rtcp;

namespace AgentGateway.Rtc.Tests.Streams;

public sealed class AudioStreamReceiverTests
{
    private static readonly NtpTimestamp Ntp = new(0x0000_1234_5678_0000);

    [Fact]
    public void Sequence_and_timestamp_grow_over_their_wrap()
    {
        var receiver = new AudioStreamReceiver(1, 48000);
        (long s1, long t1) = Receive(receiver, 0, 65535, uint.MaxValue - 959);
        (long s2, long t2) = Receive(receiver, 20, 0, 0);
        (long s3, long t3) = Receive(receiver, 40, 1, 960);
        Assert.Equal([s1 + 1, s1 + 2], [s2, s3]);
        Assert.Equal([t1 + 960, t1 + 1920], [t2, t3]);
        Assert.Equal(0, receiver.PacketsLost);
        Assert.Equal(0x0001_0001u, receiver.TakeReport(Instant.Zero).HighestSequence);
    }

    [Fact]
    public void A_packet_older_than_the_first_keeps_a_positive_number_and_is_no_loss()
    {
        var receiver = new AudioStreamReceiver(1, 48000);
        (long s1, long t1) = Receive(receiver, 0, 0, 0);
        (long s0, long t0) = Receive(receiver, 1, 65535, unchecked((uint)-960));
        Assert.Equal(s1 - 1, s0);
        Assert.Equal(t1 - 960, t0);
        Assert.True(s0 > 0 && t0 > 0);
        Assert.Equal(0, receiver.PacketsLost);
    }

    [Fact]
    public void Loss_is_counted_per_interval_and_in_total()
    {
        var receiver = new AudioStreamReceiver(1, 48000);
        foreach (ushort sequence in new ushort[] { 10, 11, 13, 14, 15, 16, 18, 19 })
            Receive(receiver, sequence, sequence, sequence * 960u);
        RtcpReportBlock report = receiver.TakeReport(Instant.Zero);
        Assert.Equal(2, report.CumulativeLost);
        Assert.Equal(2 * 256 / 10, report.FractionLost);

        // The late one arrives: no loss in this interval, one less in total.
        Receive(receiver, 20, 12, 12 * 960);
        Receive(receiver, 21, 20, 20 * 960);
        report = receiver.TakeReport(Instant.Zero);
        Assert.Equal(1, report.CumulativeLost);
        Assert.Equal(0, report.FractionLost);
    }

    [Fact]
    public void Jitter_follows_the_recursion_of_appendix_A8()
    {
        var receiver = new AudioStreamReceiver(1, 48000);
        double expected = 0;
        double previousTransit = double.NaN;
        double[] lateness = [0, 5, 0, 12, 3, 3, 30, 0, 1, 9, 0, 4, 22, 7];
        for (int i = 0; i < lateness.Length; i++)
        {
            double arrival = (i * 20) + lateness[i];
            Receive(receiver, arrival, (ushort)i, (uint)(i * 960));
            double transit = (arrival * 48) - (i * 960);
            if (i > 0)
                expected += (Math.Abs(transit - previousTransit) - expected) / 16;
            previousTransit = transit;
        }

        Assert.Equal(expected, receiver.Jitter.TotalSeconds * 48000, 1.0);
        Assert.Equal(expected, receiver.TakeReport(Instant.Zero).Jitter, 1.5);
    }

    [Fact]
    public void Delay_since_the_last_sender_report_is_in_65536ths()
    {
        var receiver = new AudioStreamReceiver(1, 48000);
        Receive(receiver, 0, 1, 0);
        RtcpReportBlock before = receiver.TakeReport(Instant.Zero);
        Assert.Equal((0u, 0u), (before.LastSenderReport, before.DelaySinceLastSenderReport));
        receiver.HandleSenderReport(Instant.FromMilliseconds(100), Ntp);
        RtcpReportBlock after = receiver.TakeReport(Instant.FromMilliseconds(600));
        Assert.Equal((0x1234_5678u, 32768u), (after.LastSenderReport, after.DelaySinceLastSenderReport));
    }

    private static (long Sequence, long Timestamp) Receive(AudioStreamReceiver receiver, double milliseconds, ushort sequence, uint timestamp)
    {
        receiver.Handle(Instant.FromMilliseconds(milliseconds), sequence, timestamp, true, out long s, out long t);
        return (s, t);
    }
}
