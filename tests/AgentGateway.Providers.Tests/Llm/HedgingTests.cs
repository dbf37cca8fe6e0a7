using AgentGateway.Conversation.Ports;
using AgentGateway.Providers.Llm;
using AgentGateway.Providers.Resilience;

namespace AgentGateway.Providers.Tests.Llm;

/// <summary>Two at once: when, how often, and what becomes of the one that loses.</summary>
public sealed class HedgingTests
{
    private static readonly TimeSpan Forever = TimeSpan.FromDays(1);

    [Fact]
    public async Task Without_a_cap_in_the_file_two_are_never_asked()
    {
        var endpoints = new Endpoints();
        endpoints.A.Reply(TimeSpan.FromSeconds(3.5), "From A.");
        Assert.Equal("From A.", await endpoints.AnswerAsync(TimeSpan.FromSeconds(3.5)));
        Assert.Equal("1 0", endpoints.Asked);
    }

    [Fact]
    public async Task The_second_is_asked_when_the_first_has_no_byte_by_its_own_95th_percentile()
    {
        var endpoints = new Endpoints(hedgePercent: 100);
        await LearnAsync(endpoints);
        endpoints.A.Reply(Forever, "Late.");
        endpoints.B.Reply("From B.");
        Task<string> answer = endpoints.AskAsync();
        endpoints.Time.Advance(TimeSpan.FromMilliseconds(189));
        Assert.Equal("21 0", endpoints.Asked);
        endpoints.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("From B.", await answer.WaitAsync(Replies.Limit));
        Assert.Equal("21 1", endpoints.Asked);
        Assert.Equal(1, endpoints.Health(1).Hedges);
    }

    [Fact]
    public async Task Before_the_95th_percentile_is_known_the_files_time_counts()
    {
        var endpoints = new Endpoints(hedgePercent: 100, hedgeAfter: TimeSpan.FromMilliseconds(700));
        endpoints.A.Reply(Forever, "Late.");
        endpoints.B.Reply("From B.");
        Task<string> answer = endpoints.AskAsync();
        endpoints.Time.Advance(TimeSpan.FromMilliseconds(699));
        Assert.Equal("1 0", endpoints.Asked);
        endpoints.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("From B.", await answer.WaitAsync(Replies.Limit));
    }

    [Fact]
    public async Task The_loser_is_cancelled_and_none_of_its_words_are_said()
    {
        var endpoints = new Endpoints(hedgePercent: 100);
        endpoints.A.Reply(TimeSpan.FromSeconds(2), "A one. ", "A two.");
        endpoints.B.Reply("B one. ", TimeSpan.FromSeconds(2), "B two.");
        Task<string> answer = endpoints.AskAsync();
        endpoints.Time.Advance(TimeSpan.FromSeconds(1.5));
        await endpoints.PassAsync(endpoints.B, 1, TimeSpan.FromSeconds(2));
        Assert.Equal("B one. B two.", await answer.WaitAsync(Replies.Limit));
        await Endpoints.UntilAsync(() => endpoints.A.Cancelled == 1);
        Assert.Equal(0, endpoints.B.Cancelled);
    }

    [Fact]
    public async Task The_first_may_still_win()
    {
        var endpoints = new Endpoints(hedgePercent: 100);
        endpoints.A.Reply(TimeSpan.FromSeconds(1.6), "A one. ", TimeSpan.FromSeconds(1), "A two.");
        endpoints.B.Reply(TimeSpan.FromSeconds(0.5), "B one.");
        Task<string> answer = endpoints.AskAsync();
        endpoints.Time.Advance(TimeSpan.FromSeconds(1.5));
        await endpoints.PassAsync(endpoints.B, 1, TimeSpan.FromSeconds(0.1));
        await endpoints.PassAsync(endpoints.A, 2, TimeSpan.FromSeconds(1));
        Assert.Equal("A one. A two.", await answer.WaitAsync(Replies.Limit));
        await Endpoints.UntilAsync(() => endpoints.B.Cancelled == 1);

        // Who was asked late has not failed.
        Assert.Equal((0, 1), (endpoints.Health(1).Failed, endpoints.Health(0).Answered));
    }

    [Fact]
    public async Task The_cap_holds_at_every_one_of_a_thousand_requests()
    {
        const int Percent = 10;
        var endpoints = new Endpoints(hedgePercent: Percent);
        endpoints.B.Default = "From B.";
        for (int i = 1; i <= 1000; i++)
        {
            // Slower each time, so that every request is beyond what was usual.
            var time = TimeSpan.FromMilliseconds(100 + (2 * i));
            endpoints.A.Reply(time, "From A.");
            await endpoints.AnswerAsync(time);
            await Endpoints.UntilAsync(() => endpoints.Health(0).Failed == endpoints.B.Requests.Count);
            Assert.True(endpoints.B.Requests.Count * 100 <= Percent * i, $"{endpoints.B.Requests.Count} hedges in {i} requests");
        }

        Assert.InRange(endpoints.B.Requests.Count, (1000 * Percent / 100) - 1, 1000 * Percent / 100);
    }

