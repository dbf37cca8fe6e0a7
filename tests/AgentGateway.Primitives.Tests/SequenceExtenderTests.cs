namespace AgentGateway.Primitives.Tests;

public sealed class SequenceExtenderTests
{
    [Fact]
    public void Sixteen_bits_go_on_over_the_wrap()
    {
        var extender = default(SequenceExtender16);
        long expected = 65_530;
        for (int i = 0; i < 200_000; i++, expected++)
        {
            Assert.Equal(expected, extender.Estimate((ushort)expected));
            extender.Commit(expected);
        }
    }

    [Fact]
    public void Late_values_extend_backwards_and_do_not_move_the_highest()
    {
        var extender = default(SequenceExtender16);
        extender.Commit(0x1_0002);
        Assert.Equal(0xFFFF, extender.Estimate(0xFFFF));
        extender.Commit(0xFFFF);
        Assert.Equal(0x1_0002, extender.Highest);
    }

    [Fact]
    public void An_estimate_alone_changes_nothing()
    {
        var extender = default(SequenceExtender16);
        extender.Commit(100);
        extender.Estimate(30_000);
        Assert.Equal(101, extender.Estimate(101));
        Assert.Equal(100, extender.Highest);
    }

    [Fact]
    public void Values_before_the_first_are_never_negative()
    {
        var extender = default(SequenceExtender16);
        extender.Commit(2);
        Assert.Equal(65_535, extender.Estimate(65_535));
        var wide = default(SequenceExtender32);
        wide.Commit(2);
        Assert.Equal(uint.MaxValue, wide.Estimate(uint.MaxValue));
    }

    [Fact]
    public void Thirty_two_bits_go_on_over_the_wrap()
    {
        var extender = default(SequenceExtender32);
        long expected = uint.MaxValue - 5_000L;
        for (int i = 0; i < 100; i++, expected += 960)
        {
            Assert.Equal(expected, extender.Estimate((uint)expected));
            extender.Commit(expected);
        }
    }

    [Theory]
    [InlineData(1, 0, true)]
    [InlineData(0, 65_535, true)]
    [InlineData(65_535, 0, false)]
    [InlineData(7, 7, false)]
    public void Serial_numbers_compare_over_the_wrap(int a, int b, bool newer) =>
        Assert.Equal(newer, SequenceNumber.IsNewer((ushort)a, (ushort)b));
}
