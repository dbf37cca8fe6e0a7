using AgentGateway.Conversation.TurnTaking;

namespace AgentGateway.Conversation.Tests.TurnTaking;

public sealed class PauseHabitTests
{
    // The average moves by three tenths of the difference, and a quarter is added.
    [Theory]
    [InlineData(new int[0], 0)]
    [InlineData(new[] { 800 }, 0)]
    [InlineData(new[] { 400, 400 }, 500)]
    [InlineData(new[] { 400, 800 }, 650)]
    [InlineData(new[] { 400, 800, 0, -100 }, 650)]
    [InlineData(new[] { 800, 0 }, 0)]
    [InlineData(new[] { 400, 60_000 }, 800)]
    [InlineData(new[] { 1100, 1100 }, 1200)]
    public void Two_pauses_are_a_habit(int[] pauses, double expected)
    {
        var habit = new PauseHabit(TimeSpan.FromMilliseconds(1200));
        foreach (int pause in pauses)
            habit.Add(TimeSpan.FromMilliseconds(pause));
        Assert.Equal(expected, habit.LeastDelay.TotalMilliseconds, 0.01);
    }
}
