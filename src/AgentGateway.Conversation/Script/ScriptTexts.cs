using System.Collections.Immutable;
using System.Text.Json;
using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Agents.Loading;

namespace AgentGateway.Conversation.Script;

/// <summary>Chooses among texts in turn and fills placeholders.</summary>
internal static class ScriptTexts
{
    /// <summary>The next text of a list; the same history chooses the same text.</summary>
    public static (string Text, ScriptState State) Next(ScriptState state, string key, IReadOnlyList<string> texts)
    {
        if (texts.Count == 0)
            return ("", state);
        int used = state.Uses.GetValueOrDefault(key);
        return (texts[used % texts.Count], state with { Uses = state.Uses.SetItem(key, used + 1) });
    }

    /// <summary>Fills {slot} and {result.field}; what is unknown becomes nothing.</summary>
    public static string Fill(string text, ImmutableDictionary<string, SlotValue> values, JsonElement? result)
    {
        if (!text.Contains('{', StringComparison.Ordinal))
            return text;
        return ScriptChecks.Placeholder().Replace(text, match =>
        {
            string name = match.Groups[1].Value;
            if (values.TryGetValue(name, out SlotValue? value))
                return value.Spoken;
            return name.StartsWith("result.", StringComparison.Ordinal) && result is { ValueKind: JsonValueKind.Object } json
                && json.TryGetProperty(name[7..], out JsonElement field)
                ? field.ValueKind == JsonValueKind.String ? field.GetString()! : field.GetRawText()
                : "";
        });
    }

    /// <summary>The intent's own text for an error of its tool: by code, else "any", else none.</summary>
    public static ScriptToolError? ErrorOf(ScriptIntent intent, string code) =>
        intent.Errors.FirstOrDefault(error => error.Code == code) ?? intent.Errors.FirstOrDefault(error => error.Code == "any");
}
