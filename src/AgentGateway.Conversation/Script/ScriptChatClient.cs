using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Tools;
using Microsoft.Extensions.AI;

namespace AgentGateway.Conversation.Script;

/// <summary>
/// The dialogue of an agent's file as a chat model: streams words, calls tools like a language model would. It keeps nothing between
/// requests: the state is computed by playing the history's caller messages and tool results through the script again, so a cut or
/// repeated request gives the same answer. System messages are not read. Thread-safe.
/// </summary>
public sealed class ScriptChatClient : IChatClient
{
    private readonly ScriptEngine _engine;
    private readonly TimeZoneInfo? _zone;
    private readonly TimeProvider _time;
    private readonly ChatClientMetadata _metadata;

    /// <summary>Creates the client.</summary>
    /// <param name="agent">An agent with a script.</param>
    /// <param name="time">The clock; the system's by default.</param>
    /// <exception cref="ArgumentException">The agent has no script.</exception>
    public ScriptChatClient(AgentDefinition agent, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(agent);
        ScriptDefinition script = agent.Script ?? throw new ArgumentException($"The agent '{agent.Name}' has no script.", nameof(agent));
        _engine = new ScriptEngine(script, agent.Tools.FirstOrDefault(tool => tool.Binding.Builtin == BuiltinTools.EndCall)?.Name);
        _zone = agent.TimeZone;
        _time = time ?? TimeProvider.System;
        _metadata = new ChatClientMetadata("script", defaultModelId: $"{agent.Name}@{agent.Version}");
    }

    /// <inheritdoc/>
    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        await GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        (IReadOnlyList<ScriptAction> actions, int turn, ListeningContext listen) = Replay([.. messages]);
        HashSet<string> offered = [.. (options?.Tools ?? []).Select(tool => tool.Name)];
        string responseId = string.Create(CultureInfo.InvariantCulture, $"script-{turn}");
        bool calls = false;
        for (int i = 0; i < actions.Count; i++)
        {
            switch (actions[i])
            {
                case SayAction say:
                    foreach (string piece in Pieces(say.Text))
                    {
                        cancellationToken.ThrowIfCancellationRequested();
                        yield return Update(responseId, new TextContent(piece), say.Interruptible);
                    }

                    break;
                case CallAction call when offered.Contains(call.Tool):
                    calls = true;
                    yield return Update(
                        responseId,
                        new FunctionCallContent(string.Create(CultureInfo.InvariantCulture, $"script-{turn}-{i}"), call.Tool, new Dictionary<string, object?>(call.Arguments)));
                    break;
                default:
                    // The tool loop withdrew its tools: there is nothing left to say.
                    break;
            }
        }

        yield return new ChatResponseUpdate
        {
            Role = ChatRole.Assistant,
            ResponseId = responseId,
            ModelId = _metadata.DefaultModelId,
            FinishReason = calls ? ChatFinishReason.ToolCalls : ChatFinishReason.Stop,
            AdditionalProperties = listen == ListeningContext.Auto ? null : new AdditionalPropertiesDictionary { [ListeningHint.Property] = listen },
        };
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(ChatClientMetadata) ? _metadata
            : serviceType.IsInstanceOfType(this) ? this : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing is held.
    }

    /// <summary>Plays the history; what is to be done now, and the number of the caller's message it answers.</summary>
    private (IReadOnlyList<ScriptAction> Actions, int Turn, ListeningContext Listen) Replay(IReadOnlyList<ChatMessage> messages)
    {
        var state = new ScriptState();
        IReadOnlyList<ScriptAction> actions = [];
        Dictionary<string, string> callNames = new(StringComparer.Ordinal);
        string? lastHeard = null;
        int turn = 0;
        DateTime now = Local(_time.GetUtcNow());
        foreach (ChatMessage message in messages)
        {
            foreach (FunctionCallContent call in message.Contents.OfType<FunctionCallContent>())
                callNames[call.CallId] = call.Name;
            if (message.Role == ChatRole.Assistant && message.Text.Length > 0)
            {
                lastHeard = message.Text;
            }
            else if (message.Role == ChatRole.User)
            {
                turn++;
                ScriptStep step = _engine.Hear(state, message.Text, message.CreatedAt is { } at ? Local(at) : now, lastHeard);
                (state, actions) = (step.State, step.Actions);
            }
            else if (message.Role == ChatRole.Tool)
            {
                foreach (FunctionResultContent result in message.Contents.OfType<FunctionResultContent>())
                {
                    bool awaited = state.Intent?.Call is { } tool && callNames.GetValueOrDefault(result.CallId) == tool;
                    ScriptStep step = awaited ? _engine.Finish(state, ToElement(result.Result)) : new ScriptStep(state, []);
                    (state, actions) = (step.State, step.Actions);
                }
            }
        }

        ListeningContext listen = state is { Stage: ScriptStage.Asking, Intent: { } intent }
            ? intent.Slots.FirstOrDefault(slot => slot.Name == state.Slot)?.Listen ?? ListeningContext.Auto
            : ListeningContext.Auto;
        return (turn == 0 ? [] : actions, turn, listen);
    }

    private DateTime Local(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, _zone ?? _time.LocalTimeZone).DateTime;

    private static JsonElement ToElement(object? result)
    {
        switch (result)
        {
            case JsonElement element:
                return element;
            case string text:
                try
                {
                    using JsonDocument document = JsonDocument.Parse(text);
                    return document.RootElement.Clone();
                }
                catch (JsonException)
                {
                    return ToolArguments.ToJson([new("result", text)]);
                }

            default:
                return ToolArguments.ToJson([new("result", result)]);
        }
    }

    private static ChatResponseUpdate Update(string responseId, AIContent content, bool interruptible = true) => new(ChatRole.Assistant, [content])
    {
        ResponseId = responseId,
        AdditionalProperties = interruptible ? null : new AdditionalPropertiesDictionary { [InterruptibleHint.Property] = false },
    };

    /// <summary>Words with the space behind them, as a model streams them.</summary>
    private static IEnumerable<string> Pieces(string text)
    {
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == ' ' && i + 1 < text.Length)
            {
                yield return text[start..(i + 1)];
                start = i + 1;
            }
        }

        if (start < text.Length)
            yield return text[start..];
    }
}
