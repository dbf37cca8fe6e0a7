using System.Text.Json;

namespace AgentGateway.Interop.Support;

/// <summary>An RTVI message that a peer received.</summary>
internal sealed record RtviMessage(double At, string Type, string? Id, JsonElement Data)
{
    internal string Text => Member("text");

    internal bool Final => Data.TryGetProperty("final", out JsonElement f) && f.GetBoolean();

    internal string SpokenStatus => Member("spoken_status");

    /// <summary>The RTVI messages in a peer's result, in order.</summary>
    internal static IReadOnlyList<RtviMessage> ReadAll(JsonElement result)
    {
        var messages = new List<RtviMessage>();
        foreach (JsonElement entry in result.GetProperty("messages").EnumerateArray())
        {
            JsonElement message = JsonDocument.Parse(entry[1].GetString()!).RootElement;
            if (!message.TryGetProperty("label", out _))
                continue;
            messages.Add(new RtviMessage(
                entry[0].GetDouble(),
                message.GetProperty("type").GetString()!,
                message.TryGetProperty("id", out JsonElement id) ? id.GetString() : null,
                message.TryGetProperty("data", out JsonElement data) ? data : default));
        }

        return messages;
    }

    private string Member(string name) =>
        Data.ValueKind == JsonValueKind.Object && Data.TryGetProperty(name, out JsonElement value) ? value.GetString() ?? "" : "";
}
