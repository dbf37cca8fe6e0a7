namespace AgentGateway.Conversation.Agents.Documents;

/// <summary>Where something stands in a file; both from 1.</summary>
internal readonly record struct SourcePosition(int Line, int Column);

/// <summary>A value of a YAML or JSON document that knows where it stands.</summary>
internal abstract record DocumentNode(SourcePosition Position)
{
    /// <summary>What it is, for messages: "the number 4", "a list".</summary>
    public abstract string Describe();
}

/// <summary>What a scalar is under the YAML 1.2 core schema, which is also JSON's.</summary>
internal enum ScalarKind
{
    Text,
    Integer,
    Number,
    Boolean,
    Null,
}

/// <summary>A single value.</summary>
internal sealed record ScalarNode(SourcePosition Position, string Value, ScalarKind Kind) : DocumentNode(Position)
{
    public override string Describe() => Kind switch
    {
        ScalarKind.Null => "nothing",
        ScalarKind.Boolean => Value,
        ScalarKind.Text => $"'{(Value.Length > 40 ? Value[..40] + "…" : Value)}'",
        _ => $"the number {Value}",
    };
}

/// <summary>A list.</summary>
internal sealed record SequenceNode(SourcePosition Position, IReadOnlyList<DocumentNode> Items) : DocumentNode(Position)
{
    public override string Describe() => "a list";
}

/// <summary>Keys and values; keys are unique.</summary>
internal sealed record MappingNode(SourcePosition Position, IReadOnlyList<MappingEntry> Entries) : DocumentNode(Position)
{
    public override string Describe() => "keys with values";

    public DocumentNode? Find(string key) => Entries.FirstOrDefault(entry => entry.Key == key)?.Value;
}

/// <summary>A key of a mapping.</summary>
internal sealed record MappingEntry(string Key, SourcePosition KeyPosition, DocumentNode Value);
