using AgentGateway.Conversation.Agents.Documents;
using AgentGateway.Conversation.Tools;

namespace AgentGateway.Conversation.Agents.Loading;

/// <summary>Reads a tool's file and checks that what it binds to exists.</summary>
internal static class ToolReader
{
    public static ToolDefinition? Read(string text, ProblemList problems)
    {
        DocumentNode? node = JsonReader.Read(text, problems);
        if (node is null || !ToolShape.Instance.TryBind(node, problems, out ToolSource? source) || problems.Count > 0)
            return null;
        var root = (MappingNode)node;
        CheckParameters(source.Parameters!, problems);
        CheckBinding(source.Binding, root.Find("binding")!, problems);
        return problems.Count > 0 ? null : source.ToDefinition();
    }

    private static void CheckParameters(MappingNode parameters, ProblemList problems)
    {
        if (parameters.Find("type") is not ScalarNode { Value: "object" })
            problems.Add((parameters.Find("type") ?? parameters).Position, "expected a schema of an object: \"type\": \"object\"");
        if (parameters.Find("properties") is { } properties and not MappingNode)
            problems.Add(properties.Position, "expected an object that names the arguments");
        if (parameters.Find("required") is not { } required)
            return;
        if (required is not SequenceNode list)
        {
            problems.Add(required.Position, "expected a list of argument names");
            return;
        }

        var known = parameters.Find("properties") as MappingNode;
        foreach (DocumentNode item in list.Items)
        {
            if (item is not ScalarNode scalar || known?.Find(scalar.Value) is null)
            {
                string hint = item is ScalarNode word ? Suggestion.For(word.Value, known?.Entries.Select(entry => entry.Key) ?? []) : "";
                problems.Add(item.Position, $"{item.Describe()} is required but is not among the properties{hint}");
            }
        }
    }

    private static void CheckBinding(BindingSource binding, DocumentNode node, ProblemList problems)
    {
        if (binding.Builtin is null == binding.Http is null)
        {
            problems.Add(node.Position, "expected exactly one of 'builtin' and 'http'");
            return;
        }

        if (binding.Builtin is not null)
        {
            DocumentNode at = ((MappingNode)node).Find("builtin")!;
            if (!BuiltinTools.Names.Contains(binding.Builtin))
                problems.Add(at.Position, $"there is no built-in function '{binding.Builtin}'; expected one of {string.Join(", ", BuiltinTools.Names)}{Suggestion.For(binding.Builtin, BuiltinTools.Names)}");
            else
                BuiltinTools.CheckSettings(binding.Builtin, binding.Settings, problems);
        }
        else if (binding.Settings is not null)
        {
            problems.Add(binding.Settings.Position, "only built-in functions have settings");
        }
    }
}
