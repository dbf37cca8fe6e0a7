using System.Text.Json;

namespace AgentGateway.Host.Dialects.Rtvi;

/// <summary>A message of a client, parsed: RTVI (label rtvi-ai) or the transport's own signalling.</summary>
/// <param name="Label">The protocol label; null for transport signalling.</param>
/// <param name="Type">The message's type.</param>
/// <param name="Id">The request's id, echoed in responses; null when absent.</param>
/// <param name="Data">The data member; undefined when absent. Lives as long as the document.</param>
internal readonly record struct RtviMessage(string? Label, string Type, string? Id, JsonElement Data)
{
    /// <summary>The protocol label of RTVI messages.</summary>
    internal const string ProtocolLabel = "rtvi-ai";

    private const int MaxIdLength = 128;
    private const int MaxTypeLength = 64;

    /// <summary>Parses one message. The document must outlive the result.</summary>
    internal static bool TryParse(JsonDocument document, out RtviMessage message, out string error)
    {
        message = default;
        JsonElement root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
        {
            error = "A message must be a JSON object.";
            return false;
        }

        if (!TryGetString(root, "type", out string? type) || type is null or "" || type.Length > MaxTypeLength)
        {
            error = $"A message must have a \"type\" of 1 to {MaxTypeLength} characters.";
            return false;
        }

        if (!TryGetString(root, "id", out string? id) || id?.Length > MaxIdLength)
        {
            error = $"\"id\" must be a string of at most {MaxIdLength} characters.";
            return false;
        }

        if (!TryGetString(root, "label", out string? label))
        {
            error = "\"label\" must be a string.";
            return false;
        }

        root.TryGetProperty("data", out JsonElement data);
        message = new RtviMessage(label, type, id, data);
        error = "";
        return true;
    }

    /// <summary>A string member of the data object; null when absent or not a string.</summary>
    internal string? DataString(string name) =>
        Data.ValueKind == JsonValueKind.Object && TryGetString(Data, name, out string? value) ? value : null;

    private static bool TryGetString(JsonElement parent, string name, out string? value)
    {
        value = null;
        if (!parent.TryGetProperty(name, out JsonElement element) || element.ValueKind == JsonValueKind.Null)
            return true;
        if (element.ValueKind != JsonValueKind.String)
            return false;
        value = element.GetString();
        return true;
    }
}
