using System.Text.Json;
using AgentGateway.Interop.Support;
using AgentGateway.Testing.OpenAi;

namespace AgentGateway.Interop;

/// <summary>The gateway against a real HTTP server that speaks OpenAI's streaming protocol, with a real caller.</summary>
[Collection("real peers")]
public sealed class LanguageModelTests
{
    [Fact]
    public async Task A_configured_endpoint_answers_calls_the_tool_and_is_told_the_result()
    {
        using var folder = new WorkFolder();
        await using FakeOpenAiServer server = await FakeOpenAiServer.StartAsync();
        server.Enqueue(
            OpenAiReply.ToolCall("call_1", "book_table", """{"date":"2031-05-""", """06","time":"19:30","party_size":4,"name":"Smith"}"""),
            OpenAiReply.Text("The restaurant is open ", "from Tuesday to Sunday. ", "How can I help you?"));
        await using GatewayProcess gateway = await StartAsync(server);

        IReadOnlyList<RtviMessage> messages = await CallAsync(gateway, folder, "A table for four, please.", AiortcCaller.Wait("bot-output", "from Tuesday to Sunday."));

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

        IReadOnlyList<RtviMessage> messages = await CallAsync(gateway, folder, "What are your opening hours?", AiortcCaller.Wait("error"));
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

    /// <summary>Types when the greeting is over, and listens to the end of what the agent says from a message on.</summary>
    private static async Task<IReadOnlyList<RtviMessage>> CallAsync(GatewayProcess gateway, WorkFolder folder, string typed, object answered)
    {
        JsonElement result = await AiortcCaller.CallAsync(
            gateway, "receptionist", folder,
            [AiortcCaller.Wait("bot-stopped-speaking"), AiortcCaller.Say(typed), answered, AiortcCaller.Wait("bot-stopped-speaking"), AiortcCaller.Pause(1)]);
        return RtviMessage.ReadAll(result);
    }
}
