using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentGateway.Conversation.Agents.Loading;

namespace AgentGateway.Conversation.Agents;

/// <summary>
/// The JSON Schemas of what agent files hold, written from the same tables that the loader reads with. They are kept in the prompts folder for
/// editors; a test holds that the files are these.
/// </summary>
public static class AgentSchema
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The schema files by name: agent.schema.json (front matter), script.schema.json, tool.schema.json.</summary>
    public static IReadOnlyDictionary<string, string> Write() => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["agent.schema.json"] = Write("Front matter of agent.md", FrontMatterShape.Instance.ToSchema()),
        ["script.schema.json"] = Write("YAML of the # Script section of agent.md", ScriptShape.Instance.ToSchema()),
        ["tool.schema.json"] = Write("A file of an agent's tools folder", ToolShape.Instance.ToSchema()),
    };

    private static string Write(string title, JsonObject schema)
    {
        var whole = new JsonObject { ["$schema"] = "https://json-schema.org/draft/2020-12/schema", ["title"] = title };
        foreach ((string key, JsonNode? value) in schema.ToArray())
        {
            schema.Remove(key);
            whole[key] = value;
        }

        return whole.ToJsonString(Indented) + "\n";
    }
}