    [Fact]
    public void What_good_times_saved_pays_for_ten_hedges()
    {
        var budget = new HedgeBudget();
        for (int i = 0; i < 1000; i++)
            budget.Earn(50);
        int paid = 0;
        while (budget.TrySpend())
            paid++;
        Assert.Equal(10, paid);
    }

    [Fact]
    public async Task Fallbacks_after_a_failure_are_not_capped()
    {
        var endpoints = new Endpoints(hedgePercent: 1, options: new LlmResilienceOptions { Retries = 0, Circuit = new CircuitOptions { Throughput = 1000 } });
        endpoints.B.Default = "From B.";
        for (int i = 0; i < 50; i++)
        {
            endpoints.A.Reply(new LlmException("down"));
            Assert.Equal("From B.", await endpoints.AnswerAsync());
        }

        Assert.Equal(0, endpoints.Health(1).Hedges);
    }

    [Fact]
    public async Task A_capped_request_still_falls_back_when_the_first_fails()
    {
        var endpoints = new Endpoints(hedgePercent: 1);
        endpoints.A.Reply(TimeSpan.FromSeconds(3), new LlmException("down"));
        endpoints.B.Reply("From B.");
        Assert.Equal("From B.", await endpoints.AnswerAsync(TimeSpan.FromSeconds(3)));
        Assert.Equal(0, endpoints.Health(1).Hedges);
    }

    [Fact]
    public async Task One_that_hangs_and_is_always_overtaken_is_left_alone_in_the_end()
    {
        var endpoints = new Endpoints(hedgePercent: 100);
        endpoints.B.Default = "From B.";
        for (int i = 0; i < 4; i++)
        {
            endpoints.A.Reply(Forever, "Late.");
            Assert.Equal("From B.", await endpoints.AnswerAsync(TimeSpan.FromSeconds(1.5)));
            await Endpoints.UntilAsync(() => endpoints.Health(0).Failed == i + 1);
        }

        await Endpoints.UntilAsync(() => endpoints.Health(0).State == ProviderState.Open);
        Assert.Equal("overtaken", endpoints.Health(0).LastFailure);
        TimeSpan asked = endpoints.Time.Elapsed;
        Assert.Equal("From B.", await endpoints.AnswerAsync());
        Assert.Equal(asked, endpoints.Time.Elapsed);
        Assert.Equal(4, endpoints.A.Requests.Count);
    }

    [Fact]
    public async Task Nobody_is_hedged_to_one_that_is_left_alone()
    {
        var endpoints = new Endpoints(3, hedgePercent: 100);
        endpoints.C.Default = "From C.";
        for (int i = 0; i < 4; i++)
        {
            endpoints.A.Reply("From A.");
            endpoints.A.Reply(new LlmException("down"));
            endpoints.B.Reply(new LlmException("down"));
            await endpoints.AnswerAsync();
            Assert.Equal("From C.", await endpoints.AnswerAsync());
        }

        Assert.Equal((ProviderState.Closed, ProviderState.Open), (endpoints.Health(0).State, endpoints.Health(1).State));
        endpoints.A.Reply(Forever, "Late.");
        Assert.Equal("From C.", await endpoints.AnswerAsync(TimeSpan.FromSeconds(1.5)));
        Assert.Equal((4, 1), (endpoints.B.Requests.Count, endpoints.Health(2).Hedges));
        Assert.Equal(0, endpoints.Health(1).Hedges);
    }

    [Fact]
    public async Task A_caller_who_leaves_ends_both()
    {
        var endpoints = new Endpoints(hedgePercent: 100);
        endpoints.A.Reply(Forever, "Late.");
        endpoints.B.Reply(Forever, "Later.");
        using var leaving = new CancellationTokenSource();
        Task<string> answer = endpoints.AskAsync(leaving.Token);
        endpoints.Time.Advance(TimeSpan.FromSeconds(2));
        await Endpoints.UntilAsync(() => endpoints.Asked == "1 1");
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        await Endpoints.UntilAsync(() => endpoints.A.Cancelled + endpoints.B.Cancelled == 2);
        Assert.Equal((0, 0), (endpoints.Health(0).Failed, endpoints.Health(1).Failed));
    }

    // 20 answers after 10, 20, … 200 ms: the 95th percentile is 190 ms.
    private static async Task LearnAsync(Endpoints endpoints)
    {
        for (int i = 1; i <= 20; i++)
        {
            endpoints.A.Reply(TimeSpan.FromMilliseconds(10 * i), "From A.");
            await endpoints.AnswerAsync(TimeSpan.FromMilliseconds(10 * i));
        }

        Assert.Equal(TimeSpan.FromMilliseconds(190), endpoints.Health(0).FirstByte95);
    }
}
