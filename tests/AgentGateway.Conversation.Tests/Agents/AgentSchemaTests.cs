using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentGateway.Conversation.Agents;
using AgentGateway.Testing;

namespace AgentGateway.Conversation.Tests.Agents;

/// <summary>Editors check agent files by the schemas, the gateway by its loader: both must say the same.</summary>
public sealed class AgentSchemaTests
{
    /// <summary>Set to 1 to write the schema files from the loader's tables.</summary>
    private const string WriteVariable = "AGENTGATEWAY_WRITE_SCHEMAS";

    [Fact]
    public void Schema_files_are_those_of_the_loader()
    {
        foreach ((string name, string text) in AgentSchema.Write())
        {
            string path = Path.Combine(TestPaths.RepositoryRoot, "prompts", name);
            if (Environment.GetEnvironmentVariable(WriteVariable) == "1")
                File.WriteAllText(path, text);
            Assert.True(File.Exists(path), $"prompts/{name} is missing; run this test with {WriteVariable}=1");
            Assert.Equal(text, File.ReadAllText(path), ignoreLineEndingDifferences: true);
        }
    }

    public static TheoryData<string, string> Leaves()
    {
        var data = new TheoryData<string, string>();
        JsonObject schema = ReadSchema();
        foreach ((string name, JsonNode? property) in schema["properties"]!.AsObject())
        {
            if (property!["properties"] is JsonObject nested)
            {
                foreach ((string inner, JsonNode? leaf) in nested)
                    data.Add($"{name}.{inner}", leaf!.ToJsonString());
            }
            else
            {
                data.Add(name, property.ToJsonString());
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Leaves))]
    public void The_loader_keeps_the_schema(string key, string schema)
    {
        JsonElement leaf = JsonDocument.Parse(schema).RootElement;
        Assert.False(string.IsNullOrWhiteSpace(leaf.GetProperty("description").GetString()));
        foreach (string value in Allowed(leaf))
            Assert.DoesNotContain(Problems(key, value), p => IsAbout(p, key));
        foreach (string value in Forbidden(leaf))
            Assert.NotEmpty(Problems(key, value));
    }

    [Fact]
    public void Unknown_keys_are_refused_by_both()
    {
        JsonObject schema = ReadSchema();
        Assert.False(schema["additionalProperties"]!.GetValue<bool>());
        Assert.All(
            schema["properties"]!.AsObject().Where(p => p.Value!["properties"] is not null),
            p => Assert.False(p.Value!["additionalProperties"]!.GetValue<bool>()));
        Assert.NotEmpty(Problems("zzz", "1"));
        Assert.NotEmpty(Problems("llm.zzz", "1"));
    }

    private static bool IsAbout(AgentProblem problem, string key) => problem.Line >= 3 && !problem.Message.Contains(" is above ", StringComparison.Ordinal)
        && !problem.Message.Contains("names none", StringComparison.Ordinal) && !problem.Message.Contains("echo agent", StringComparison.Ordinal) && key.Length > 0;

    private static IEnumerable<string> Allowed(JsonElement leaf)
    {
        switch (leaf.GetProperty("type").GetString())
        {
            case "string" when leaf.TryGetProperty("enum", out JsonElement choices):
                return choices.EnumerateArray().Select(choice => choice.GetString()!);
            case "boolean":
                return ["true", "false"];
            case "integer" or "number":
                return [leaf.GetProperty("minimum").GetRawText(), leaf.GetProperty("maximum").GetRawText()];
            default:
                return [];
        }
    }

    private static IEnumerable<string> Forbidden(JsonElement leaf)
    {
        switch (leaf.GetProperty("type").GetString())
        {
            case "string" when leaf.TryGetProperty("enum", out _):
                return ["zzzzzz", "[a]"];
            case "string":
                return leaf.TryGetProperty("maxLength", out JsonElement length) ? ["42", "[a]", new string('a', length.GetInt32() + 1)] : ["42", "[a]"];
            case "boolean":
                return ["yes", "1"];
            case "integer":
                return [Next(leaf, "minimum", -1), Next(leaf, "maximum", 1), "1.5", "many", "\"5\""];
            case "number":
                return [Next(leaf, "minimum", -1), Next(leaf, "maximum", 1), "many", "\"1\""];
            case "array":
                return ["word", "[[a]]"];
            default:
                return ["word"];
        }
    }

    private static string Next(JsonElement leaf, string bound, int step) =>
        (leaf.GetProperty(bound).GetDouble() + step).ToString(CultureInfo.InvariantCulture);

    private static IReadOnlyList<AgentProblem> Problems(string key, string value)
    {
        string[] parts = key.Split('.');
        string line = parts.Length == 2 ? $"{parts[0]}: {{ {parts[1]}: {value} }}" : $"{key}: {value}";
        string name = key == "display_name" ? "" : "display_name: Test\n";
        return AgentFiles.Load($"---\n{name}{line}\n---\n# System\nx\n# Script\n```yaml\nintents: {{ a: {{ examples: [hi], answer: ho }} }}\nfallback: what\n```\n").Problems;
    }

    private static JsonObject ReadSchema() => JsonNode.Parse(AgentSchema.Write()["agent.schema.json"])!.AsObject();
}
