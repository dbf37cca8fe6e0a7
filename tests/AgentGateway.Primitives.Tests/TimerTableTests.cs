namespace AgentGateway.Primitives.Tests;

public sealed class TimerTableTests
{
    private enum Reason
    {
        Retransmit,
        Expire,
        KeepAlive,
    }

    private enum Gap
    {
        One = 1,
        Two,
    }

    private enum Wide : long
    {
        One,
    }

    private static Instant At(double milliseconds) => Instant.FromMilliseconds(milliseconds);

    [Fact]
    public void The_next_deadline_is_the_earliest_and_null_means_none()
    {
        var timers = new TimerTable<Reason>();
        Assert.Null(timers.Next);
        timers.Set(Reason.Expire, At(30));
        timers.Set(Reason.Retransmit, At(50));
        Assert.Equal(At(30), timers.Next);
        timers.Clear(Reason.Expire);
        Assert.Equal(At(50), timers.Next);
        timers.ClearAll();
        Assert.Null(timers.Next);
    }

    [Fact]
    public void Expired_timers_fire_once_earliest_first_and_ties_in_the_order_of_the_reasons()
    {
        var timers = new TimerTable<Reason>();
        timers.Set(Reason.KeepAlive, At(10));
        timers.Set(Reason.Retransmit, At(20));
        timers.Set(Reason.Expire, At(10));

        var fired = new List<Reason>();
        while (timers.TryPopExpired(At(20), out Reason reason))
            fired.Add(reason);

        Assert.Equal([Reason.Expire, Reason.KeepAlive, Reason.Retransmit], fired);
        Assert.Null(timers.Next);
    }

    [Fact]
    public void A_timer_does_not_fire_before_its_time()
    {
        var timers = new TimerTable<Reason>();
        timers.Set(Reason.Expire, At(10));
        Assert.False(timers.TryPopExpired(At(9.9999), out _));
        Assert.True(timers.TryPopExpired(At(10), out Reason reason));
        Assert.Equal(Reason.Expire, reason);
    }

    [Fact]
    public void Set_moves_a_deadline_and_set_if_unset_does_not()
    {
        var timers = new TimerTable<Reason>();
        timers.SetIfUnset(Reason.Expire, At(10));
        timers.SetIfUnset(Reason.Expire, At(5));
        Assert.Equal(At(10), timers[Reason.Expire]);
        timers.Set(Reason.Expire, At(20));
        Assert.Equal(At(20), timers[Reason.Expire]);
    }

    [Fact]
    public void Reasons_must_be_a_dense_enum_of_ints()
    {
        Assert.ThrowsAny<TypeInitializationException>(() => new TimerTable<Gap>().Next);
        Assert.ThrowsAny<TypeInitializationException>(() => new TimerTable<Wide>().Next);
    }
}
