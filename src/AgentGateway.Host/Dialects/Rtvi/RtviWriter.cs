using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AgentGateway.Host.Dialects.Rtvi;

/// <summary>Formats RTVI messages. One buffer is used again for all messages of a call; one thread at a time.</summary>
internal sealed class RtviWriter
{
    // Data-channel text is never put into HTML by the transport, so characters outside ASCII stay readable.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> _buffer = new(512);

    /// <summary>A message with the data that <paramref name="writeData"/> writes: exactly one JSON value.</summary>
    internal string Write<T>(string type, string? id, T state, Action<Utf8JsonWriter, T> writeData)
    {
        _buffer.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("label", RtviMessage.ProtocolLabel);
            json.WriteString("type", type);
            if (id is not null)
                json.WriteString("id", id);
            json.WritePropertyName("data");
            writeData(json, state);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(_buffer.WrittenSpan);
    }

    /// <summary>A message without data.</summary>
    internal string Write(string type)
    {
        _buffer.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("label", RtviMessage.ProtocolLabel);
            json.WriteString("type", type);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(_buffer.WrittenSpan);
    }

    /// <summary>A message whose data is an object with one string.</summary>
    internal string Write(string type, string name, string value, string? id = null) =>
        Write(type, id, (name, value), static (json, s) =>
        {
            json.WriteStartObject();
            json.WriteString(s.name, s.value);
            json.WriteEndObject();
        });
}
