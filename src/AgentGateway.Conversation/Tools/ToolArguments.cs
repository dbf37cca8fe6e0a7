using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace AgentGateway.Conversation.Tools;

/// <summary>
/// Arguments that a model wrote, as JSON, checked against the tool's schema: the part of JSON Schema that tools use
/// (required, type, enum, minimum, maximum, maxLength, nested objects and arrays). Other keywords are the tool's business.
/// </summary>
public static class ToolArguments
{
    private const int MaxDepth = 8;

    /// <summary>The arguments as one JSON object. Values are JSON elements, or primitives from in-process callers.</summary>
    public static JsonElement ToJson(IEnumerable<KeyValuePair<string, object?>>? arguments)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach ((string name, object? value) in arguments ?? [])
            {
                writer.WritePropertyName(name);
                Write(writer, value);
            }

            writer.WriteEndObject();
        }

        using JsonDocument document = JsonDocument.Parse(buffer.WrittenMemory);
        return document.RootElement.Clone();
    }

    /// <summary>What is wrong with the arguments, as a sentence for the model; null when nothing is.</summary>
    public static string? Check(JsonElement arguments, JsonElement schema) => CheckValue("arguments", arguments, schema, 0);

    private static void Write(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case JsonElement element when element.ValueKind == JsonValueKind.Undefined:
                writer.WriteNullValue();
                break;
            case JsonElement element:
                element.WriteTo(writer);
                break;
            case bool flag:
                writer.WriteBooleanValue(flag);
                break;
            case int or long or short or byte:
                writer.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case float or double or decimal:
                writer.WriteNumberValue(Convert.ToDouble(value, CultureInfo.InvariantCulture));
                break;
            default:
                writer.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }

    private static string? CheckValue(string path, JsonElement value, JsonElement schema, int depth)
    {
        if (schema.ValueKind != JsonValueKind.Object || depth > MaxDepth)
            return null;
        if (schema.TryGetProperty("type", out JsonElement type) && !MatchesType(value, type))
            return $"{path} must be of type {type.ToString()}, not {Describe(value)}";
        if (schema.TryGetProperty("enum", out JsonElement choices) && choices.ValueKind == JsonValueKind.Array
            && !choices.EnumerateArray().Any(choice => JsonElement.DeepEquals(choice, value)))
            return $"{path} must be one of {choices.GetRawText()}";
        return value.ValueKind switch
        {
            JsonValueKind.Number => CheckRange(path, value.GetDouble(), schema),
            JsonValueKind.String => CheckLength(path, value.GetString()!.Length, schema),
            JsonValueKind.Object => CheckObject(path, value, schema, depth),
            JsonValueKind.Array => CheckArray(path, value, schema, depth),
            _ => null,
        };
    }

    private static string? CheckObject(string path, JsonElement value, JsonElement schema, int depth)
    {
        if (schema.TryGetProperty("required", out JsonElement required) && required.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement name in required.EnumerateArray())
            {
                if (name.ValueKind == JsonValueKind.String && !value.TryGetProperty(name.GetString()!, out _))
                    return $"{path}.{name.GetString()} is required";
            }
        }

        if (!schema.TryGetProperty("properties", out JsonElement properties) || properties.ValueKind != JsonValueKind.Object)
            return null;
        bool closed = schema.TryGetProperty("additionalProperties", out JsonElement additional) && additional.ValueKind == JsonValueKind.False;
        foreach (JsonProperty property in value.EnumerateObject())
        {
            if (properties.TryGetProperty(property.Name, out JsonElement propertySchema))
            {
                if (CheckValue($"{path}.{property.Name}", property.Value, propertySchema, depth + 1) is { } problem)
                    return problem;
            }
            else if (closed)
            {
                return $"{path}.{property.Name} is not an argument; the arguments are {string.Join(", ", properties.EnumerateObject().Select(p => p.Name))}";
            }
        }

        return null;
    }

    private static string? CheckArray(string path, JsonElement value, JsonElement schema, int depth)
    {
        if (!schema.TryGetProperty("items", out JsonElement items))
            return null;
        int index = 0;
        foreach (JsonElement item in value.EnumerateArray())
        {
            if (CheckValue($"{path}[{index++}]", item, items, depth + 1) is { } problem)
                return problem;
        }

        return null;
    }

    private static string? CheckRange(string path, double number, JsonElement schema)
    {
        if (TryGetNumber(schema, "minimum", out double minimum) && number < minimum)
            return string.Create(CultureInfo.InvariantCulture, $"{path} must be at least {minimum}");
        return TryGetNumber(schema, "maximum", out double maximum) && number > maximum
            ? string.Create(CultureInfo.InvariantCulture, $"{path} must be at most {maximum}")
            : null;
    }

    private static string? CheckLength(string path, int length, JsonElement schema)
    {
        if (TryGetNumber(schema, "minLength", out double minimum) && length < minimum)
            return string.Create(CultureInfo.InvariantCulture, $"{path} must have at least {minimum} characters");
        return TryGetNumber(schema, "maxLength", out double maximum) && length > maximum
            ? string.Create(CultureInfo.InvariantCulture, $"{path} must have at most {maximum} characters")
            : null;
    }

    private static bool TryGetNumber(JsonElement schema, string name, out double number)
    {
        number = 0;
        return schema.TryGetProperty(name, out JsonElement element) && element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out number);
    }

    private static bool MatchesType(JsonElement value, JsonElement type) => type.ValueKind switch
    {
        JsonValueKind.String => MatchesType(value, type.GetString()!),
        JsonValueKind.Array => type.EnumerateArray().Any(t => t.ValueKind == JsonValueKind.String && MatchesType(value, t.GetString()!)),
        _ => true,
    };

    private static bool MatchesType(JsonElement value, string type) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "integer" => value.ValueKind == JsonValueKind.Number && double.IsInteger(value.GetDouble()),
        "number" => value.ValueKind == JsonValueKind.Number,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "null" => value.ValueKind == JsonValueKind.Null,
        _ => true,
    };

    private static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Undefined => "nothing",
        JsonValueKind kind => kind.ToString().ToLowerInvariant(),
    };
}
