using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentGateway.Conversation.Tools;

/// <summary>What a tool returns to the model: JSON, and whether it is an error.</summary>
/// <param name="Json">A JSON value; errors are objects with "error" (a stable code) and "message".</param>
/// <param name="Failed">Whether it is an error.</param>
public sealed record ToolResult(JsonElement Json, bool Failed)
{
    /// <summary>A result.</summary>
    public static ToolResult Ok(JsonElement json) => new(json, Failed: false);

    /// <summary>A result.</summary>
    public static ToolResult Ok(JsonObject json) => new(ToElement(json), Failed: false);

    /// <summary>An error that the model can react to; never a stack trace, an address or a secret.</summary>
    /// <param name="code">A stable code.</param>
    /// <param name="message">What was wrong and what would be right, for the model.</param>
    public static ToolResult Error(string code, string message) =>
        new(ToElement(new JsonObject { ["error"] = code, ["message"] = message }), Failed: true);

    private static JsonElement ToElement(JsonObject json)
    {
        using JsonDocument document = JsonDocument.Parse(json.ToJsonString());
        return document.RootElement.Clone();
    }
}
