namespace AgentGateway.Primitives.Tests;

public sealed class RecentDurationsTests
{
    [Fact]
    public void Nothing_takes_no_time() => Assert.Equal(TimeSpan.Zero, new RecentDurations(4).Percentile95());

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(20, 19)]
    [InlineData(21, 20)]
    [InlineData(100, 95)]
    public void At_least_95_of_100_do_not_take_longer(int count, int percentile)
    {
        var window = new RecentDurations(100);
        for (int i = count; i > 0; i--)
            window.Add(TimeSpan.FromSeconds(i));
        Assert.Equal(TimeSpan.FromSeconds(percentile), window.Percentile95());
    }

    [Fact]
    public void The_oldest_make_room()
    {
        var window = new RecentDurations(3);
        foreach (int seconds in (int[])[100, 1, 2, 3])
            window.Add(TimeSpan.FromSeconds(seconds));
        Assert.Equal((3, TimeSpan.FromSeconds(3)), (window.Count, window.Percentile95()));
    }

    [Fact]
    public void A_negative_one_counts_as_zero()
    {
        var window = new RecentDurations(3);
        window.Add(TimeSpan.FromSeconds(-1));
        Assert.Equal(TimeSpan.Zero, window.Percentile95());
    }
}
