using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Events;
using AgentGateway.Conversation.Log;
using AgentGateway.Conversation.Log.Replay;
using AgentGateway.Conversation.Tests.Session;
using AgentGateway.Providers.Llm;
using AgentGateway.Providers.Resilience;
using AgentGateway.Testing.Conversation;
using AgentGateway.Testing.OpenAi;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentGateway.Providers.Tests.Llm;

/// <summary>Whole conversations over HTTP with endpoints that are slow or down.</summary>
public sealed class SlowEndpointTests : IAsyncLifetime
{
    private static readonly TimeSpan HedgeAfter = TimeSpan.FromMilliseconds(50);

    private readonly TaskCompletionSource _never = new();
    private readonly ManualTimeProvider _time = new();
    private FakeOpenAiServer _slow = null!;
    private FakeOpenAiServer _fast = null!;
    private LlmSelector _selector = null!;

    public async ValueTask InitializeAsync()
    {
        _slow = await FakeOpenAiServer.StartAsync();
        _fast = await FakeOpenAiServer.StartAsync();
        var settings = new LlmSettings
        {
            BaseUrl = _slow.BaseUrl,
            ApiKey = "k",
            Model = "big",
            WarmConnections = false,
            OllamaUrl = _fast.Root,
            Resilience = new LlmResilienceOptions { Retries = 0 },
        };
        _selector = new LlmSelector(settings, _time, NullLogger<LlmSelector>.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        await _slow.DisposeAsync();
        await _fast.DisposeAsync();
        _selector.Dispose();
    }

    [Fact]
    public async Task A_slow_first_endpoint_is_hedged_and_the_fast_second_one_is_spoken()
    {
        _slow.Answer = _ => OpenAiReply.Text("From the slow one.") with { Gate = _never.Task };
        _fast.Answer = _ => OpenAiReply.Text("From the ", "fast one.");
        LlmSelection selection = await _selector.SelectAsync(Agent(hedgePercent: 100), Replies.Limit);
        var log = new CallLogBuffer();
        List<ConversationEvent> events = Converse(selection, log, HedgeAfter);

        Assert.Equal(["From the fast one."], events.OfType<SegmentQueued>().Select(e => e.Text));
        Assert.Empty(events.OfType<ConversationFault>());
        await _slow.Requests[0].Aborted.WaitAsync(Replies.Limit);
        Assert.Equal(("Bearer k", null), (_slow.Requests[0].Authorization, _fast.Requests[0].Authorization));
        Assert.Equal("small", _fast.Requests[0].Body.GetProperty("model").GetString());
        ProviderHealth fast = Assert.Single(_selector.Health, health => health.Name.StartsWith("small at ", StringComparison.Ordinal));
        Assert.Equal((1, 1, ProviderState.Closed), (fast.Hedges, fast.Answered, fast.State));
        AssertReplays(log);
    }

    [Fact]
    public async Task With_every_model_down_the_script_of_the_file_is_spoken()
    {
        _slow.Answer = _ => OpenAiReply.Error(500);
        _fast.Answer = _ => OpenAiReply.Garbage();
        LlmSelection selection = await _selector.SelectAsync(Agent(), Replies.Limit);
        var log = new CallLogBuffer();
        List<ConversationEvent> events = Converse(selection, log, TimeSpan.Zero);

        Assert.Equal(["We are open from nine."], events.OfType<SegmentQueued>().Select(e => e.Text));
        Assert.Equal("llm_unavailable", Assert.Single(events.OfType<ConversationFault>()).Code);
        Assert.Equal((1, 1), (_slow.Requests.Count, _fast.Requests.Count));
        AssertReplays(log);
    }

    private List<ConversationEvent> Converse(LlmSelection selection, CallLogBuffer log, TimeSpan waiting)
    {
        using Call call = Call.Start(context => context with { ChatClient = selection.Client, FallbackChatClient = selection.Fallback, Log = log });
        call.Session.PushText("when are you open", runImmediately: true, audioResponse: true);
        call.Run(20);
        Assert.True(SpinWait.SpinUntil(() => _slow.Requests.Count == 1, TimeSpan.FromMinutes(1)), "The first endpoint was not asked.");
        _time.Advance(waiting);
        call.AwaitOutside<ReplyTextCompleted>();
        call.Await<AgentSpeechStopped>();
        Assert.Equal(call.HeardText, string.Join(' ', call.Events.OfType<SegmentQueued>().Select(e => e.Text)));
        call.HangUp();
        return call.Events;
    }

    private static void AssertReplays(CallLogBuffer log)
    {
        Assert.True(CallLogReader.TryOpen(log.Bytes, out CallLogReader? reader, out string? problem), problem);
        ReplayReport report = CallReplay.Run(reader!);
        Assert.True(report.IsSame && report.Commands > 0, report.ToString());
    }

    private AgentDefinition Agent(int hedgePercent = 0) => new()
    {
        Name = "test",
        DisplayName = "Test",
        Version = "0",
        Llm = new LlmOptions
        {
            Fallbacks = [new LlmFallback { Model = "small", BaseUrl = _fast.BaseUrl }],
            HedgePercent = hedgePercent,
            HedgeAfter = HedgeAfter,
        },
        Script = new ScriptDefinition
        {
            Fallback = ["What?"], Intents = [new ScriptIntent { Name = "hours", Examples = ["when are you open"], Answer = ["We are open from nine."] }],
        },
    };
}
