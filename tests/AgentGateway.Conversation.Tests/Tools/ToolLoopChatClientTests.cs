using System.Text;
using System.Text.Json;
using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Tests.Script;
using AgentGateway.Conversation.Tools;
using AgentGateway.Testing.Conversation;
using Microsoft.Extensions.AI;

namespace AgentGateway.Conversation.Tests.Tools;

public sealed class ToolLoopChatClientTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly ToolRecorder _recorder = new();

    [Fact]
    public async Task Text_streams_through_and_calls_come_with_their_results()
    {
        using var model = new ModelScript(
            [[new TextContent("Let me see."), Call("1", "add", ("a", 2), ("b", 3))], [new TextContent("It is five.")]]);
        List<ChatResponseUpdate> updates = await RunAsync(model, AIFunctionFactory.Create((int a, int b) => a + b, "add"));

        // Words of two rounds stay apart, and the pair of call and result is whole before the answer begins.
        Assert.Equal("Let me see. It is five.", Text(updates));
        int calls = updates.FindIndex(update => update.Contents.Any(content => content is FunctionCallContent));
        Assert.Equal(ChatRole.Tool, updates[calls + 1].Role);
        Assert.Equal("1", Assert.Single(updates[calls + 1].Contents.OfType<FunctionResultContent>()).CallId);
        Assert.True(updates.FindIndex(update => update.Text.Contains("five", StringComparison.Ordinal)) > calls + 1);

        ChatMessage[] second = [.. model.Requests[1]];
        Assert.Equal([ChatRole.User, ChatRole.Assistant, ChatRole.Tool], second.Select(message => message.Role));
        Assert.Equal("5", Assert.IsType<JsonElement>(second[2].Contents.OfType<FunctionResultContent>().Single().Result).ToString());
        Assert.Equal(("1", "add", false), Assert.Single(_recorder.Completed.Select(call => (call.Id, call.Name, call.Failed))));
    }

    [Fact]
    public async Task Calls_of_a_round_run_at_once_and_their_results_keep_the_order()
    {
        var first = new TaskCompletionSource<string>();
        var second = new TaskCompletionSource<string>();
        using var model = new ModelScript([[Call("1", "one"), Call("2", "two")], [new TextContent("Done.")]]);
        Task<List<ChatResponseUpdate>> run = RunAsync(
            model, AIFunctionFactory.Create(() => first.Task, "one"), AIFunctionFactory.Create(() => second.Task, "two"));
        Assert.Equal(["one", "two"], _recorder.Started.Select(call => call.Name));

        // The second ends first: reported as it happens, given to the model in order.
        second.SetResult("b");
        while (_recorder.Completed.Count == 0)
            await Task.Yield();
        Assert.Equal("two", _recorder.Completed[0].Name);
        first.SetResult("a");
        List<ChatResponseUpdate> updates = await run;
        Assert.Equal(["1", "2"], updates.SelectMany(update => update.Contents.OfType<FunctionResultContent>()).Select(result => result.CallId));
    }

    [Fact]
    public async Task What_goes_wrong_becomes_a_result()
    {
        using var model = new ModelScript(
        [
            [
                Call("1", "nothing"),
                Call("2", "fail"),
                new FunctionCallContent("3", "add") { Exception = new JsonException("x") },
                Call("4", "add", ("a", new string('x', 9000))),
                Call("5", "long"),
                Call("6", "typed", ("n", "four")),
            ],
            [new TextContent("Sorry.")],
        ]);
        List<ChatResponseUpdate> updates = await RunAsync(
            model,
            AIFunctionFactory.Create(string () => throw new InvalidOperationException("password=secret at 10.0.0.1"), "fail"),
            AIFunctionFactory.Create((string a) => a, "add"),
            AIFunctionFactory.Create(() => new string('y', 20_000), "long"),
            new TypedFunction());
        Assert.Equal("Sorry.", Text(updates));
        Dictionary<string, JsonElement> results = _recorder.Completed.ToDictionary(call => call.Id, call => call.Result);
        Assert.All(_recorder.Completed, call => Assert.True(call.Failed));
        Assert.Equal(
            ["unknown_tool", "tool_failed", "invalid_arguments", "invalid_arguments", "result_too_large", "invalid_arguments"],
            Enumerable.Range(1, 6).Select(id => results[$"{id}"].GetProperty("error").GetString()));
        Assert.DoesNotContain("secret", string.Concat(results.Values.Select(result => result.GetRawText())), StringComparison.Ordinal);
        Assert.Equal("arguments.n must be of type integer, not string", results["6"].GetProperty("message").GetString());
    }

    [Fact]
    public async Task A_tool_that_hangs_is_left_behind_and_the_caller_hears_something()
    {
        var never = new TaskCompletionSource<ToolResult>();
        using var model = new ModelScript([[Call("1", "slow")], [new TextContent("It did not work.")]]);
        var tool = new DelegateFunction(
            Definition("slow") with
            {
                Timeout = TimeSpan.FromSeconds(5), SayBefore = "One moment.", Filler = "Still looking.", FillerAfter = TimeSpan.FromSeconds(2), OnTimeout = "Offer to call back.",
            },
            (_, _) => never.Task);
        var heard = new StringBuilder();
        Task run = ListenAsync();
        Assert.Equal("One moment.", heard.ToString());
        _time.Advance(TimeSpan.FromSeconds(2.1));
        await UntilAsync(() => heard.ToString().EndsWith("Still looking.", StringComparison.Ordinal));
        _time.Advance(TimeSpan.FromSeconds(3));
        await run;
        Assert.Equal("One moment. Still looking. It did not work.", heard.ToString());
        JsonElement result = Assert.Single(_recorder.Completed).Result;
        Assert.Equal("timeout", result.GetProperty("error").GetString());
        Assert.Equal("Offer to call back.", result.GetProperty("message").GetString());

        async Task ListenAsync()
        {
            await foreach (ChatResponseUpdate update in Loop(model).GetStreamingResponseAsync([new(ChatRole.User, "x")], new ChatOptions { Tools = [tool] }))
                heard.Append(update.Text);
        }
    }

    [Fact]
    public async Task A_model_that_never_stops_calling_must_answer()
    {
        using var model = new ModelScript(Enumerable.Range(0, 20).Select(i => (AIContent[])[Call($"{i}", "again")]));
        List<ChatResponseUpdate> updates = await RunAsync(model, AIFunctionFactory.Create(() => 1, "again"));
        Assert.Equal(7, model.Requests.Count);
        Assert.NotNull(model.Options[5]!.Tools);
        Assert.Null(model.Options[6]!.Tools);
        Assert.Equal(6, _recorder.Completed.Count);
        Assert.Equal("tool_loop_bound", Assert.Single(updates.SelectMany(update => update.Contents.OfType<ErrorContent>())).ErrorCode);

        // Every call that the consumer saw has its result.
        Assert.Equal(
            updates.SelectMany(update => update.Contents.OfType<FunctionCallContent>()).Select(call => call.CallId),
            updates.SelectMany(update => update.Contents.OfType<FunctionResultContent>()).Select(result => result.CallId));
    }

    [Fact]
    public async Task Too_many_calls_at_once_are_refused_one_by_one()
    {
        using var model = new ModelScript([[.. Enumerable.Range(0, 12).Select(i => Call($"{i}", "again"))], [new TextContent("x")]]);
        int ran = 0;
        await RunAsync(model, AIFunctionFactory.Create(() => Interlocked.Increment(ref ran), "again"));
        Assert.Equal(8, ran);
        Assert.Equal(4, _recorder.Completed.Count(call => call.Failed && call.Result.GetProperty("error").GetString() == "too_many_calls"));
    }

    [Fact]
    public async Task Cancellation_reaches_the_tool_and_yields_no_half_pair()
    {
        var cancelled = new TaskCompletionSource();
        using var model = new ModelScript([[Call("1", "slow")]]);
        var tool = new DelegateFunction(Definition("slow"), async (_, token) =>
        {
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, token);
            }
            catch (OperationCanceledException)
            {
                cancelled.SetResult();
                throw;
            }

            return ToolResult.Ok(new System.Text.Json.Nodes.JsonObject());
        });
        using var stop = new CancellationTokenSource();
        List<ChatResponseUpdate> updates = [];
        Task run = Task.Run(async () =>
        {
            await foreach (ChatResponseUpdate update in Loop(model).GetStreamingResponseAsync([new(ChatRole.User, "x")], new ChatOptions { Tools = [tool] }, stop.Token))
                updates.Add(update);
        });
        await UntilAsync(() => _recorder.Started.Count == 1);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        await cancelled.Task;
        Assert.Empty(updates);
    }

    [Fact]
    public async Task The_end_of_the_call_is_reported_only_when_the_tool_succeeded()
    {
        AgentDefinition agent = new() { Name = "a", DisplayName = "A", Version = "0" };
        ToolDefinition end = Definition("end_call") with { Binding = new ToolBinding { Builtin = "end_call" } };
        AIFunction tool = new BuiltinTools(_time).Create(agent, end);
        using var model = new ModelScript([[new TextContent("Bye."), Call("1", "end_call")], []]);
        Assert.Equal("Bye.", Text(await RunAsync(model, tool)));
        Assert.Equal(1, _recorder.EndCallRequests);

        using var broken = new ModelScript([[new FunctionCallContent("2", "end_call") { Exception = new JsonException("x") }], [new TextContent("Hm.")]]);
        await RunAsync(broken, tool);
        Assert.Equal(1, _recorder.EndCallRequests);
    }

    private static FunctionCallContent Call(string id, string name, params (string Name, object? Value)[] arguments) =>
        new(id, name, arguments.ToDictionary(argument => argument.Name, argument => argument.Value));

    private static string Text(IEnumerable<ChatResponseUpdate> updates) => string.Concat(updates.Select(update => update.Text));

    private static ToolDefinition Definition(string name) => new()
    {
        Name = name,
        Description = name,
        Parameters = JsonDocument.Parse("""{"type":"object","properties":{}}""").RootElement,
        Binding = new ToolBinding(),
    };

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!condition())
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private ToolLoopChatClient Loop(ModelScript model) => new(model, _recorder, time: _time);

    private async Task<List<ChatResponseUpdate>> RunAsync(ModelScript model, params AITool[] tools)
    {
        List<ChatResponseUpdate> updates = [];
        await foreach (ChatResponseUpdate update in Loop(model).GetStreamingResponseAsync([new(ChatRole.User, "x")], new ChatOptions { Tools = tools }))
            updates.Add(update);
        return updates;
    }

    /// <summary>A tool of an agent that checks its arguments.</summary>
    private sealed class TypedFunction() : AgentFunction(Definition("typed") with
    {
        Parameters = JsonDocument.Parse("""{"type":"object","properties":{"n":{"type":"integer"}},"required":["n"]}""").RootElement,
    })
    {
        protected override ValueTask<ToolResult> RunAsync(JsonElement arguments, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("must not run");
    }

    private sealed class DelegateFunction(ToolDefinition definition, Func<JsonElement, CancellationToken, Task<ToolResult>> run) : AgentFunction(definition)
    {
        protected override async ValueTask<ToolResult> RunAsync(JsonElement arguments, CancellationToken cancellationToken) => await run(arguments, cancellationToken);
    }

    /// <summary>A model that answers its rounds as written.</summary>
    private sealed class ModelScript(IEnumerable<AIContent[]> rounds) : IChatClient
    {
        private readonly AIContent[][] _rounds = [.. rounds];

        public List<IEnumerable<ChatMessage>> Requests { get; } = [];

        public List<ChatOptions?> Options { get; } = [];

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages,
            ChatOptions? options = null,
            [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await Task.CompletedTask;
            Requests.Add([.. messages]);
            Options.Add(options);
            foreach (AIContent content in _rounds[Requests.Count - 1])
                yield return new ChatResponseUpdate(ChatRole.Assistant, [content]);
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
