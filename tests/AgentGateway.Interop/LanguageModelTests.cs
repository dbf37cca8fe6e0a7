using System.Text.Json;
using AgentGateway.Interop.Support;
using AgentGateway.Testing.OpenAi;

namespace AgentGateway.Interop;

/// <summary>The gateway against a real HTTP server that speaks OpenAI's streaming protocol, with a real caller.</summary>
[Collection("real peers")]
public sealed class LanguageModelTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_configured_endpoint_answers_calls_the_tool_and_is_told_the_result()
    {
        using var folder = new WorkFolder();
        await using FakeOpenAiServer server = await FakeOpenAiServer.StartAsync();
        server.Enqueue(
            OpenAiReply.ToolCall("call_1", "book_table", """{"date":"2031-05-""", """06","time":"19:30","party_size":4,"name":"Smith"}"""),
            OpenAiReply.Text("The restaurant is open ", "from Tuesday to Sunday. ", "How can I help you?"));
        await using GatewayProcess gateway = await StartAsync(server);

        IReadOnlyList<RtviMessage> messages = await CallAsync(gateway, folder, 12, "--say", "5:A table for four, please.");

        Assert.Contains(messages, m => m.Type == "llm-function-call-in-progress" && m.Data.GetProperty("arguments").GetProperty("party_size").GetInt32() == 4);
        Assert.Contains(messages, m => m.Type == "llm-function-call-stopped");
        Assert.Contains(messages, m => m.Type == "bot-output" && m.SpokenStatus == "completed" && m.Text == "The restaurant is open from Tuesday to Sunday.");
        Words.AssertHeard("the restaurant is open from Tuesday to Sunday", await Transcriber.TranscribeAsync(folder["heard.wav"]), 0.6);

        Assert.Equal(2, server.Requests.Count);
        Assert.All(server.Requests, r => Assert.Equal("Bearer test-key", r.Authorization));
        JsonElement asked = server.Requests[0].Body.GetProperty("messages");
        Assert.Equal("system", asked[0].GetProperty("role").GetString());
        Assert.Equal("A table for four, please.", asked[asked.GetArrayLength() - 1].GetProperty("content").ToString());
        JsonElement told = server.Requests[1].Body.GetProperty("messages");
        Assert.Equal("tool", told[told.GetArrayLength() - 1].GetProperty("role").GetString());
        Assert.Equal("call_1", told[told.GetArrayLength() - 1].GetProperty("tool_call_id").GetString());
    }

    [Theory]
    [InlineData("down")]
    [InlineData("error")]
    [InlineData("garbage")]
    [InlineData("webpage")]
    public async Task An_endpoint_that_fails_is_reported_and_the_caller_still_gets_an_answer(string failure)
    {
        using var folder = new WorkFolder();
        FakeOpenAiServer server = await FakeOpenAiServer.StartAsync();
        server.Answer = _ => failure switch
        {
            "error" => OpenAiReply.Error(500),
            "garbage" => OpenAiReply.Garbage(),
            _ => OpenAiReply.WebPage(),
        };
        await using GatewayProcess gateway = await StartAsync(server);
        if (failure == "down")
            await server.DisposeAsync();

        IReadOnlyList<RtviMessage> messages = await CallAsync(gateway, folder, 13, "--say", "5:What are your opening hours?");
        if (failure != "down")
            await server.DisposeAsync();

        int asked = messages.ToList().FindIndex(m => m.Type == "user-llm-text");
        Assert.True(asked >= 0);
        RtviMessage error = Assert.Single(messages, m => m.Type == "error");
        Assert.False(error.Data.GetProperty("fatal").GetBoolean());
        Assert.StartsWith("llm_", error.Data.GetProperty("code").GetString());
        Assert.Contains(messages.Skip(asked), m => m.Type == "bot-output" && m.SpokenStatus == "completed" && m.Text.Contains("Monday", StringComparison.Ordinal));
    }

    private static Task<GatewayProcess> StartAsync(FakeOpenAiServer server) => GatewayProcess.StartOnLoopbackAsync(
        $"Llm:BaseUrl={server.BaseUrl}", "Llm:ApiKey=test-key", "Llm:Model=test-model");

    private static async Task<IReadOnlyList<RtviMessage>> CallAsync(GatewayProcess gateway, WorkFolder folder, double seconds, params string[] more)
    {
        JsonElement result = await PeerProcess.RunAsync(
            Timeout,
            "/usr/bin/python3",
            [
                AiortcTests.Script, "--url", gateway.Url.GetLeftPart(UriPartial.Authority), "--agent", "receptionist", "--microphone",
                new SpeechTimeline().Silence(seconds).Save(folder["said.wav"]), "--recording", folder["heard.wav"],
                "--seconds", FormattableString.Invariant($"{seconds:F1}"), .. more,
            ]);
        return RtviMessage.ReadAll(result);
    }
}
