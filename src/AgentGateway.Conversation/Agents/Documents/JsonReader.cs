using System.Globalization;
using System.Text;
using System.Text.Json;

namespace AgentGateway.Conversation.Agents.Documents;

/// <summary>Reads a JSON file into nodes with positions.</summary>
internal sealed class JsonReader
{
    private const int MaxDepth = 24;

    private readonly byte[] _utf8;
    private readonly ProblemList _problems;
    private int _line = 1;
    private int _lineStart;
    private int _scanned;

    private JsonReader(byte[] utf8, ProblemList problems)
    {
        _utf8 = utf8;
        _problems = problems;
    }

    /// <summary>Reads the document; null when it is not JSON (the problem was added).</summary>
    public static DocumentNode? Read(string text, ProblemList problems)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        var self = new JsonReader(utf8, problems);
        try
        {
            var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = MaxDepth });
            if (!reader.Read())
                return null;
            DocumentNode node = self.ReadNode(ref reader);
            reader.Read();
            return node;
        }
        catch (JsonException e)
        {
            int line = (int)(e.LineNumber ?? 0) + 1;
            int column = self.CharacterColumn(line, (int)(e.BytePositionInLine ?? 0));
            string message = e.Message;
            int cut = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
            problems.Add(new SourcePosition(line, column), $"not valid JSON: {(cut < 0 ? message : message[..cut]).TrimEnd('.')}");
            return null;
        }
    }

    private DocumentNode ReadNode(ref Utf8JsonReader reader)
    {
        SourcePosition position = Position((int)reader.TokenStartIndex);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                List<MappingEntry> entries = [];
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    string key = reader.GetString()!;
                    SourcePosition at = Position((int)reader.TokenStartIndex);
                    reader.Read();
                    DocumentNode value = ReadNode(ref reader);
                    if (entries.Any(entry => entry.Key == key))
                        _problems.Add(at, $"the key '{key}' stands here twice; expected once");
                    else
                        entries.Add(new MappingEntry(key, at, value));
                }

                return new MappingNode(position, entries);
            case JsonTokenType.StartArray:
                List<DocumentNode> items = [];
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    items.Add(ReadNode(ref reader));
                return new SequenceNode(position, items);
            case JsonTokenType.String:
                return new ScalarNode(position, reader.GetString()!, ScalarKind.Text);
            case JsonTokenType.Number:
                string number = Encoding.UTF8.GetString(reader.ValueSpan);
                return new ScalarNode(position, number, long.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
                    ? ScalarKind.Integer
                    : ScalarKind.Number);
            case JsonTokenType.Null:
                return new ScalarNode(position, "null", ScalarKind.Null);
            default:
                return new ScalarNode(position, reader.TokenType == JsonTokenType.True ? "true" : "false", ScalarKind.Boolean);
        }
    }

    private SourcePosition Position(int index)
    {
        for (; _scanned < index; _scanned++)
        {
            if (_utf8[_scanned] == (byte)'\n')
            {
                _line++;
                _lineStart = _scanned + 1;
            }
        }

        return new SourcePosition(_line, Encoding.UTF8.GetCharCount(_utf8, _lineStart, index - _lineStart) + 1);
    }

    private int CharacterColumn(int line, int byteColumn)
    {
        int start = 0;
        for (int i = 1; i < line && start < _utf8.Length; i++)
            start = Array.IndexOf(_utf8, (byte)'\n', start) + 1;
        return Encoding.UTF8.GetCharCount(_utf8, start, Math.Min(byteColumn, _utf8.Length - start)) + 1;
    }
}
