using AgentGateway.Conversation.Ports;
using AgentGateway.Providers.Llm;
using AgentGateway.Providers.Resilience;

namespace AgentGateway.Providers.Tests.Llm;

/// <summary>The ordered list: who is asked when somebody fails, and for how long.</summary>
public sealed class FallbackTests
{
    private static readonly TimeSpan Forever = TimeSpan.FromDays(1);
    private static readonly LlmException Down = new("down");

    [Fact]
    public async Task The_first_one_answers_alone()
    {
        var endpoints = new Endpoints(3);
        endpoints.A.Reply("From A.");
        Assert.Equal("From A.", await endpoints.AnswerAsync());
        Assert.Equal("1 0 0", endpoints.Asked);
    }

    [Fact]
    public async Task The_next_one_answers_when_one_fails_before_its_first_byte()
    {
        var endpoints = new Endpoints(3);
        endpoints.A.Reply(Down);
        endpoints.B.Reply("From B.");
        Assert.Equal("From B.", await endpoints.AnswerAsync());
        Assert.Equal("1 1 0", endpoints.Asked);
    }

    [Fact]
    public async Task They_are_asked_in_order_until_one_answers()
    {
        var endpoints = new Endpoints(3);
        endpoints.A.Reply(Down);
        endpoints.B.Reply(new HttpRequestException("gone"));
        endpoints.C.Reply("From C.");
        Assert.Equal("From C.", await endpoints.AnswerAsync());
        Assert.Equal("1 1 1", endpoints.Asked);
    }

    [Fact]
    public async Task A_refused_key_goes_to_the_next_one_without_a_retry()
    {
        var endpoints = new Endpoints(2, options: new LlmResilienceOptions { Retries = 2 });
        endpoints.A.Reply(new LlmException(LlmException.Unavailable, "key", isTransient: false));
        endpoints.B.Reply("From B.");
        Assert.Equal("From B.", await endpoints.AnswerAsync());
        Assert.Equal("1 1", endpoints.Asked);
    }

    [Fact]
    public async Task One_is_tried_again_before_the_next_one_is_asked()
    {
        var endpoints = new Endpoints(2, options: new LlmResilienceOptions { Retries = 2, RetryDelay = TimeSpan.FromMilliseconds(1) });
        endpoints.A.Reply(Down).Reply(Down).Reply(Down);
        endpoints.B.Reply("From B.");
        Assert.Equal("From B.", await endpoints.AnswerAsync(TimeSpan.FromSeconds(2)));
        Assert.Equal("3 1", endpoints.Asked);
    }

    [Fact]
    public async Task After_the_first_word_nobody_else_is_asked()
    {
        var endpoints = new Endpoints(2);
        endpoints.A.Reply("I am ", Down);
        endpoints.B.Reply("From B.");
        Assert.Equal("I am [llm_unavailable]", await endpoints.AnswerAsync());
        Assert.Equal("1 0", endpoints.Asked);
    }

    [Fact]
    public async Task When_all_are_down_the_failure_is_the_first_ones()
    {
        var endpoints = new Endpoints(2);
        endpoints.A.Reply(new LlmException(LlmException.BadReply, "nonsense"));
        endpoints.B.Reply(Down);
        Assert.Equal("[llm_bad_reply]", await endpoints.AnswerAsync());
        Assert.Equal("1 1", endpoints.Asked);
    }

    [Fact]
    public async Task One_that_hangs_leaves_an_equal_part_of_the_time_to_each_of_the_others()
    {
        var endpoints = new Endpoints(2);
        endpoints.A.Reply(Forever, "Late.");
        endpoints.B.Reply(TimeSpan.FromSeconds(3.9), "From B.");
        Task<string> answer = endpoints.AskAsync();
        endpoints.Time.Advance(TimeSpan.FromSeconds(3.999));
        Assert.Equal("1 0", endpoints.Asked);
        endpoints.Time.Advance(TimeSpan.FromSeconds(0.001));
        await endpoints.PassAsync(endpoints.B, 1, TimeSpan.FromSeconds(3.9));
        Assert.Equal("From B.", await answer.WaitAsync(Replies.Limit));
        await Endpoints.UntilAsync(() => endpoints.A.Cancelled == 1);
    }

    [Fact]
    public async Task All_of_them_together_take_no_longer_than_one_alone_may()
    {
        var endpoints = new Endpoints(4);
        foreach (var model in endpoints.Models)
            model.Reply(Forever, "Late.");
        Task<string> answer = endpoints.AskAsync();
        for (int asked = 1; asked <= 4; asked++)
        {
            Assert.False(answer.IsCompleted);
            await endpoints.PassAsync(endpoints.Models[asked - 1], 1, Endpoints.Budget / 4);
        }

        Assert.Equal("[llm_timeout]", await answer.WaitAsync(Replies.Limit));
        Assert.Equal(Endpoints.Budget, endpoints.Time.Elapsed);
    }

