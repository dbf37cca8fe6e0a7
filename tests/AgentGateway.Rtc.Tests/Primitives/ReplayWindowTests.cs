using AgentGateway.Rtc.Primitives;

namespace AgentGateway.Rtc.Tests.Primitives;

public sealed class ReplayWindowTests
{
    [Fact]
    public void Empty_window_takes_any_index()
    {
        var window = default(ReplayWindow);
        Assert.False(window.Started);
        Assert.True(window.IsFresh(0));
        Assert.True(window.IsFresh(1L << 47));
    }

    [Fact]
    public void Asking_does_not_commit()
    {
        var window = default(ReplayWindow);
        window.Commit(10);
        Assert.True(window.IsFresh(11));
        Assert.True(window.IsFresh(11));
        Assert.Equal(10, window.Highest);
    }

    [Fact]
    public void Late_index_is_taken_once_inside_the_window_and_never_beyond()
    {
        var window = default(ReplayWindow);
        window.Commit(1000);
        long oldest = 1000 - ReplayWindow.Size + 1;
        Assert.True(window.IsFresh(oldest));
        window.Commit(oldest);
        Assert.False(window.IsFresh(oldest));
        Assert.False(window.IsFresh(oldest - 1));
        window.Commit(oldest - 1);
        Assert.Equal(1000, window.Highest);
        Assert.False(window.IsFresh(1000));
    }

    [Fact]
    public void Jump_past_the_window_forgets_bits_but_not_age()
    {
        var window = default(ReplayWindow);
        window.Commit(5);
        window.Commit(5 + ReplayWindow.Size);
        Assert.False(window.IsFresh(5));
        Assert.True(window.IsFresh(6));
        window.Commit(5 + (3L * ReplayWindow.Size));
        Assert.False(window.IsFresh(5 + ReplayWindow.Size));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Agrees_with_a_set_over_a_random_walk(int seed)
    {
        var random = new Random(seed);
        var window = default(ReplayWindow);
        var seen = new HashSet<long>();
        long highest = -1;
        for (int i = 0; i < 5000; i++)
        {
            long index = Math.Max(0, highest + random.Next(-200, 40));
            bool expected = highest < 0 || index > highest || (highest - index < ReplayWindow.Size && !seen.Contains(index));
            Assert.True(expected == window.IsFresh(index), $"seed {seed}, step {i}, index {index}, highest {highest}");
            if (!expected)
                continue;
            window.Commit(index);
            seen.Add(index);
            highest = Math.Max(highest, index);
        }
    }
}
