using System.Text.Json;
using AgentGateway.Conversation.Ports;
using AgentGateway.Conversation.Tools;
using AgentGateway.Providers.Llm;
using AgentGateway.Testing.OpenAi;
using Microsoft.Extensions.AI;

namespace AgentGateway.Providers.Tests.Llm;

/// <summary>The adapter against a real HTTP server.</summary>
public sealed class OpenAiChatClientTests : IAsyncLifetime
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = Timeout.InfiniteTimeSpan };
    private FakeOpenAiServer _server = null!;
    private OpenAiChatClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await FakeOpenAiServer.StartAsync();
        _client = new OpenAiChatClient(new LlmEndpoint(_server.BaseUrl, "fake-model", "secret-key"), _http);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
        _http.Dispose();
    }

    [Fact]
    public async Task Text_streams_as_it_comes()
    {
        var gate = new TaskCompletionSource();
        _server.Enqueue(OpenAiReply.Text("Good ", "morning", ".") with { StallBefore = 3, Stall = gate.Task });
        await using IAsyncEnumerator<ChatResponseUpdate> reply = _client.GetStreamingResponseAsync(Replies.Ask(), null, Replies.Limit).GetAsyncEnumerator();
        Assert.True(await reply.MoveNextAsync());
        Assert.Equal("Good ", reply.Current.Text);
        Assert.True(await reply.MoveNextAsync());
        Assert.Equal("morning", reply.Current.Text);

        // The rest of the answer does not exist yet: what was yielded was yielded before the end.
        gate.SetResult();
        List<ChatResponseUpdate> rest = [];
        while (await reply.MoveNextAsync())
            rest.Add(reply.Current);
        Assert.Equal(".", rest.Text());
        Assert.Equal(ChatFinishReason.Stop, Assert.Single(rest, update => update.FinishReason is not null).FinishReason);
        UsageDetails usage = Assert.Single(rest.Contents<UsageContent>()).Details;
        Assert.Equal((11, 7, 18), (usage.InputTokenCount, usage.OutputTokenCount, usage.TotalTokenCount));
    }

    [Fact]
    public async Task The_request_is_what_endpoints_expect()
    {
        JsonElement schema = JsonDocument.Parse("""{"type":"object","properties":{"n":{"type":"integer"}}}""").RootElement;
        AIFunctionDeclaration tool = AIFunctionFactory.CreateDeclaration("count", "Counts.", schema);
        ChatMessage[] history =
        [
            .. Replies.Ask("Count to three"),
            new(ChatRole.Assistant, [new TextContent("Wait. "), new FunctionCallContent("c1", "count", new Dictionary<string, object?> { ["n"] = 3 }), new FunctionCallContent("lost", "count")]),
            new(ChatRole.Tool, [new FunctionResultContent("c1", JsonDocument.Parse("""{"ok":true}""").RootElement), new FunctionResultContent("stray", "x")]),
            new(ChatRole.Assistant, "One two"),
            new(ChatRole.User, "Go on"),
        ];
        await _client.CollectAsync(history, new ChatOptions { Temperature = 0.5f, MaxOutputTokens = 77, Tools = [tool] });

        OpenAiRequest request = Assert.Single(_server.Requests);
        Assert.Equal("Bearer secret-key", request.Authorization);
        Assert.Equal("fake-model", request.Body.GetProperty("model").GetString());
        Assert.True(request.Body.GetProperty("stream").GetBoolean());
        Assert.True(request.Body.GetProperty("stream_options").GetProperty("include_usage").GetBoolean());
        Assert.Equal(0.5, request.Body.GetProperty("temperature").GetDouble(), 3);
        Assert.Equal(77, request.Body.GetProperty("max_tokens").GetInt32());
        Assert.Equal("count", request.Body.GetProperty("tools")[0].GetProperty("function").GetProperty("name").GetString());
        Assert.Equal("integer", request.Body.GetProperty("tools")[0].GetProperty("function").GetProperty("parameters").GetProperty("properties").GetProperty("n").GetProperty("type").GetString());
        JsonElement[] messages = [.. request.Body.GetProperty("messages").EnumerateArray()];
        Assert.Equal(["system", "user", "assistant", "tool", "assistant", "user"], messages.Select(message => message.GetProperty("role").GetString()));

        // An interrupted turn leaves calls without results: endpoints would refuse the whole request.
        JsonElement call = Assert.Single(messages[2].GetProperty("tool_calls").EnumerateArray());
        Assert.Equal("c1", call.GetProperty("id").GetString());
        Assert.Equal("""{"n":3}""", call.GetProperty("function").GetProperty("arguments").GetString());
        Assert.Equal("c1", messages[3].GetProperty("tool_call_id").GetString());
        Assert.Equal("""{"ok":true}""", messages[3].GetProperty("content").ToString());
    }

    [Fact]
    public async Task Without_a_key_no_authorization_is_sent()
    {
        using var client = new OpenAiChatClient(new LlmEndpoint(_server.BaseUrl, "m", null), _http);
        Assert.Equal("Hello.", (await client.CollectAsync()).Text());
        Assert.Null(Assert.Single(_server.Requests).Authorization);
    }

    [Fact]
    public async Task Tool_calls_are_put_together_from_fragments()
    {
        _server.Enqueue(OpenAiReply.ToolCalls(
            ("c1", "book", ["{\"par", "ty\": 4, \"na", "me\": \"Ann\"}"]),
            ("c2", "check", ["{}"]),
            ("c3", "odd", ["[1]"]),
            ("c4", "cut", ["{\"a\": "])));
        List<ChatResponseUpdate> updates = await _client.CollectAsync();
        FunctionCallContent[] calls = [.. updates.Contents<FunctionCallContent>()];
        Assert.Equal(["c1", "c2", "c3", "c4"], calls.Select(call => call.CallId));
        Assert.Equal("book", calls[0].Name);
        Assert.Equal("4", calls[0].Arguments!["party"]!.ToString());
        Assert.Equal("Ann", calls[0].Arguments!["name"]!.ToString());
        Assert.Empty(calls[1].Arguments!);
        Assert.NotNull(calls[2].Exception);
        Assert.NotNull(calls[3].Exception);
        Assert.Equal(ChatFinishReason.ToolCalls, Assert.Single(updates, update => update.FinishReason is not null).FinishReason);
    }

    [Fact]
    public async Task Servers_that_give_every_call_the_same_index_are_understood()
    {
        _server.Enqueue(new OpenAiReply
        {
            Pieces =
            [
                OpenAiReply.Event(OpenAiReply.Call(0, "a", "one", "{\"x\":1}")), OpenAiReply.Event(OpenAiReply.Call(0, "b", "two", "{\"x\":2}")),
                OpenAiReply.Event(OpenAiReply.Finish("stop")), OpenAiReply.Done,
            ],
        });
        List<ChatResponseUpdate> updates = await _client.CollectAsync();
        Assert.Equal(["one", "two"], updates.Contents<FunctionCallContent>().Select(call => call.Name));
        Assert.Equal(ChatFinishReason.ToolCalls, updates.Last(update => update.FinishReason is not null).FinishReason);
    }

    [Fact]
    public async Task A_tool_call_goes_round_through_the_loop()
    {
        _server.Enqueue(OpenAiReply.ToolCall("c1", "add", "{\"a\":2,", "\"b\":3}"), OpenAiReply.Text("It is ", "five."));
        using var loop = new ToolLoopChatClient(_client);
        AIFunction add = AIFunctionFactory.Create((int a, int b) => a + b, "add");
        List<ChatResponseUpdate> updates = await loop.CollectAsync(options: new ChatOptions { Tools = [add] });
        Assert.Equal("It is five.", updates.Text());
        JsonElement[] messages = [.. _server.Requests[1].Body.GetProperty("messages").EnumerateArray()];
        Assert.Equal("c1", messages[^1].GetProperty("tool_call_id").GetString());
        Assert.Contains("5", messages[^1].GetProperty("content").ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401, false, "refused the key")]
    [InlineData(403, false, "refused the key")]
    [InlineData(404, false, "does not know the model")]
    [InlineData(400, false, "refused the request")]
    [InlineData(429, true, "is busy")]
    [InlineData(500, true, "failed")]
    [InlineData(503, true, "failed")]
    public async Task Refusals_have_a_code_and_keep_secrets(int status, bool transient, string what)
    {
        _server.Enqueue(OpenAiReply.Error(status, "Incorrect API key provided: secret-key", TimeSpan.FromSeconds(7)));
        (LlmException failure, string text) = await _client.FailureAsync();
        Assert.Equal(LlmException.Unavailable, failure.Code);
        Assert.Equal(transient, failure.IsTransient);
        Assert.Equal(TimeSpan.FromSeconds(7), failure.RetryAfter);
        Assert.Contains(what, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-key", failure.Message, StringComparison.Ordinal);
        Assert.Empty(text);
        Assert.Single(_server.Requests);
    }

    [Fact]
    public async Task A_port_where_nobody_listens_is_unavailable()
    {
        Uri gone = _server.BaseUrl;
        await _server.DisposeAsync();
        using var client = new OpenAiChatClient(new LlmEndpoint(gone, "m", null), _http);
        (LlmException failure, _) = await client.FailureAsync();
        Assert.Equal(LlmException.Unavailable, failure.Code);
        Assert.True(failure.IsTransient);
    }

    [Fact]
    public async Task Nonsense_is_a_bad_reply()
    {
        _server.Enqueue(OpenAiReply.Garbage(), OpenAiReply.WebPage(), new OpenAiReply { Pieces = [] });
        for (int i = 0; i < 3; i++)
        {
            (LlmException failure, string text) = await _client.FailureAsync();
            Assert.Equal(LlmException.BadReply, failure.Code);
            Assert.Empty(text);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stream_that_breaks_off_is_a_bad_reply(bool abort)
    {
        // The connection is cut once the first word arrived: a reset throws away what was not read yet.
        var read = new TaskCompletionSource();
        _server.Enqueue(OpenAiReply.Truncated(abort, "I am ", "sorry") with { StallBefore = 3, Stall = read.Task });
        List<string> texts = [];
        LlmException failure = await Assert.ThrowsAsync<LlmException>(async () =>
        {
            await foreach (ChatResponseUpdate update in _client.GetStreamingResponseAsync(Replies.Ask(), null, Replies.Limit))
            {
                texts.Add(update.Text);
                read.TrySetResult();
            }
        });
        Assert.Equal(LlmException.BadReply, failure.Code);
        Assert.Equal("I am ", texts[0]);
    }

    [Fact]
    public async Task A_half_written_tool_call_is_never_yielded()
    {
        OpenAiReply whole = OpenAiReply.ToolCall("c1", "book", "{\"party\":4}");
        _server.Enqueue(whole with { Pieces = [.. whole.Pieces.Take(3)] });
        List<ChatResponseUpdate> updates = [];
        await Assert.ThrowsAsync<LlmException>(async () =>
        {
            await foreach (ChatResponseUpdate update in _client.GetStreamingResponseAsync(Replies.Ask()))
                updates.Add(update);
        });
        Assert.Empty(updates.Contents<FunctionCallContent>());
    }

    [Fact]
    public async Task An_endless_stream_is_cut_and_its_request_closed()
    {
        _server.Enqueue(OpenAiReply.WithoutEnd("la la la la la la la la la la la la la la la la la la la la la la la la "));
        List<ChatResponseUpdate> updates = await _client.CollectAsync();
        Assert.Equal(ChatFinishReason.Length, updates[^1].FinishReason);
        Assert.InRange(updates.Text().Length, 16_000, 32 * 1024);
        await _server.Requests[0].Aborted.WaitAsync(Replies.Limit);
    }

    [Fact]
    public async Task Cancellation_closes_the_request()
    {
        var never = new TaskCompletionSource();
        _server.Enqueue(OpenAiReply.Text("One ", "two") with { StallBefore = 2, Stall = never.Task });
        using var cancel = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (ChatResponseUpdate update in _client.GetStreamingResponseAsync(Replies.Ask(), null, cancel.Token))
                await cancel.CancelAsync();
        });
        await _server.Requests[0].Aborted.WaitAsync(Replies.Limit);
    }

    [Fact]
    public async Task Leaving_the_loop_closes_the_request()
    {
        var never = new TaskCompletionSource();
        _server.Enqueue(OpenAiReply.Text("One ", "two") with { StallBefore = 2, Stall = never.Task });
        await foreach (ChatResponseUpdate update in _client.GetStreamingResponseAsync(Replies.Ask(), null, Replies.Limit))
            break;
        await _server.Requests[0].Aborted.WaitAsync(Replies.Limit);
    }
}
