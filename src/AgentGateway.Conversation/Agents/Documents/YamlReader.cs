using System.Globalization;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace AgentGateway.Conversation.Agents.Documents;

/// <summary>
/// Reads one YAML document into nodes from the parser's events, without any type being constructed. Anchors, aliases, tags, merge
/// keys and several documents are refused: agent files need none, and they are how YAML files explode or instantiate things.
/// </summary>
internal sealed partial class YamlReader
{
    private const int MaxDepth = 12;
    private const int MaxNodes = 20_000;

    private readonly ProblemList _problems;
    private readonly int _lineOffset;
    private int _nodes;

    private YamlReader(ProblemList problems, int lineOffset)
    {
        _problems = problems;
        _lineOffset = lineOffset;
    }

    /// <summary>Reads the document; null when it is not YAML or breaks a rule (the problem was added), or holds nothing.</summary>
    /// <param name="text">The YAML.</param>
    /// <param name="lineOffset">Number of lines before the YAML in its file.</param>
    /// <param name="problems">Where problems go.</param>
    public static DocumentNode? Read(string text, int lineOffset, ProblemList problems)
    {
        var reader = new YamlReader(problems, lineOffset);
        try
        {
            var parser = new Parser(new StringReader(text));
            parser.Consume<StreamStart>();
            if (parser.Accept<StreamEnd>(out _))
                return null;
            parser.Consume<DocumentStart>();
            DocumentNode node = reader.ReadNode(parser, 0);
            parser.Consume<DocumentEnd>();
            if (!parser.Accept<StreamEnd>(out _))
                throw reader.Refuse(parser.Current!.Start, "a second YAML document begins here; expected one");
            return node;
        }
        catch (RefusedException)
        {
            return null;
        }
        catch (YamlException e)
        {
            problems.Add(reader.Position(e.Start), $"not valid YAML: {Tidy(e.Message)}");
            return null;
        }
    }

    private DocumentNode ReadNode(IParser parser, int depth)
    {
        ParsingEvent next = parser.Current ?? throw new YamlException("the document ends early");
        if (depth > MaxDepth)
            throw Refuse(next.Start, $"nested deeper than {MaxDepth} levels");
        if (++_nodes > MaxNodes)
            throw Refuse(next.Start, $"more than {MaxNodes} values");
        if (next is AnchorAlias)
            throw Refuse(next.Start, "YAML aliases (*name) are not allowed here; write the value out");
        if (next is NodeEvent { Anchor.IsEmpty: false })
            throw Refuse(next.Start, "YAML anchors (&name) are not allowed here; write the value out");
        if (next is NodeEvent { Tag: { IsEmpty: false } tag } && !tag.IsNonSpecific)
            throw Refuse(next.Start, "YAML tags (!name) are not allowed here");
        return next switch
        {
            Scalar => ReadScalar(parser.Consume<Scalar>()),
            SequenceStart => ReadSequence(parser, depth),
            MappingStart => ReadMapping(parser, depth),
            _ => throw Refuse(next.Start, "expected a value"),
        };
    }

    private ScalarNode ReadScalar(Scalar scalar)
    {
        ScalarKind kind = scalar.Style == ScalarStyle.Plain ? Classify(scalar.Value) : ScalarKind.Text;
        return new ScalarNode(Position(scalar.Start), scalar.Value, kind);
    }

    private SequenceNode ReadSequence(IParser parser, int depth)
    {
        SequenceStart start = parser.Consume<SequenceStart>();
        List<DocumentNode> items = [];
        while (!parser.TryConsume<SequenceEnd>(out _))
            items.Add(ReadNode(parser, depth + 1));
        return new SequenceNode(Position(start.Start), items);
    }

    private MappingNode ReadMapping(IParser parser, int depth)
    {
        MappingStart start = parser.Consume<MappingStart>();
        List<MappingEntry> entries = [];
        HashSet<string> keys = new(StringComparer.Ordinal);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            Mark at = parser.Current!.Start;
            if (ReadNode(parser, depth + 1) is not ScalarNode key)
                throw Refuse(at, "a key must be a word");
            DocumentNode value = ReadNode(parser, depth + 1);
            if (!keys.Add(key.Value))
                _problems.Add(key.Position, $"the key '{key.Value}' stands here twice; expected once");
            else
                entries.Add(new MappingEntry(key.Value, key.Position, value));
        }

        return new MappingNode(Position(start.Start), entries);
    }

    private RefusedException Refuse(Mark at, string message)
    {
        _problems.Add(Position(at), message);
        return new RefusedException();
    }

    private SourcePosition Position(Mark mark) => new((int)Math.Max(1, mark.Line) + _lineOffset, (int)Math.Max(1, mark.Column));

    private static ScalarKind Classify(string value) => value switch
    {
        "" or "~" or "null" or "Null" or "NULL" => ScalarKind.Null,
        "true" or "True" or "TRUE" or "false" or "False" or "FALSE" => ScalarKind.Boolean,
        _ when IntegerPattern().IsMatch(value) => ScalarKind.Integer,
        _ when NumberPattern().IsMatch(value) => ScalarKind.Number,
        _ => ScalarKind.Text,
    };

    private static string Tidy(string message)
    {
        // YamlDotNet puts "(Line: …) - (Line: …): " before some messages; we say the place ourselves, with the file's lines.
        int at = message.LastIndexOf("): ", StringComparison.Ordinal);
        string text = at >= 0 ? message[(at + 3)..] : message;
        return text.Length == 0 ? "it ends where more was expected" : char.ToLower(text[0], CultureInfo.InvariantCulture) + text[1..].TrimEnd('.');
    }

    [GeneratedRegex("^[-+]?[0-9]{1,18}$")]
    private static partial Regex IntegerPattern();

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$")]
    private static partial Regex NumberPattern();

    private sealed class RefusedException : Exception;
}
