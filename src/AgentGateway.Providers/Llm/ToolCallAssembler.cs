using System.Globalization;
using System.Text;
using System.Text.Json;
using AgentGateway.Conversation.Ports;
using Microsoft.Extensions.AI;
using OpenAI.Chat;

namespace AgentGateway.Providers.Llm;

/// <summary>
/// Puts tool calls together from fragments. A fragment belongs to the call of its index, unless it brings another id: some servers give every
/// call the index 0. Bounded in calls and size.
/// </summary>
internal sealed class ToolCallAssembler
{
    private const int MaxCalls = 64;
    private const int MaxArgumentCharacters = 64 * 1024;

    private readonly List<Pending> _calls = [];
    private int _characters;

    public int Count => _calls.Count;

    public void Add(StreamingChatToolCallUpdate fragment)
    {
        Pending? call = _calls.FindLast(call => call.Index == fragment.Index);
        if (call is null || (fragment.ToolCallId is { Length: > 0 } id && call.Id is { Length: > 0 } known && id != known))
        {
            if (_calls.Count >= MaxCalls)
                throw new LlmException(LlmException.BadReply, "The model calls too many tools at once.");
            _calls.Add(call = new Pending(fragment.Index));
        }

        call.Id ??= fragment.ToolCallId;
        call.Name ??= fragment.FunctionName;
        string arguments = fragment.FunctionArgumentsUpdate?.ToString() ?? "";
        _characters += arguments.Length;
        if (_characters > MaxArgumentCharacters)
            throw new LlmException(LlmException.BadReply, "The arguments of a tool call are too long.");
        call.Arguments.Append(arguments);
    }

    /// <summary>The calls; arguments that are no JSON object are marked, so that the tool loop can tell the model.</summary>
    public IEnumerable<FunctionCallContent> Finish(string? completionId)
    {
        for (int i = 0; i < _calls.Count; i++)
        {
            Pending call = _calls[i];
            string id = call.Id is { Length: > 0 } given ? given : string.Create(CultureInfo.InvariantCulture, $"{completionId ?? "call"}-{i}");
            yield return ToContent(id, call.Name ?? "", call.Arguments.ToString());
        }
    }

    private static FunctionCallContent ToContent(string id, string name, string arguments)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(string.IsNullOrWhiteSpace(arguments) ? "{}" : arguments);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return Broken(new JsonException("The arguments are not a JSON object."));
            Dictionary<string, object?> values = new(StringComparer.Ordinal);
            foreach (JsonProperty property in document.RootElement.EnumerateObject())
                values[property.Name] = property.Value.Clone();
            return new FunctionCallContent(id, name, values);
        }
        catch (JsonException e)
        {
            return Broken(e);
        }

        FunctionCallContent Broken(Exception e) => new(id, name) { Exception = e };
    }

    private sealed class Pending(int index)
    {
        public int Index { get; } = index;

        public string? Id { get; set; }

        public string? Name { get; set; }

        public StringBuilder Arguments { get; } = new();
    }
}
