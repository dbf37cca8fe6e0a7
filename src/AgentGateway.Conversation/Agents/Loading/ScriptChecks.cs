using System.Text.RegularExpressions;
using AgentGateway.Conversation.Agents.Documents;

namespace AgentGateway.Conversation.Agents.Loading;

/// <summary>What the shape of a script cannot say: names that must exist elsewhere, and fields that belong together.</summary>
internal static partial class ScriptChecks
{
    public static void Check(ScriptDefinition script, MappingNode root, IReadOnlyList<ToolDefinition> tools, ProblemList problems)
    {
        if (script.Intents.Count == 0)
            problems.Add(root.Find("intents")!.Position, "expected at least one intent");
        foreach (ScriptIntent intent in script.Intents)
            CheckIntent(intent, (MappingNode)Find(root, "intents", intent.Name), tools, problems);
    }

    private static void CheckIntent(ScriptIntent intent, MappingNode node, IReadOnlyList<ToolDefinition> tools, ProblemList problems)
    {
        HashSet<string> slots = [.. intent.Slots.Select(slot => slot.Name)];
        foreach (ScriptSlot slot in intent.Slots)
            CheckSlot(slot, (MappingNode)Find(node, "slots", slot.Name), problems);

        CheckPlaceholders(node.Find("answer"), intent.Answer, slots, intent.Call is not null, problems);
        if (intent.Confirm is not null)
        {
            CheckPlaceholders(node.Find("confirm"), [intent.Confirm], slots, mayUseResult: false, problems);
            if (slots.Count == 0)
                problems.Add(node.Find("confirm")!.Position, "there are no slots to confirm");
        }

        if (intent.EndsCall && !tools.Any(tool => tool.Binding.Builtin == "end_call"))
            problems.Add(node.Find("end_call")!.Position, "end_call needs a tool with \"binding\": { \"builtin\": \"end_call\" }");
        if (intent.Errors.Count > 0 && intent.Call is null)
            problems.Add(node.Find("errors")!.Position, "errors are those of a tool, but the intent has no 'call'");
        foreach (ScriptToolError error in intent.Errors)
        {
            var at = (MappingNode)Find(node, "errors", error.Code);
            CheckPlaceholders(at.Find("say"), [error.Say], slots, mayUseResult: true, problems);
            foreach (string slot in error.AskAgain.Where(slot => !slots.Contains(slot)))
                problems.Add(at.Find("ask_again")!.Position, $"the intent has no slot '{slot}'{Suggestion.For(slot, slots)}");
        }

        if (intent.Call is not null)
            CheckCall(intent, node, tools, problems);
    }

    private static void CheckCall(ScriptIntent intent, MappingNode node, IReadOnlyList<ToolDefinition> tools, ProblemList problems)
    {
        ToolDefinition? tool = tools.FirstOrDefault(tool => tool.Name == intent.Call);
        if (tool is null)
        {
            problems.Add(node.Find("call")!.Position, $"the agent has no tool '{intent.Call}'{Suggestion.For(intent.Call!, tools.Select(t => t.Name))}");
            return;
        }

        if (!tool.Parameters.TryGetProperty("properties", out System.Text.Json.JsonElement properties))
            return;
        string[] arguments = [.. properties.EnumerateObject().Select(property => property.Name)];
        foreach (ScriptSlot slot in intent.Slots.Where(slot => !arguments.Contains(slot.Name)))
            problems.Add(Find(node, "slots", slot.Name).Position, $"the tool '{tool.Name}' has no argument '{slot.Name}'{Suggestion.For(slot.Name, arguments)}");
    }

    private static void CheckSlot(ScriptSlot slot, MappingNode node, ProblemList problems)
    {
        Dictionary<string, ScriptSlotType> owners = new(StringComparer.Ordinal)
        {
            ["min"] = ScriptSlotType.Number, ["max"] = ScriptSlotType.Number,
            ["from"] = ScriptSlotType.Time, ["to"] = ScriptSlotType.Time, ["options"] = ScriptSlotType.Choice,
        };
        foreach ((string key, ScriptSlotType owner) in owners)
        {
            if (slot.Type != owner && node.Find(key) is { } misplaced)
                problems.Add(misplaced.Position, $"'{key}' belongs to slots of type {owner.ToString().ToLowerInvariant()}, not {slot.Type.ToString().ToLowerInvariant()}");
        }

        if (slot.Min > slot.Max)
            problems.Add((node.Find("min") ?? node).Position, "min is above max");
        if (slot.From > slot.To)
            problems.Add((node.Find("from") ?? node).Position, "from is after to");
        if (slot.Type == ScriptSlotType.Choice && slot.Options.Count < 2)
            problems.Add(node.Position, "a choice needs at least two options");
    }

    private static void CheckPlaceholders(DocumentNode? node, IEnumerable<string> texts, HashSet<string> slots, bool mayUseResult, ProblemList problems)
    {
        foreach (string text in texts)
        {
            foreach (Match match in Placeholder().Matches(text))
            {
                string name = match.Groups[1].Value;
                if (slots.Contains(name) || (mayUseResult && name.StartsWith("result.", StringComparison.Ordinal)))
                    continue;
                string known = slots.Count == 0 ? "this intent has no slots" : "expected one of " + string.Join(", ", slots.Order(StringComparer.Ordinal));
                problems.Add(node!.Position, $"unknown placeholder '{{{name}}}'; {known}{Suggestion.For(name, slots)}");
            }
        }
    }

    private static DocumentNode Find(MappingNode root, params ReadOnlySpan<string> path)
    {
        DocumentNode node = root;
        foreach (string key in path)
            node = ((MappingNode)node).Find(key)!;
        return node;
    }

    [GeneratedRegex(@"\{([^{}]*)\}")]
    internal static partial Regex Placeholder();
}
