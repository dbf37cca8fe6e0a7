using AgentGateway.Calls.Legs;

namespace AgentGateway.Calls.Tests.Legs;

public sealed class LossEstimateTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.004, 0)]
    [InlineData(0.02, 5)]
    [InlineData(0.05, 5)]
    [InlineData(0.11, 15)]
    [InlineData(0.9, 25)]
    public void One_report_counts_at_once_in_steps(double fraction, int percent)
    {
        LossEstimate estimate = default;
        estimate.Add(fraction);
        Assert.Equal(percent, estimate.Percent);
    }

    [Fact]
    public void It_falls_slowly_and_to_nothing()
    {
        LossEstimate estimate = default;
        estimate.Add(0.2);
        List<int> percents = [];
        for (int i = 0; i < 10; i++)
        {
            estimate.Add(0);
            percents.Add(estimate.Percent);
        }

        Assert.Equal([15, 10, 10, 5, 5, 5, 5, 5, 0, 0], percents);
    }
}
