using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AgentGateway.Conversation.Agents.Documents;

/// <summary>Text, with bounds of its length and optionally a pattern that is explained in words.</summary>
internal sealed class TextShape(int maxLength, int minLength = 1, string? pattern = null, string? patternMeaning = null) : Shape<string>
{
    private readonly Regex? _pattern = pattern is null ? null : new Regex(pattern, RegexOptions.CultureInvariant, TimeSpan.FromMilliseconds(100));

    public override bool TryBind(DocumentNode node, ProblemList problems, [MaybeNullWhen(false)] out string value)
    {
        value = null;
        if (node is not ScalarNode scalar)
            return Expected(node, problems, "text");
        if (scalar.Kind != ScalarKind.Text)
            return Expected(node, problems, scalar.Kind == ScalarKind.Null ? "text" : "text (put it in quotes)");
        string text = scalar.Value.Trim();
        if (text.Length < minLength)
            return Expected(node, problems, "text that is not empty");
        if (text.Length > maxLength)
        {
            problems.Add(node.Position, $"expected at most {maxLength} characters, found {text.Length}");
            return false;
        }

        if (_pattern is not null && !_pattern.IsMatch(text))
            return Expected(node, problems, patternMeaning!);
        value = text;
        return true;
    }

    public override JsonObject ToSchema()
    {
        var schema = new JsonObject { ["type"] = "string", ["minLength"] = minLength, ["maxLength"] = maxLength };
        if (pattern is not null)
            schema["pattern"] = pattern;
        return schema;
    }
}

/// <summary>One of some words.</summary>
internal sealed class ChoiceShape<T>(params (string Word, T Value)[] choices) : Shape<T>
{
    public override bool TryBind(DocumentNode node, ProblemList problems, [MaybeNullWhen(false)] out T value)
    {
        value = default;
        string expected = "one of " + string.Join(", ", choices.Select(choice => choice.Word));
        if (node is not ScalarNode scalar)
            return Expected(node, problems, expected);
        foreach ((string word, T choice) in choices)
        {
            if (word == scalar.Value)
            {
                value = choice;
                return true;
            }
        }

        problems.Add(
            node.Position,
            $"expected {expected}, found {node.Describe()}{Suggestion.For(scalar.Value, choices.Select(choice => choice.Word))}");
        return false;
    }

    public override JsonObject ToSchema() => new()
    {
        ["type"] = "string",
        ["enum"] = new JsonArray([.. choices.Select(choice => (JsonNode)choice.Word)]),
    };
}

/// <summary>A number within bounds.</summary>
internal sealed class NumberShape(double minimum, double maximum) : Shape<double>
{
    public override bool TryBind(DocumentNode node, ProblemList problems, out double value)
    {
        value = 0;
        string expected = string.Create(CultureInfo.InvariantCulture, $"a number from {minimum} to {maximum}");
        return node is ScalarNode { Kind: ScalarKind.Integer or ScalarKind.Number } scalar
            && double.TryParse(scalar.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out value)
            && value >= minimum && value <= maximum
            || Expected(node, problems, expected);
    }

    public override JsonObject ToSchema() => new() { ["type"] = "number", ["minimum"] = minimum, ["maximum"] = maximum };
}

/// <summary>A whole number within bounds.</summary>
internal sealed class IntegerShape(int minimum, int maximum, string unit = "") : Shape<int>
{
    public override bool TryBind(DocumentNode node, ProblemList problems, out int value)
    {
        value = 0;
        string of = unit.Length == 0 ? "" : $" of {unit}";
        return node is ScalarNode { Kind: ScalarKind.Integer } scalar
            && int.TryParse(scalar.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value)
            && value >= minimum && value <= maximum
            || Expected(node, problems, string.Create(CultureInfo.InvariantCulture, $"a whole number{of} from {minimum} to {maximum}"));
    }

    public override JsonObject ToSchema() => new() { ["type"] = "integer", ["minimum"] = minimum, ["maximum"] = maximum };
}

/// <summary>A duration in whole milliseconds within bounds.</summary>
internal sealed class MillisecondsShape(int minimum, int maximum) : Shape<TimeSpan>
{
    private readonly IntegerShape _inner = new(minimum, maximum, "milliseconds");

    public override bool TryBind(DocumentNode node, ProblemList problems, out TimeSpan value)
    {
        bool bound = _inner.TryBind(node, problems, out int milliseconds);
        value = TimeSpan.FromMilliseconds(milliseconds);
        return bound;
    }

    public override JsonObject ToSchema() => _inner.ToSchema();
}

/// <summary>true or false.</summary>
internal sealed class FlagShape : Shape<bool>
{
    public override bool TryBind(DocumentNode node, ProblemList problems, out bool value)
    {
        value = node is ScalarNode { Kind: ScalarKind.Boolean } scalar && scalar.Value.Equals("true", StringComparison.OrdinalIgnoreCase);
        return node is ScalarNode { Kind: ScalarKind.Boolean } || Expected(node, problems, "true or false");
    }

    public override JsonObject ToSchema() => new() { ["type"] = "boolean" };
}

/// <summary>An absolute http or https URL without user information.</summary>
internal sealed class HttpUrlShape : Shape<Uri>
{
    public override bool TryBind(DocumentNode node, ProblemList problems, [MaybeNullWhen(false)] out Uri value)
    {
        value = null;
        return node is ScalarNode { Kind: ScalarKind.Text } scalar
            && Uri.TryCreate(scalar.Value, UriKind.Absolute, out value)
            && value.Scheme is "http" or "https" && value.UserInfo.Length == 0
            || Expected(node, problems, "an http:// or https:// URL without a user name");
    }

    public override JsonObject ToSchema() => new() { ["type"] = "string", ["format"] = "uri", ["pattern"] = "^https?://" };
}

/// <summary>A JSON object taken as it is.</summary>
internal sealed class AnyObjectShape : Shape<MappingNode>
{
    public override bool TryBind(DocumentNode node, ProblemList problems, [MaybeNullWhen(false)] out MappingNode value)
    {
        value = node as MappingNode;
        return value is not null || Expected(node, problems, "an object");
    }

    public override JsonObject ToSchema() => new() { ["type"] = "object" };
}
