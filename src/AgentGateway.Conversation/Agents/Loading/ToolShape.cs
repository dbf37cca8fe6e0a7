using System.Text.Json;
using AgentGateway.Conversation.Agents.Documents;

namespace AgentGateway.Conversation.Agents.Loading;

/// <summary>A tool's JSON file as it is written, before its schema and settings are checked.</summary>
internal sealed record ToolSource
{
    public string Name { get; init; } = "";

    public string Description { get; init; } = "";

    public MappingNode? Parameters { get; init; }

    public BindingSource Binding { get; init; } = new();

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    public string? SayBefore { get; init; }

    public string? Filler { get; init; }

    public TimeSpan FillerAfter { get; init; } = TimeSpan.FromSeconds(3);

    public string? OnTimeout { get; init; }

    public ToolDefinition ToDefinition() => new()
    {
        Name = Name,
        Description = Description,
        Parameters = NodeJson.ToElement(Parameters!),
        Binding = new ToolBinding
        {
            Builtin = Binding.Builtin,
            Http = Binding.Http,
            Settings = Binding.Settings is null ? null : NodeJson.ToElement(Binding.Settings),
        },
        Timeout = Timeout,
        SayBefore = SayBefore,
        Filler = Filler,
        FillerAfter = FillerAfter,
        OnTimeout = OnTimeout,
    };
}

/// <summary>The "binding" of a tool's file.</summary>
internal sealed record BindingSource
{
    public string? Builtin { get; init; }

    public Uri? Http { get; init; }

    public MappingNode? Settings { get; init; }
}

/// <summary>A tool's JSON file, key by key.</summary>
internal static class ToolShape
{
    private static readonly ObjectShape<BindingSource> Binding = new ObjectShape<BindingSource>(() => new BindingSource())
        .Key("builtin", new TextShape(64), (o, v) => o with { Builtin = v }, "The name of a built-in function.")
        .Key("http", new HttpUrlShape(), (o, v) => o with { Http = v }, "The arguments are POSTed there as JSON.")
        .Key("settings", new AnyObjectShape(), (o, v) => o with { Settings = v }, "Settings of the built-in function.");

    /// <summary>The whole file.</summary>
    public static readonly ObjectShape<ToolSource> Instance = new ObjectShape<ToolSource>(() => new ToolSource())
        .Key("name", new TextShape(64, 1, "^[A-Za-z0-9_-]+$", "letters, digits, '_' and '-'"), (o, v) => o with { Name = v }, "The name the model calls.", required: true)
        .Key("description", new TextShape(1024), (o, v) => o with { Description = v }, "What it does, for the model.", required: true)
        .Key("parameters", new AnyObjectShape(), (o, v) => o with { Parameters = v }, "JSON Schema of the arguments.", required: true)
        .Key("binding", Binding, (o, v) => o with { Binding = v }, "What runs.", required: true)
        .Key("timeout_ms", new MillisecondsShape(50, 120_000), (o, v) => o with { Timeout = v }, "How long a call may take. Default: 10000.")
        .Key("say_before", new TextShape(200), (o, v) => o with { SayBefore = v }, "Spoken before the tool runs, when the model said nothing itself.")
        .Key("filler", new TextShape(200), (o, v) => o with { Filler = v }, "Spoken once when the tool takes long.")
        .Key("filler_after_ms", new MillisecondsShape(100, 60_000), (o, v) => o with { FillerAfter = v }, "How long to wait before the filler. Default: 3000.")
        .Key("on_timeout", new TextShape(400), (o, v) => o with { OnTimeout = v }, "What the model is told when the tool did not answer in time.");
}

/// <summary>Turns nodes back into JSON.</summary>
internal static class NodeJson
{
    public static JsonElement ToElement(DocumentNode node)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
            Write(writer, node);
        using JsonDocument document = JsonDocument.Parse(stream.ToArray());
        return document.RootElement.Clone();
    }

    private static void Write(Utf8JsonWriter writer, DocumentNode node)
    {
        switch (node)
        {
            case MappingNode mapping:
                writer.WriteStartObject();
                foreach (MappingEntry entry in mapping.Entries)
                {
                    writer.WritePropertyName(entry.Key);
                    Write(writer, entry.Value);
                }

                writer.WriteEndObject();
                break;
            case SequenceNode sequence:
                writer.WriteStartArray();
                foreach (DocumentNode item in sequence.Items)
                    Write(writer, item);
                writer.WriteEndArray();
                break;
            case ScalarNode { Kind: ScalarKind.Text } text:
                writer.WriteStringValue(text.Value);
                break;
            case ScalarNode scalar:
                writer.WriteRawValue(scalar.Value);
                break;
            default:
                throw new InvalidOperationException("unknown node");
        }
    }
}
