using AgentGateway.Conversation.Ports;
using AgentGateway.Providers.Llm;
using AgentGateway.Providers.Resilience;
using AgentGateway.Testing.Conversation;
using AgentGateway.Testing.OpenAi;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentGateway.Providers.Tests.Llm;

public sealed class ResilientChatClientTests : IAsyncLifetime
{
    private static readonly LlmResilienceOptions Fast = new() { RetryDelay = TimeSpan.FromMilliseconds(1), Circuit = new CircuitOptions { Throughput = 100 } };

    private readonly HttpClient _http = new() { Timeout = Timeout.InfiniteTimeSpan };
    private FakeOpenAiServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await FakeOpenAiServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _http.Dispose();
    }

    [Fact]
    public async Task A_failure_before_the_first_byte_is_tried_again()
    {
        _server.Enqueue(OpenAiReply.Error(500), OpenAiReply.Garbage(), OpenAiReply.Text("Third time."));
        using ResilientChatClient client = Create(Fast);
        Assert.Equal("Third time.", (await client.CollectAsync()).Text());
        Assert.Equal(3, _server.Requests.Count);
    }

    [Fact]
    public async Task A_refused_key_is_not_tried_again()
    {
        _server.Enqueue(OpenAiReply.Error(401));
        using ResilientChatClient client = Create(Fast);
        (LlmException failure, _) = await client.FailureAsync();
        Assert.Equal(LlmException.Unavailable, failure.Code);
        Assert.Single(_server.Requests);
    }

    [Fact]
    public async Task A_failure_after_the_first_word_is_not_tried_again()
    {
        _server.Enqueue(OpenAiReply.Truncated(abort: false, "I am ", "half"));
        using ResilientChatClient client = Create(Fast);
        (LlmException failure, string text) = await client.FailureAsync();
        Assert.Equal(LlmException.BadReply, failure.Code);
        Assert.Equal("I am half", text);
        Assert.Single(_server.Requests);
    }

    [Fact]
    public async Task A_long_retry_after_fails_at_once()
    {
        _server.Enqueue(OpenAiReply.Error(429, retryAfter: TimeSpan.FromSeconds(60)));
        using ResilientChatClient client = Create(Fast);
        (LlmException failure, _) = await client.FailureAsync();
        Assert.Equal(TimeSpan.FromSeconds(60), failure.RetryAfter);
        Assert.Single(_server.Requests);
    }

    [Fact]
    public async Task A_slow_endpoint_times_out_before_the_first_token_and_is_let_go()
    {
        var never = new TaskCompletionSource();
        _server.Enqueue(OpenAiReply.Text("Late.") with { Gate = never.Task });
        var time = new ManualTimeProvider();
        using ResilientChatClient client = Create(Fast, time);
        Task<(LlmException Failure, string Text)> pending = client.FailureAsync();
        while (_server.Requests.Count == 0)
            await Task.Yield();
        time.Advance(TimeSpan.FromSeconds(7.9));
        Assert.False(pending.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal(LlmException.Timeout, (await pending).Failure.Code);
        await _server.Requests[0].Aborted.WaitAsync(Replies.Limit);
        Assert.Single(_server.Requests);
    }

    [Fact]
    public async Task A_reply_that_stops_in_the_middle_times_out()
    {
        var never = new TaskCompletionSource();
        _server.Enqueue(OpenAiReply.Text("One ", "two") with { StallBefore = 2, Stall = never.Task });
        var time = new ManualTimeProvider();
        using ResilientChatClient client = Create(Fast, time);
        await using IAsyncEnumerator<ChatResponseUpdate> reply = client.GetStreamingResponseAsync(Replies.Ask(), null, Replies.Limit).GetAsyncEnumerator();
        Assert.True(await reply.MoveNextAsync());
        Assert.Equal("One ", reply.Current.Text);

        // A consumer that takes its time (speech is slower than text) is not the endpoint's fault.
        time.Advance(TimeSpan.FromMinutes(1));
        ValueTask<bool> next = reply.MoveNextAsync();
        time.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(LlmException.Timeout, (await Assert.ThrowsAsync<LlmException>(async () => await next)).Code);
    }

    [Fact]
    public async Task An_endpoint_that_keeps_failing_is_left_alone_and_probed()
    {
        var time = new ManualTimeProvider();
        LlmResilienceOptions options = Fast with { Retries = 0, Circuit = new CircuitOptions { Throughput = 4 } };
        LlmResilience shared = Resilience(options, time);
        using ResilientChatClient client = Create(options, time, shared);
        _server.Answer = _ => OpenAiReply.Error(500);
        for (int i = 0; i < 4; i++)
            await client.FailureAsync();
        Assert.Equal(4, _server.Requests.Count);

        // Another caller of the same endpoint does not wait for it.
        using ResilientChatClient other = Create(options, time, shared);
        Assert.Contains("left alone", (await other.FailureAsync()).Failure.Message, StringComparison.Ordinal);
        Assert.Equal(4, _server.Requests.Count);

        _server.Answer = null;
        time.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal("Hello.", (await other.CollectAsync()).Text());
    }

    [Fact]
    public async Task Cancellation_by_the_caller_is_no_failure_of_the_endpoint()
    {
        var never = new TaskCompletionSource();
        _server.Answer = _ => OpenAiReply.Text("x") with { Gate = never.Task };
        using ResilientChatClient client = Create(Fast);
        using var cancel = new CancellationTokenSource();
        ValueTask<bool> pending = client.GetStreamingResponseAsync(Replies.Ask(), null, cancel.Token).GetAsyncEnumerator().MoveNextAsync();
        while (_server.Requests.Count == 0)
            await Task.Yield();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await pending);
        await _server.Requests[0].Aborted.WaitAsync(Replies.Limit);
    }

    private ResilientChatClient Create(LlmResilienceOptions options, TimeProvider? time = null, LlmResilience? shared = null)
    {
        var endpoint = new LlmEndpoint(_server.BaseUrl, "fake-model", null);
        time ??= TimeProvider.System;
        var route = new LlmRoute(new OpenAiChatClient(endpoint, _http), shared ?? Resilience(options, time));
        return new ResilientChatClient([route], null, TimeSpan.FromSeconds(8), time);
    }

    private static LlmResilience Resilience(LlmResilienceOptions options, TimeProvider time) =>
        new(options, new ProviderCircuit("llm", "fake-model", options.Circuit, LlmResilience.IsTrouble, time, NullLogger.Instance), time);
}
