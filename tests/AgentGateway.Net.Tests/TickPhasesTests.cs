using AgentGateway.Primitives;

namespace AgentGateway.Net.Tests;

public sealed class TickPhasesTests
{
    private const int Phases = 20;

    [Theory]
    [InlineData(20)]
    [InlineData(100)]
    [InlineData(110)]
    public void Phases_are_taken_evenly(int count)
    {
        var phases = new TickPhases();

        int[] taken = [.. Enumerable.Range(0, count).Select(_ => phases.Take())];

        int[] each = [.. Enumerable.Range(0, Phases).Select(p => taken.Count(t => t == p))];
        Assert.Equal(count, each.Sum());
        Assert.True(each.Max() - each.Min() <= 1, string.Join(' ', each));
    }

    [Theory]
    [InlineData(2, 7)]
    [InlineData(3, 6)]
    [InlineData(5, 1)]
    public void The_first_lie_far_from_each_other(int count, int apart)
    {
        var phases = new TickPhases();

        int[] taken = [.. Enumerable.Range(0, count).Select(_ => phases.Take()).Order()];

        for (int i = 0; i < count; i++)
            Assert.True((taken[(i + 1) % count] - taken[i] + Phases) % Phases >= apart, string.Join(' ', taken));
    }

    [Fact]
    public void What_was_given_back_is_taken_first()
    {
        var phases = new TickPhases();
        int[] taken = [.. Enumerable.Range(0, 3 * Phases).Select(_ => phases.Take())];

        phases.Release(taken[17]);
        phases.Release(taken[17]);

        Assert.Equal(taken[17], phases.Take());
        Assert.Equal(taken[17], phases.Take());
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0, 3, 3)]
    [InlineData(3, 3, 3)]
    [InlineData(3.1, 3, 23)]
    [InlineData(61, 0, 80)]
    [InlineData(61, 1, 61)]
    [InlineData(61, 19, 79)]
    public void A_tick_is_on_its_phase_and_less_than_a_period_away(double from, int phase, double expected)
    {
        Assert.Equal(Instant.Zero + TimeSpan.FromMilliseconds(expected), TickPhases.Align(Instant.Zero + TimeSpan.FromMilliseconds(from), phase));
    }
}
