using AgentGateway.Testing;

namespace AgentGateway.Primitives.Tests;

public sealed class InstantTests
{
    [Fact]
    public void Instants_and_durations_add_and_subtract()
    {
        Instant at = Instant.Zero + TimeSpan.FromMilliseconds(20);
        Assert.Equal(TimeSpan.FromMilliseconds(20), at - Instant.Zero);
        Assert.Equal(Instant.Zero, at - TimeSpan.FromMilliseconds(20));
        Assert.True(Instant.Zero < at && at > Instant.Zero && at >= Instant.FromMilliseconds(20) && at <= Instant.FromMilliseconds(20));
        Assert.Equal("t+20.000ms", at.ToString());
    }

    [Fact]
    public void The_earliest_of_deadlines_treats_null_as_none()
    {
        Instant a = Instant.FromMilliseconds(1);
        Instant b = Instant.FromMilliseconds(2);
        Assert.Null(Instant.Earliest(null, null));
        Assert.Equal(a, Instant.Earliest(a, null));
        Assert.Equal(a, Instant.Earliest(null, a));
        Assert.Equal(a, Instant.Earliest(b, a));
        Assert.Equal(b, Instant.Max(a, b));
    }

    [Fact]
    public void Random_sources_give_ice_characters_and_fractions()
    {
        const ulong Seed = 20261121;
        var random = new SeededRandom(Seed);
        string text = random.NextIceString(200);
        Assert.Equal(200, text.Length);
        Assert.All(text, c => Assert.True(char.IsAsciiLetterOrDigit(c) || c is '+' or '/'));
        for (int i = 0; i < 1000; i++)
            Assert.InRange(random.NextDouble(), 0, 0.9999999999999999);
        Assert.Equal(new SeededRandom(Seed).NextUInt64(), new SeededRandom(Seed).NextUInt64());
        Assert.NotEqual(new SeededRandom(Seed).NextUInt32(), new SeededRandom(Seed + 1).NextUInt32());
        Assert.Throws<ArgumentOutOfRangeException>(() => random.NextIceString(257));
    }
}
