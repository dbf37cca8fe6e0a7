using AgentGateway.Primitives;
using AgentGateway.Rtc.Streams;

namespace AgentGateway.Rtc.Tests.Streams;

public sealed class RepairTests
{
    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(40);

    private readonly byte[] _buffer = new byte[1500];
    private readonly ushort[] _asked = new ushort[NackRequester.MaxMissing];

    [Fact]
    public void History_repeats_what_was_sent_and_only_as_often_as_is_useful()
    {
        var history = new SendHistory();
        Assert.False(history.TryQueue(At(0), 1, RoundTrip));
        history.Add(At(0), 1, [1, 2, 3]);
        Assert.True(history.TryQueue(At(20), 1, RoundTrip));
        Assert.True(history.TryDequeue(_buffer, out int length));
        Assert.Equal([1, 2, 3], _buffer[..length]);
        Assert.False(history.TryDequeue(_buffer, out _));
        Assert.False(history.TryQueue(At(59), 1, RoundTrip));
        Assert.True(history.TryQueue(At(60), 1, RoundTrip));
        Assert.True(history.TryQueue(At(100), 1, RoundTrip));
        Assert.False(history.TryQueue(At(500), 1, RoundTrip));
    }

    [Fact]
    public void History_forgets_the_oldest_and_keeps_the_rest_intact()
    {
        var history = new SendHistory();
        for (int i = 0; i < 1000; i++)
        {
            byte[] packet = new byte[50 + (i % 400)];
            Array.Fill(packet, (byte)i);
            history.Add(At(i * 20), (ushort)i, packet);
            int kept = 0;
            for (int back = 0; back < 300 && back <= i; back++)
            {
                if (!history.TryQueue(At(i * 20), (ushort)(i - back), TimeSpan.Zero))
                    break;
                Assert.True(history.TryDequeue(_buffer, out int length));
                Assert.Equal(50 + ((i - back) % 400), length);
                Assert.True(_buffer.AsSpan(0, length).IndexOfAnyExcept((byte)(i - back)) < 0);
                kept++;
                if (back == 3)
                    break;
            }

            Assert.InRange(kept, Math.Min(i, 3) + (i == 0 ? 1 : 0), 4);
        }

        Assert.False(history.TryQueue(At(20_000), 100, TimeSpan.Zero));
    }

    [Fact]
    public void A_missing_packet_is_asked_for_until_it_comes()
    {
        var nack = new NackRequester(TimeSpan.FromMilliseconds(200));
        Add(nack, 0, 100);
        Add(nack, 40, 102);
        Assert.Equal(At(40), nack.NextTimeout);
        Assert.Equal([101], Due(nack, 40));
        Assert.Equal([], Due(nack, 40));
        Assert.Equal(At(100), nack.NextTimeout);
        Assert.Equal([101], Due(nack, 100));
        Assert.True(Add(nack, 110, 101));
        Assert.Null(nack.NextTimeout);
        Assert.Equal((2L, 1L), (nack.Asked, nack.Answered));
    }

    [Fact]
    public void Overtaken_packets_are_not_asked_for()
    {
        var nack = new NackRequester(TimeSpan.FromMilliseconds(200));
        Add(nack, 0, 100);
        nack.Add(At(40), 102, 102 * 960, 48000, TimeSpan.FromMilliseconds(30), RoundTrip);
        Assert.Equal(At(50), nack.NextTimeout);
        Assert.False(Add(nack, 45, 101));
        Assert.Null(nack.NextTimeout);
        Assert.Equal(0, nack.Asked);
    }

    [Theory]
    [InlineData(60, true)]
    [InlineData(61, true)]
    [InlineData(101, false)]
    public void What_would_come_too_late_is_not_asked_for(double roundTripMs, bool asked)
    {
        var nack = new NackRequester(TimeSpan.FromMilliseconds(120));
        var roundTrip = TimeSpan.FromMilliseconds(roundTripMs);
        nack.Add(At(0), 100, 96000, 48000, TimeSpan.Zero, roundTrip);
        nack.Add(At(40), 102, 97920, 48000, TimeSpan.Zero, roundTrip);
        Assert.Equal(asked, nack.NextTimeout is not null);
        Assert.Equal(asked ? 1 : 0, nack.TakeDue(At(40), roundTrip, _asked));

        // There is no time for a second request, so nothing wakes for one.
        Assert.Null(nack.NextTimeout);
    }

    [Fact]
    public void A_long_gap_asks_for_the_newest_only()
    {
        var nack = new NackRequester(TimeSpan.FromMilliseconds(120));
        Add(nack, 0, 100);
        Add(nack, 20_000, 1100);
        Assert.Equal([1096, 1097, 1098, 1099], Due(nack, 20_000));
        nack.Reset();
        Assert.Null(nack.NextTimeout);
    }

    [Fact]
    public void Recovered_packets_are_not_asked_for()
    {
        var nack = new NackRequester(TimeSpan.FromMilliseconds(120));
        Add(nack, 0, 100);
        Add(nack, 60, 103);
        nack.Recovered(101);
        Assert.Equal([102], Due(nack, 60));
    }

    [Fact]
    public void Redundancy_rises_at_once_and_falls_slowly_and_late()
    {
        var control = new RedundancyControl();
        control.Add(0.01);
        Assert.Equal(Redundancy.None, control.Redundancy);
        control.Add(0.03);
        Assert.Equal(Redundancy.One, control.Redundancy);
        control.Add(0.12);
        Assert.Equal(Redundancy.Two, control.Redundancy);
        var levels = new List<int>();
        for (int i = 0; i < 15; i++)
        {
            control.Add(0.0);
            levels.Add((int)control.Redundancy);
        }

        Assert.Equal([2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0], levels);

        // Around a threshold the level stays.
        control.Add(0.021);
        for (int i = 0; i < 20; i++)
        {
            control.Add(i % 2 == 0 ? 0.015 : 0.021);
            Assert.Equal(Redundancy.One, control.Redundancy);
        }
    }

    [Fact]
    public void Against_bursts_copies_are_spread()
    {
        var control = new RedundancyControl();
        control.Add(0.05);
        control.AddRuns(lost: 3, runs: 1);
        Assert.Equal(Redundancy.One, control.Redundancy);
        control.AddRuns(lost: 9, runs: 3);
        Assert.Equal(Redundancy.Spread, control.Redundancy);

        // Many single losses later the bursts are forgotten.
        for (int i = 0; i < 40; i++)
            control.AddRuns(lost: 4, runs: 4);
        Assert.Equal(Redundancy.One, control.Redundancy);
        for (int i = 0; i < 20; i++)
            control.Add(0);
        Assert.Equal(Redundancy.None, control.Redundancy);
    }

    private static bool Add(NackRequester nack, double milliseconds, long sequence) =>
        nack.Add(At(milliseconds), sequence, sequence * 960, 48000, TimeSpan.Zero, RoundTrip);

    private static Instant At(double milliseconds) => Instant.FromMilliseconds(milliseconds);

    private ushort[] Due(NackRequester nack, double milliseconds) => _asked[..nack.TakeDue(At(milliseconds), RoundTrip, _asked)];
}
