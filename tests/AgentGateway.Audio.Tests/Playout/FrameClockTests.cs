using AgentGateway.Primitives;

namespace AgentGateway.Audio.Tests.Playout;

public sealed class FrameClockTests
{
    private static readonly Instant Start = Instant.FromMilliseconds(1000);

    [Fact]
    public void One_frame_is_due_at_every_point_of_the_grid_and_lateness_does_not_add_up()
    {
        FrameClock clock = new(Start, AudioFormat.FrameDuration);
        Assert.Equal(0, clock.Advance(Start - TimeSpan.FromTicks(1)));
        for (int i = 0; i < 1000; i++)
        {
            Assert.Equal(Start + (i * AudioFormat.FrameDuration), clock.Next);
            Assert.Equal(1, clock.Advance(clock.Next + TimeSpan.FromMilliseconds(i % 20)));
        }

        Assert.Equal(1000, clock.NextIndex);
        Assert.Equal(0, clock.TotalSkipped);
    }

    [Fact]
    public void A_short_hiccup_is_caught_up_and_a_long_stall_is_skipped()
    {
        FrameClock clock = new(Start, AudioFormat.FrameDuration, maxBurst: 3);
        Assert.Equal(3, clock.Advance(Start + TimeSpan.FromMilliseconds(59)));
        Assert.Equal(0, clock.LastSkipped);
        Assert.Equal(3, clock.Advance(Start + TimeSpan.FromMilliseconds(1059)));
        Assert.Equal(47, clock.LastSkipped);
        Assert.Equal(53, clock.NextIndex);
        Assert.Equal(Start + TimeSpan.FromMilliseconds(1060), clock.Next);
        Assert.Equal(1, clock.Advance(clock.Next));
        Assert.Equal(0, clock.LastSkipped);
        Assert.Equal(47, clock.TotalSkipped);
    }

    [Fact]
    public void Percentiles_of_a_known_distribution()
    {
        LatenessHistogram histogram = new();
        Assert.Equal(TimeSpan.Zero, histogram.Percentile(0.99));
        for (int i = 1; i <= 100; i++)
            histogram.Add(TimeSpan.FromMilliseconds(i * 0.5));
        histogram.Add(TimeSpan.FromSeconds(2));
        Assert.InRange(histogram.Percentile(0.5).TotalMilliseconds, 25, 26);
        Assert.InRange(histogram.Percentile(0.95).TotalMilliseconds, 47.5, 48.5);
        Assert.Equal(2000, histogram.Percentile(1).TotalMilliseconds);
        histogram.Clear();
        Assert.Equal(0, histogram.Count);
    }
}
