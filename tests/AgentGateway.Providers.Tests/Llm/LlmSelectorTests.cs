using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Ports;
using AgentGateway.Conversation.Script;
using AgentGateway.Providers.Llm;
using AgentGateway.Testing.Conversation;
using AgentGateway.Testing.OpenAi;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentGateway.Providers.Tests.Llm;

public sealed class LlmSelectorTests : IAsyncLifetime
{
    private FakeOpenAiServer _server = null!;
    private FakeOpenAiServer _silent = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await FakeOpenAiServer.StartAsync();
        _silent = await FakeOpenAiServer.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _silent.DisposeAsync();
    }

    [Fact]
    public async Task The_connection_is_opened_before_the_first_turn_needs_it()
    {
        _server.Models = ["m"];
        using var selector = new LlmSelector(
            new LlmSettings { BaseUrl = _server.BaseUrl, Model = "m" }, TimeProvider.System, NullLogger<LlmSelector>.Instance);

        await selector.SelectAsync(Agent(), Replies.Limit);
        await selector.Warming;
        Assert.Equal(1, _server.ModelRequests);

        // Kept for minutes: the next call does not ask again.
        await selector.SelectAsync(Agent(), Replies.Limit);
        await selector.Warming;
        Assert.Equal(1, _server.ModelRequests);
    }

    [Fact]
    public async Task A_connection_that_was_opened_four_minutes_ago_is_opened_again()
    {
        _server.Models = ["m"];
        var time = new ManualTimeProvider();
        using var selector = new LlmSelector(new LlmSettings { BaseUrl = _server.BaseUrl, Model = "m" }, time, NullLogger<LlmSelector>.Instance);
        await selector.SelectAsync(Agent(), Replies.Limit);
        await selector.Warming;
        foreach ((double seconds, int requests) in new[] { (239.0, 1), (1.0, 2) })
        {
            time.Advance(TimeSpan.FromSeconds(seconds));
            await selector.SelectAsync(Agent(), Replies.Limit);
            await selector.Warming;
            Assert.Equal(requests, _server.ModelRequests);
        }
    }

    [Fact]
    public async Task A_configured_endpoint_comes_first()
    {
        _server.Models = ["first-model", "second-model"];
        LlmSelection selection = await SelectAsync(new LlmSettings { BaseUrl = _server.BaseUrl, ApiKey = "k", OllamaUrl = _server.Root }, Agent());
        Assert.Equal(("openai", "first-model"), (selection.Provider, selection.Model));
        Assert.Contains("an endpoint is configured", selection.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("k;", selection.Reason, StringComparison.Ordinal);
        Assert.Equal("Hello.", (await selection.Client.CollectAsync()).Text());
        Assert.Equal("Bearer k", Assert.Single(_server.Requests).Authorization);
    }

    [Fact]
    public async Task A_key_alone_means_openai()
    {
        LlmSelection selection = await SelectAsync(new LlmSettings { ApiKey = "k", OllamaUrl = _server.Root, WarmConnections = false }, Agent());
        Assert.Equal(("openai", "gpt-4o-mini"), (selection.Provider, selection.Model));
        Assert.Contains("api.openai.com", selection.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_ollama_that_answers_comes_second()
    {
        _server.Models = ["nomic-embed-text:latest", "qwen3:4b", "llama3.2:3b"];
        LlmSelection selection = await SelectAsync(new LlmSettings { OllamaUrl = _server.Root }, Agent());
        Assert.Equal(("ollama", "qwen3:4b"), (selection.Provider, selection.Model));
        Assert.Equal("Hello.", (await selection.Client.CollectAsync()).Text());
        Assert.Null(Assert.Single(_server.Requests).Authorization);

        LlmSelection named = await SelectAsync(new LlmSettings { OllamaUrl = _server.Root, OllamaModel = "llama3.2" }, Agent());
        Assert.Equal("llama3.2:3b", named.Model);
    }

    [Fact]
    public async Task Otherwise_the_script_answers()
    {
        LlmSelection selection = await SelectAsync(new LlmSettings { OllamaUrl = _silent.Root }, Agent());
        Assert.Equal("script", selection.Provider);
        Assert.NotNull(selection.Client.GetService(typeof(ScriptChatClient)));
        Assert.Contains("no endpoint or key is configured, and no Ollama", selection.Reason, StringComparison.Ordinal);
        Assert.Equal("Ho.", (await selection.Client.CollectAsync(Replies.Ask("hi"))).Text());
    }

    [Fact]
    public async Task Without_a_script_nobody_answers_and_the_reason_is_told()
    {
        LlmSelection selection = await SelectAsync(new LlmSettings { OllamaUrl = _silent.Root }, Agent() with { Script = null });
        Assert.Equal("none", selection.Provider);
        Assert.Null(selection.Fallback);
        (LlmException failure, string text) = await selection.Client.FailureAsync();
        Assert.Equal(LlmException.Unavailable, failure.Code);
        Assert.Contains("no endpoint or key is configured", failure.Message, StringComparison.Ordinal);
        Assert.Empty(text);
    }

    [Fact]
    public async Task A_slow_ollama_is_not_waited_for_and_not_asked_again_at_once()
    {
        var never = new TaskCompletionSource();
        _server.Models = ["qwen3:4b"];
        _server.ModelsGate = never.Task;
        var time = new ManualTimeProvider();
        var settings = new LlmSettings { OllamaUrl = _server.Root };
        using var selector = new LlmSelector(settings, time, NullLogger<LlmSelector>.Instance);
        Task<LlmSelection> asked = selector.SelectAsync(Agent(), Replies.Limit).AsTask();
        while (_server.ModelRequests == 0)
            await Task.Yield();
        time.Advance(settings.ProbeTimeout - TimeSpan.FromMilliseconds(1));
        Assert.False(asked.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("script", (await asked).Provider);
        Assert.Equal("script", (await selector.SelectAsync(Agent(), Replies.Limit)).Provider);
        Assert.Equal(1, _server.ModelRequests);
    }

    [Fact]
    public async Task An_ollama_that_comes_up_later_is_found()
    {
        var time = new ManualTimeProvider();
        using var selector = new LlmSelector(new LlmSettings { OllamaUrl = _server.Root }, time, NullLogger<LlmSelector>.Instance);
        Assert.Equal("script", (await selector.SelectAsync(Agent(), Replies.Limit)).Provider);
        _server.Models = ["qwen3:4b"];
        Assert.Equal("script", (await selector.SelectAsync(Agent(), Replies.Limit)).Provider);
        time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal("ollama", (await selector.SelectAsync(Agent(), Replies.Limit)).Provider);
    }

    [Fact]
    public async Task The_agents_file_decides_when_it_says_so()
    {
        _server.Models = ["qwen3:4b"];
        LlmSettings settings = new() { BaseUrl = _server.BaseUrl, OllamaUrl = _server.Root };
        Assert.Equal("script", (await SelectAsync(settings, Agent(new LlmOptions { Provider = "script" }))).Provider);
        Assert.Equal("ollama", (await SelectAsync(settings, Agent(new LlmOptions { Provider = "ollama" }))).Provider);
        Assert.Equal("mine", (await SelectAsync(settings, Agent(new LlmOptions { Provider = "openai", Model = "mine" }))).Model);
        LlmSelection none = await SelectAsync(new LlmSettings { OllamaUrl = _silent.Root }, Agent(new LlmOptions { Provider = "openai" }));
        Assert.Equal("script", none.Provider);
        Assert.Contains("asks for an OpenAI-compatible endpoint, but none is configured", none.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_is_not_sent_to_an_endpoint_that_an_agents_file_names()
    {
        LlmSettings settings = new() { BaseUrl = _silent.BaseUrl, ApiKey = "k" };
        LlmSelection selection = await SelectAsync(settings, Agent(new LlmOptions { Provider = "openai", Model = "m", BaseUrl = _server.BaseUrl }));
        await selection.Client.CollectAsync();
        Assert.Null(Assert.Single(_server.Requests).Authorization);
    }

    [Fact]
    public async Task The_script_stands_ready_behind_an_endpoint()
    {
        _server.Answer = _ => OpenAiReply.Error(500);
        LlmSettings settings = new() { BaseUrl = _server.BaseUrl, Model = "m", Resilience = new LlmResilienceOptions { Retries = 0 } };
        LlmSelection selection = await SelectAsync(settings, Agent());
        Assert.Equal(LlmException.Unavailable, (await selection.Client.FailureAsync()).Failure.Code);
        Assert.Equal("Ho.", (await selection.Fallback!.CollectAsync(Replies.Ask("hi"))).Text());
    }

    [Fact]
    public async Task Fallbacks_of_the_file_come_behind_the_first_choice_and_once_each()
    {
        _server.Models = ["qwen3:4b"];
        LlmFallback[] fallbacks = [new() { Model = "m" }, new() { Model = "small" }, new() { Provider = "ollama" }, new() { Provider = "ollama", Model = "missing" }];
        LlmSettings settings = new() { BaseUrl = _server.BaseUrl, Model = "m", OllamaUrl = _server.Root, WarmConnections = false };
        LlmSelection selection = await SelectAsync(settings, Agent(new LlmOptions { Provider = "openai", Fallbacks = fallbacks }));
        Assert.Equal(("openai", "m"), (selection.Provider, selection.Model));
        Assert.EndsWith($"configured; then small at {_server.BaseUrl}; then qwen3:4b at {_server.Root}v1", selection.Reason, StringComparison.Ordinal);

        // Who is not there does not count: the first that is answers first.
        LlmSelection second = await SelectAsync(settings with { BaseUrl = null }, Agent(new LlmOptions { Provider = "openai", Fallbacks = fallbacks }));
        Assert.Equal(("ollama", "qwen3:4b"), (second.Provider, second.Model));
    }

    [Fact]
    public async Task An_applications_client_has_fallbacks_and_the_script_too()
    {
        var own = new ScriptedChatClient(TimeProvider.System).Reply(new InvalidOperationException("broken")).Reply(new InvalidOperationException("broken"));
        using var selector = new LlmSelector(
            new LlmSettings { OllamaUrl = _silent.Root, WarmConnections = false }, TimeProvider.System, NullLogger<LlmSelector>.Instance);
        LlmFallback fallback = new() { Model = "small", BaseUrl = _server.BaseUrl };
        LlmSelection selection = await selector.SelectAsync(Agent(new LlmOptions { Provider = "host", Fallbacks = [fallback] }), own, Replies.Limit);
        Assert.Equal("host", selection.Provider);
        Assert.Equal("Hello.", (await selection.Client.CollectAsync()).Text());
        Assert.Equal("Ho.", (await selection.Fallback!.CollectAsync(Replies.Ask("hi"))).Text());
        Assert.Equal([("small at " + _server.BaseUrl, 1L, 0L), ("test's client in the application", 0L, 1L)], selector.Health.Select(h => (h.Name, h.Answered, h.Failed)));
    }

    [Fact]
    public async Task An_endpoint_that_hangs_is_found_out_before_the_session_gives_up()
    {
        var never = new TaskCompletionSource();
        _server.Answer = _ => OpenAiReply.Text("Late.") with { Gate = never.Task };
        var time = new ManualTimeProvider();
        using var selector = new LlmSelector(
            new LlmSettings { BaseUrl = _server.BaseUrl, Model = "m", WarmConnections = false }, time, NullLogger<LlmSelector>.Instance);
        AgentDefinition agent = Agent();
        LlmSelection selection = await selector.SelectAsync(agent, Replies.Limit);
        using var session = new CancellationTokenSource(agent.Llm.FirstTokenTimeout, time);
        Task<LlmException> failure = Assert.ThrowsAsync<LlmException>(async () =>
        {
            await foreach (ChatResponseUpdate update in selection.Client.GetStreamingResponseAsync(Replies.Ask(), null, session.Token))
                Assert.Fail(update.Text);
        });
        while (_server.Requests.Count == 0)
            await Task.Yield();
        time.Advance(agent.Llm.FirstTokenTimeout - TimeSpan.FromMilliseconds(1));
        Assert.Equal(LlmException.Timeout, (await failure).Code);
        Assert.Equal(1, Assert.Single(selector.Health).Failed);
    }

    [Fact]
    public void The_environment_fills_what_is_not_configured()
    {
        Dictionary<string, string> variables = new()
        {
            ["OPENAI_API_KEY"] = " k ", ["OPENAI_BASE_URL"] = "http://vllm:8000/v1", ["OPENAI_MODEL"] = "m", ["OLLAMA_HOST"] = "box:11434",
        };
        LlmSettings filled = new LlmSettings().WithEnvironment(variables.GetValueOrDefault);
        Assert.Equal(("k", new Uri("http://vllm:8000/v1"), "m", new Uri("http://box:11434")), (filled.ApiKey, filled.BaseUrl, filled.Model, filled.OllamaUrl));

        LlmSettings configured = new LlmSettings { BaseUrl = new Uri("http://mine/v1"), Model = "x" }.WithEnvironment(variables.GetValueOrDefault);
        Assert.Equal(new Uri("http://mine/v1"), configured.BaseUrl);
        Assert.Equal("x", configured.Model);
        Assert.Null(configured.ApiKey);
        Assert.Equal(new LlmSettings(), new LlmSettings().WithEnvironment(_ => ""));
    }

    private static async Task<LlmSelection> SelectAsync(LlmSettings settings, AgentDefinition agent)
    {
        // The client of a selection outlives this method; the selector's connections end with the test process. Its clock stands still: a server
        // that answers late on a busy machine answers in time.
        var selector = new LlmSelector(settings, new ManualTimeProvider(), NullLogger<LlmSelector>.Instance);
        return await selector.SelectAsync(agent, Replies.Limit);
    }

    private static AgentDefinition Agent(LlmOptions? llm = null) => new()
    {
        Name = "test",
        DisplayName = "Test",
        Version = "0",
        Llm = llm ?? new LlmOptions(),
        Script = new ScriptDefinition { Fallback = ["What?"], Intents = [new ScriptIntent { Name = "hi", Examples = ["hi"], Answer = ["Ho."] }] },
    };
}
