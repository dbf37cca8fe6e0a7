using System.Globalization;
using System.Text;
using System.Text.Json;
using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Script;
using AgentGateway.Conversation.Tools;
using AgentGateway.Testing.Conversation;
using Microsoft.Extensions.AI;

namespace AgentGateway.Conversation.Tests.Script;

/// <summary>A conversation with an agent's script through the tool loop, as a session would have it.</summary>
internal sealed class Dialogue : IDisposable
{
    private readonly List<ChatMessage> _history = [];
    private readonly ToolLoopChatClient _client;
    private readonly ChatOptions _options;
    private readonly ManualTimeProvider _time;

    public Dialogue(AgentDefinition agent, DateTime? now = null, BuiltinTools? tools = null)
    {
        _time = new ManualTimeProvider(new DateTimeOffset(now ?? new DateTime(2026, 11, 18, 15, 0, 0), TimeSpan.Zero));
        tools ??= new BuiltinTools(_time);
        _options = new ChatOptions { Tools = [.. agent.Tools.Select(tool => tools.Create(agent, tool))] };
        _client = new ToolLoopChatClient(new ScriptChatClient(agent, _time), Recorder, time: _time);
        if (agent.Greeting is not null)
            _history.Add(new ChatMessage(ChatRole.Assistant, agent.Greeting));
    }

    public ToolRecorder Recorder { get; } = new();

    public IReadOnlyList<ChatMessage> History => _history;

    public void Dispose() => _client.Dispose();

    /// <summary>Says something; the answer's text.</summary>
    public async Task<string> SayAsync(string text)
    {
        Recorder.Clear();
        _history.Add(new ChatMessage(ChatRole.User, text));
        List<ChatResponseUpdate> updates = [];
        await foreach (ChatResponseUpdate update in _client.GetStreamingResponseAsync(_history, _options))
            updates.Add(update);
        var answer = new StringBuilder();
        foreach (ChatResponseUpdate update in updates)
            answer.Append(update.Text);
        _history.AddMessages(updates);
        return answer.ToString();
    }
}

/// <summary>Remembers the tool calls of a reply.</summary>
internal sealed class ToolRecorder : IToolLoopObserver
{
    public List<(string Id, string Name, JsonElement Arguments)> Started { get; } = [];

    public List<(string Id, string Name, JsonElement Result, bool Failed)> Completed { get; } = [];

    public int EndCallRequests { get; private set; }

    public void ToolCallStarted(string callId, string name, string argumentsJson) =>
        Started.Add((callId, name, JsonDocument.Parse(argumentsJson).RootElement));

    public void ToolCallCompleted(string callId, string name, string resultJson, bool failed) =>
        Completed.Add((callId, name, JsonDocument.Parse(resultJson).RootElement, failed));

    public void EndCallRequested() => EndCallRequests++;

    public void Clear()
    {
        Started.Clear();
        Completed.Clear();
    }

    public override string ToString() => string.Join("; ", Started.Select(call => string.Create(CultureInfo.InvariantCulture, $"{call.Name}{call.Arguments}")));
}
