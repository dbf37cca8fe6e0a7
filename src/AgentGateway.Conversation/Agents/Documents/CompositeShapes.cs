using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

namespace AgentGateway.Conversation.Agents.Documents;

/// <summary>A list; an item that is wrong is left out after its problem was added.</summary>
internal sealed class ListShape<T>(Shape<T> item, int maxItems, int minItems = 0, bool orSingle = false) : Shape<IReadOnlyList<T>>
{
    public override bool TryBind(DocumentNode node, ProblemList problems, [MaybeNullWhen(false)] out IReadOnlyList<T> value)
    {
        value = null;
        if (orSingle && node is ScalarNode)
        {
            value = item.TryBind(node, problems, out T? single) ? [single] : [];
            return true;
        }

        if (node is not SequenceNode sequence)
            return Expected(node, problems, orSingle ? "text or a list" : "a list");
        if (sequence.Items.Count < minItems || sequence.Items.Count > maxItems)
        {
            problems.Add(node.Position, $"expected a list of {minItems} to {maxItems} items, found {sequence.Items.Count}");
            return false;
        }

        List<T> items = [];
        foreach (DocumentNode child in sequence.Items)
        {
            if (item.TryBind(child, problems, out T? bound))
                items.Add(bound);
        }

        value = items;
        return true;
    }

    public override JsonObject ToSchema()
    {
        var list = new JsonObject { ["type"] = "array", ["items"] = item.ToSchema(), ["minItems"] = minItems, ["maxItems"] = maxItems };
        return orSingle ? new JsonObject { ["anyOf"] = new JsonArray(item.ToSchema(), list) } : list;
    }
}

/// <summary>Names of the author's choice with values of one shape, in the file's order.</summary>
internal sealed class MapShape<T>(Shape<T> item, TextShape name, int maxItems, Func<T, string, T> withName) : Shape<IReadOnlyList<T>>
{
    public override bool TryBind(DocumentNode node, ProblemList problems, [MaybeNullWhen(false)] out IReadOnlyList<T> value)
    {
        value = null;
        if (node is not MappingNode mapping)
            return Expected(node, problems, "names with values");
        if (mapping.Entries.Count > maxItems)
        {
            problems.Add(node.Position, $"expected at most {maxItems} names, found {mapping.Entries.Count}");
            return false;
        }

        List<T> items = [];
        foreach (MappingEntry entry in mapping.Entries)
        {
            bool named = name.TryBind(new ScalarNode(entry.KeyPosition, entry.Key, ScalarKind.Text), problems, out string? key);
            if (item.TryBind(entry.Value, problems, out T? bound) && named)
                items.Add(withName(bound, key!));
        }

        value = items;
        return true;
    }

    public override JsonObject ToSchema() => new()
    {
        ["type"] = "object",
        ["maxProperties"] = maxItems,
        ["propertyNames"] = name.ToSchema(),
        ["additionalProperties"] = item.ToSchema(),
    };
}

/// <summary>An object with known keys, folded into an immutable record.</summary>
internal sealed class ObjectShape<T>(Func<T> create) : Shape<T>
{
    private readonly List<KeyDeclaration> _keys = [];

    private delegate T Apply(T target, DocumentNode node, ProblemList problems);

    /// <summary>Declares a key. A missing one keeps the record's default.</summary>
    public ObjectShape<T> Key<TValue>(string name, Shape<TValue> shape, Func<T, TValue, T> set, string description, bool required = false)
    {
        _keys.Add(new KeyDeclaration(
            name,
            required,
            (target, node, problems) => shape.TryBind(node, problems, out TValue? value) ? set(target, value) : target,
            () =>
            {
                JsonObject schema = shape.ToSchema();
                schema["description"] = description;
                return schema;
            }));
        return this;
    }

    public override bool TryBind(DocumentNode node, ProblemList problems, [MaybeNullWhen(false)] out T value)
    {
        value = default;
        if (node is not MappingNode mapping)
            return Expected(node, problems, "keys with values: " + string.Join(", ", _keys.Select(key => key.Name)));
        T target = create();
        foreach (MappingEntry entry in mapping.Entries)
        {
            if (_keys.Find(key => key.Name == entry.Key) is { } key)
            {
                target = key.Apply(target, entry.Value, problems);
            }
            else
            {
                string hint = Suggestion.For(entry.Key, _keys.Select(k => k.Name));
                problems.Add(
                    entry.KeyPosition,
                    $"unknown key '{entry.Key}'{(hint.Length > 0 ? hint : "; expected one of " + string.Join(", ", _keys.Select(k => k.Name)))}");
            }
        }

        foreach (KeyDeclaration key in _keys.Where(key => key.Required && mapping.Find(key.Name) is null))
            problems.Add(node.Position, $"the key '{key.Name}' is missing");
        value = target;
        return true;
    }

    public override JsonObject ToSchema()
    {
        var properties = new JsonObject();
        foreach (KeyDeclaration key in _keys)
            properties[key.Name] = key.Schema();
        var schema = new JsonObject { ["type"] = "object", ["additionalProperties"] = false, ["properties"] = properties };
        if (_keys.Any(key => key.Required))
            schema["required"] = new JsonArray([.. _keys.Where(key => key.Required).Select(key => (JsonNode)key.Name)]);
        return schema;
    }

    private sealed record KeyDeclaration(string Name, bool Required, Apply Apply, Func<JsonObject> Schema);
}
