using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using AgentGateway.Host;
using AgentGateway.Interop.Support;
using AgentGateway.Net;
using AgentGateway.Testing.Calls;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace AgentGateway.Interop;

/// <summary>The gateway as a library of somebody's application, as the README shows it.</summary>
[Collection("real peers")]
public sealed class ApplicationTests
{
    private const string Filler = "One moment, please.";
    private const string AgentFile = "---\ndisplay_name: Porter\ndescription: Knows the rooms.\nllm: { provider: host }\n---\n\n# System\n\nYou know the rooms.\n\n# Greeting\n\nHello.\n";

    [Fact]
    public async Task An_application_answers_with_its_own_client_and_tool()
    {
        using var folder = new WorkFolder();
        Directory.CreateDirectory(folder["porter"]);
        File.WriteAllText(folder["porter/agent.md"], AgentFile);
        WebApplicationBuilder builder = WebApplication.CreateBuilder(
            ["--urls=http://127.0.0.1:0", $"--Agents:Path={folder["."]}", "--Media:Ports:0=0", "--Media:ListenAddress=127.0.0.1", "--Media:WarmUp=false"]);
        builder.Logging.ClearProviders();
        builder.AddAgentGateway(gateway => gateway
            .AddChatClient("porter", _ => new Porter())
            .AddTool(AIFunctionFactory.Create((string name) => $"room {name.Length * 10}", "room_of", "Finds a guest's room.")));
        await using WebApplication app = builder.Build();
        app.MapAgentGateway();
        await app.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        await using MediaTransport callers = WebRtcCaller.StartTransport();
        var caller = new WebRtcCaller();
        await caller.CallAsync(callers, offer => PostAsync(http, offer));
        await caller.Connected;

        string answer = await AskAsync(caller, "Where does Miller live?");

        Assert.Equal("Miller has room 60.", answer);
        await caller.HangUpAsync();
    }

    private static async Task<string> PostAsync(HttpClient http, string offer)
    {
        using var content = new StringContent(offer, Encoding.UTF8, "application/sdp");
        using HttpResponseMessage response = await http.PostAsync(new Uri("/whip/porter", UriKind.Relative), content);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsStringAsync();
    }

    /// <summary>Types a question and reads what the agent says from then on, to the end of its turn.</summary>
    private static async Task<string> AskAsync(WebRtcCaller caller, string question)
    {
        await caller.SendAsync("""{"label":"rtvi-ai","type":"client-ready","id":"1","data":{"version":"2.1.0"}}""");
        bool asked = false;
        using var limit = new CancellationTokenSource(WebRtcCaller.Limit);
        await foreach (string text in caller.Messages.ReadAllAsync(limit.Token))
        {
            JsonElement message = JsonDocument.Parse(text).RootElement;
            switch (message.GetProperty("type").GetString())
            {
                case "bot-ready":
                    string data = JsonSerializer.Serialize(new { content = question });
                    await caller.SendAsync($$"""{"label":"rtvi-ai","type":"send-text","id":"2","data":{{data}}}""");
                    break;
                case "user-llm-text":
                    asked = true;
                    break;
                case "bot-output" when asked && message.GetProperty("data").GetProperty("spoken_status").GetString() == "completed":
                    // On a busy machine the agent may bridge the time that the answer takes.
                    string said = message.GetProperty("data").GetProperty("text").GetString()!;
                    if (said != Filler)
                        return said;
                    break;
            }
        }

        return "";
    }

    /// <summary>Asks the tool for the room of the third word, then says it.</summary>
    private sealed class Porter : IChatClient
    {
        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await Task.CompletedTask;
            ChatMessage last = messages.Last();
            yield return last.Contents.OfType<FunctionResultContent>().FirstOrDefault() is { } result
                ? new ChatResponseUpdate(ChatRole.Assistant, $"Miller has {result.Result}.")
                : new ChatResponseUpdate(ChatRole.Assistant, [new FunctionCallContent("call_1", options!.Tools!.Single().Name, new Dictionary<string, object?> { ["name"] = last.Text.Split(' ')[2] })]);
        }

        public Task<ChatResponse> GetResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
