using AgentGateway.Primitives;
using AgentGateway.Rtc.Primitives;
using AgentGateway.Rtc.Turn;
using AgentGateway.Rtc.Wire.Stun;

namespace AgentGateway.Rtc.Tests.Turn;

public sealed class TurnAllocationTests
{
    [Fact]
    public void An_allocation_takes_a_challenge_and_one_signed_request()
    {
        TurnLink link = new TurnLink().Allocated();

        Assert.Equal([false, true], link.Server.Requests.Select(r => r.Signed));
        TurnEvent e = Assert.Single(link.Events);
        Assert.Equal(TurnEventKind.Allocated, e.Kind);
        Assert.Equal(TurnLink.ServerAddress.Address, e.Relayed.Address);
        Assert.Equal(TurnLink.ClientAddress, e.Mapped);
        Assert.Equal(e.Relayed, link.Client.Relayed);
        Assert.Equal(TimeSpan.FromMinutes(10), link.Client.Lifetime);
    }

    [Fact]
    public void A_server_without_credentials_gives_an_allocation_at_once()
    {
        var link = new TurnLink { Server = { WantsCredentials = false } };
        link.Allocated();
        Assert.Single(link.Server.Requests);
    }

    [Fact]
    public void A_silent_server_is_asked_seven_times_in_39_and_a_half_seconds()
    {
        var link = new TurnLink { IsDead = true };
        link.Client.Start(Instant.Zero);
        var times = new List<double>();
        int seen = 0;
        while (link.Events.Count == 0)
        {
            link.Exchange();
            if (link.Sent.Count > seen)
                times.Add(link.Clock.Now.TotalMilliseconds);
            seen = link.Sent.Count;
            if (link.Client.NextTimeout is not { } next)
                break;
            link.Clock.AdvanceTo(next);
            link.Client.HandleTimeout(next);
        }

        Assert.Equal([0, 500, 1500, 3500, 7500, 15500, 31500], times);
        Assert.Equal(39500, link.Clock.Now.TotalMilliseconds);
        link.Exchange();
        Assert.Equal(TurnFailure.Timeout, link.LastEvent.Failure);
        Assert.Equal(6, link.Client.Statistics.Retransmissions);
        Assert.Null(link.Client.NextTimeout);
    }

    [Fact]
    public void Over_a_stream_nothing_is_repeated()
    {
        var link = new TurnLink(TurnLink.Options with { IsStream = true }) { IsDead = true };
        link.Client.Start(Instant.Zero);
        link.Run(TimeSpan.FromSeconds(39.4));
        Assert.Empty(link.Events);
        link.Run(TimeSpan.FromSeconds(0.2));
        Assert.Single(link.Sent);
        Assert.Equal(TurnFailure.Timeout, link.LastEvent.Failure);
    }