    [Fact]
    public async Task A_quick_failure_leaves_its_time_to_the_others()
    {
        var endpoints = new Endpoints(2);
        endpoints.A.Reply(Down);
        endpoints.B.Reply(TimeSpan.FromSeconds(7.9), "From B.");
        Task<string> answer = endpoints.AskAsync();
        await endpoints.PassAsync(endpoints.B, 1, TimeSpan.FromSeconds(7.9));
        Assert.Equal("From B.", await answer.WaitAsync(Replies.Limit));
    }

    [Fact]
    public async Task A_caller_who_leaves_is_nobodys_failure()
    {
        var endpoints = new Endpoints(2);
        endpoints.A.Reply(Forever, "Late.");
        using var leaving = new CancellationTokenSource();
        Task<string> answer = endpoints.AskAsync(leaving.Token);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        Assert.Equal("1 0", endpoints.Asked);
        Assert.Equal((0, 0), (endpoints.Health(0).Failed, endpoints.Health(0).Answered));
    }

    [Fact]
    public async Task One_that_keeps_failing_is_left_alone_then_probed_and_asked_again()
    {
        var endpoints = new Endpoints(2);
        endpoints.B.Default = "From B.";
        for (int i = 0; i < 4; i++)
        {
            endpoints.A.Reply(Down);
            Assert.Equal("From B.", await endpoints.AnswerAsync());
        }

        // Open: nobody pays for finding out.
        Assert.Equal(ProviderState.Open, endpoints.Health(0).State);
        endpoints.A.Default = "From A.";
        Assert.Equal("From B.", await endpoints.AnswerAsync());
        Assert.Equal("4 5", endpoints.Asked);

        // After the pause one request probes, others do not wait for it.
        endpoints.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(ProviderState.Probing, endpoints.Health(0).State);
        endpoints.A.Reply(TimeSpan.FromSeconds(1), Down);
        Task<string> probe = endpoints.AskAsync();
        Assert.Equal("From B.", await endpoints.AskAsync().WaitAsync(Replies.Limit));
        Assert.Equal("5 6", endpoints.Asked);
        await endpoints.PassAsync(endpoints.A, 1, TimeSpan.FromSeconds(1));
        Assert.Equal("From B.", await probe.WaitAsync(Replies.Limit));

        // It failed: another pause. The next probe answers, and all is as before.
        Assert.Equal(ProviderState.Open, endpoints.Health(0).State);
        Assert.Equal("From B.", await endpoints.AnswerAsync());
        endpoints.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("From A.", await endpoints.AnswerAsync());
        Assert.Equal(ProviderState.Closed, endpoints.Health(0).State);
        Assert.Equal("From A.", await endpoints.AnswerAsync());
        Assert.Equal("7 8", endpoints.Asked);
    }

    [Fact]
    public async Task A_probe_whose_caller_leaves_has_shown_nothing()
    {
        var endpoints = new Endpoints(2);
        endpoints.B.Default = "From B.";
        for (int i = 0; i < 4; i++)
        {
            endpoints.A.Reply(Down);
            await endpoints.AnswerAsync();
        }

        endpoints.Time.Advance(TimeSpan.FromSeconds(10));
        endpoints.A.Reply(Forever, "Late.");
        using var leaving = new CancellationTokenSource();
        Task<string> probe = endpoints.AskAsync(leaving.Token);
        await Endpoints.UntilAsync(() => endpoints.A.Requests.Count == 5);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => probe);
        Assert.Equal(ProviderState.Open, endpoints.Health(0).State);
        Assert.Equal("From B.", await endpoints.AnswerAsync());
        Assert.Equal(5, endpoints.A.Requests.Count);
    }

    [Fact]
    public async Task Health_tells_what_happened()
    {
        var endpoints = new Endpoints(2);
        endpoints.A.Reply(Down).Reply("From A.");
        endpoints.B.Default = "From B.";
        await endpoints.AnswerAsync();
        await endpoints.AnswerAsync();
        Assert.Equal(new ProviderHealth("llm", "A", ProviderState.Closed, 1, 1, 0, null, LlmException.Unavailable), endpoints.Health(0));
        Assert.Equal(new ProviderHealth("llm", "B", ProviderState.Closed, 1, 0, 0, null, null), endpoints.Health(1));
    }
}