    [Theory]
    [InlineData(400, TurnFailure.Refused)]
    [InlineData(403, TurnFailure.Forbidden)]
    [InlineData(440, TurnFailure.AddressFamilyNotSupported)]
    [InlineData(441, TurnFailure.WrongCredentials)]
    [InlineData(442, TurnFailure.UnsupportedTransport)]
    [InlineData(486, TurnFailure.QuotaReached)]
    [InlineData(500, TurnFailure.Refused)]
    [InlineData(508, TurnFailure.InsufficientCapacity)]
    public void A_refusal_is_told_by_its_name(int code, TurnFailure failure)
    {
        var link = new TurnLink { Server = { Errors = { [StunMethod.Allocate] = code } } };
        link.Client.Start(link.Clock.Now);
        link.Exchange();
        Assert.Equal(TurnState.Failed, link.Client.State);
        Assert.Equal((TurnEventKind.Failed, failure, code), (link.LastEvent.Kind, link.LastEvent.Failure, link.LastEvent.ErrorCode));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_server_that_sends_us_elsewhere_is_obeyed_signed_or_not(bool credentials)
    {
        TransportAddress alternate = TurnLink.Parse("198.51.100.77", 3479);
        var link = new TurnLink { Server = { WantsCredentials = credentials, Alternate = alternate, Errors = { [StunMethod.Allocate] = 300 } } };
        link.Client.Start(link.Clock.Now);
        link.Exchange();
        Assert.Equal((TurnFailure.TryAlternate, alternate), (link.LastEvent.Failure, link.LastEvent.AlternateServer));
    }

    [Fact]
    public void A_wrong_password_is_noticed_after_few_requests()
    {
        var link = new TurnLink(TurnLink.Options with { Password = "guess" });
        link.Client.Start(link.Clock.Now);
        link.Run(TimeSpan.FromMinutes(1));
        Assert.Equal(TurnFailure.Unauthorized, link.LastEvent.Failure);
        Assert.InRange(link.Server.Requests.Count, 2, 4);
    }

    [Fact]
    public void An_allocation_left_behind_by_an_earlier_life_is_given_back_first()
    {
        var link = new TurnLink();
        link.Server.Remember(link.Clock.Now, TurnLink.ClientAddress);
        link.Allocated();
        Assert.Equal([StunMethod.Allocate, StunMethod.Allocate, StunMethod.Refresh, StunMethod.Allocate], link.Server.Requests.Select(r => r.Method));
        Assert.Equal(1, link.Server.AllocationCount);
    }

    [Fact]
    public void A_mismatch_that_stays_is_a_failure()
    {
        var link = new TurnLink { Server = { Errors = { [StunMethod.Allocate] = 437 } } };
        link.Client.Start(link.Clock.Now);
        link.Run(TimeSpan.FromMinutes(1));
        Assert.Equal(TurnFailure.AllocationMismatch, link.LastEvent.Failure);
    }

    [Fact]
    public void A_stale_nonce_costs_one_more_request()
    {
        var link = new TurnLink { Server = { NonceLifetime = TimeSpan.FromMinutes(1) } };
        link.Allocated();
        link.Run(TimeSpan.FromMinutes(60));
        Assert.Equal(TurnState.Allocated, link.Client.State);
        Assert.Equal(1, link.Server.AllocationCount);
        Assert.Equal(6, link.Client.Statistics.StaleNonces);
    }

    [Fact]
    public void A_server_whose_nonces_are_always_stale_is_left()
    {
        var link = new TurnLink { Server = { NonceLifetime = TimeSpan.Zero } };
        link.Client.Start(link.Clock.Now);
        link.Run(TimeSpan.FromMinutes(1));
        Assert.Equal(TurnFailure.StaleNonce, link.LastEvent.Failure);
        Assert.InRange(link.Server.Requests.Count, 2, 6);
    }

    [Fact]
    public void An_unsigned_answer_to_a_signed_request_does_not_count()
    {
        var link = new TurnLink { Server = { SignsAnswers = false } };
        link.Client.Start(link.Clock.Now);
        link.Exchange();
        Assert.Equal(TurnState.Allocating, link.Client.State);
        Assert.Equal(1, link.Client.Statistics.Drops(TurnDropReason.WrongIntegrity));
    }

    [Fact]
    public void The_allocation_is_refreshed_a_minute_before_it_ends()
    {
        TurnLink link = new TurnLink().Allocated();
        link.Run(TimeSpan.FromMinutes(30));
        Assert.Equal([9.0, 18.0, 27.0], link.Server.Requests.Where(r => r.Method == StunMethod.Refresh).Select(r => r.At.TotalMilliseconds / 60_000));
        Assert.Equal(TurnState.Allocated, link.Client.State);
    }

    [Fact]
    public void A_short_life_is_refreshed_at_half_of_it()
    {
        var link = new TurnLink { Server = { MaxLifetime = TimeSpan.FromSeconds(30) } };
        link.Allocated();
        link.Run(TimeSpan.FromSeconds(46));
        Assert.Equal([15_000.0, 30_000.0, 45_000.0], link.Server.Requests.Where(r => r.Method == StunMethod.Refresh).Select(r => r.At.TotalMilliseconds));
    }

    [Fact]
    public void A_server_that_forgot_us_ends_the_allocation()
    {
        TurnLink link = new TurnLink().Allocated();
        link.Server.Forget();
        link.Run(TimeSpan.FromMinutes(9));
        Assert.Equal((TurnState.Failed, TurnFailure.AllocationLost), (link.Client.State, link.LastEvent.Failure));
        Assert.True(link.Client.Relayed.IsUnspecified);
    }

    [Fact]
    public void A_refresh_that_gets_lost_is_repeated_in_time()
    {
        TurnLink link = new TurnLink().Allocated();
        link.Run(TimeSpan.FromMinutes(9) - TimeSpan.FromSeconds(1));
        link.IsDead = true;
        link.Run(TimeSpan.FromSeconds(30));
        link.IsDead = false;
        link.Run(TimeSpan.FromMinutes(5));
        Assert.Equal(TurnState.Allocated, link.Client.State);
        Assert.Equal(1, link.Server.AllocationCount);
    }

    [Fact]
    public void The_way_to_the_server_is_kept_open()
    {
        TurnLink link = new TurnLink().Allocated();
        int before = link.Sent.Count;
        link.Run(TimeSpan.FromSeconds(101));
        Assert.Equal(5, link.Sent.Count - before);
        Assert.All(link.Sent.Skip(before), size => Assert.Equal(28, size));
    }

    [Fact]
    public void Closing_gives_the_allocation_back()
    {
        TurnLink link = new TurnLink().Allocated();
        link.Client.Close(link.Clock.Now);
        link.Exchange();
        Assert.Equal(0, link.Server.AllocationCount);
        Assert.Equal((TurnEventKind.Closed, TurnState.Closed), (link.LastEvent.Kind, link.Client.State));
        Assert.Null(link.Client.NextTimeout);
    }

    [Fact]
    public void Closing_ends_also_when_the_server_is_gone()
    {
        TurnLink link = new TurnLink().Allocated();
        link.IsDead = true;
        link.Client.Close(link.Clock.Now);
        link.Run(TimeSpan.FromSeconds(40));
        Assert.Equal(TurnState.Closed, link.Client.State);
    }
}
