using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Nodes;
using AgentGateway.Conversation.Agents.Documents;

namespace AgentGateway.Conversation.Agents.Loading;

/// <summary>A time of day as HH:mm.</summary>
internal sealed class TimeOfDayShape : Shape<TimeOnly>
{
    public override bool TryBind(DocumentNode node, ProblemList problems, out TimeOnly value)
    {
        value = default;
        return node is ScalarNode scalar && TimeOnly.TryParseExact(scalar.Value, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out value)
            || Expected(node, problems, "a time of day such as \"18:30\"");
    }

    public override JsonObject ToSchema() => new() { ["type"] = "string", ["pattern"] = "^([01][0-9]|2[0-3]):[0-5][0-9]$" };
}

/// <summary>A span of the day as HH:mm-HH:mm.</summary>
internal sealed class OpeningHoursShape : Shape<(TimeOnly From, TimeOnly To)>
{
    public override bool TryBind(DocumentNode node, ProblemList problems, out (TimeOnly From, TimeOnly To) value)
    {
        value = default;
        if (node is ScalarNode scalar && scalar.Value.Split('-') is [var from, var to]
            && TimeOnly.TryParseExact(from.Trim(), "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out TimeOnly begin)
            && TimeOnly.TryParseExact(to.Trim(), "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out TimeOnly end)
            && begin < end)
        {
            value = (begin, end);
            return true;
        }

        return Expected(node, problems, "opening hours such as \"12:00-22:00\"");
    }

    public override JsonObject ToSchema() =>
        new() { ["type"] = "string", ["pattern"] = "^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$" };
}

/// <summary>What a caller says.</summary>
internal static class ListeningContextShape
{
    public static readonly ChoiceShape<ListeningContext> Instance = new(
        ("auto", ListeningContext.Auto), ("open", ListeningContext.Open), ("digits", ListeningContext.Digits), ("phone", ListeningContext.Phone),
        ("email", ListeningContext.Email), ("spelling", ListeningContext.Spelling), ("address", ListeningContext.Address));
}

/// <summary>An IANA time zone that this machine knows.</summary>
internal sealed class TimeZoneShape : Shape<TimeZoneInfo>
{
    public override bool TryBind(DocumentNode node, ProblemList problems, [MaybeNullWhen(false)] out TimeZoneInfo value)
    {
        value = null;
        if (node is not ScalarNode { Kind: ScalarKind.Text } scalar)
            return Expected(node, problems, "a time zone such as Europe/Berlin");
        if (TimeZoneInfo.TryFindSystemTimeZoneById(scalar.Value, out value))
            return true;
        problems.Add(node.Position, $"the time zone '{scalar.Value}' is not known here; expected one such as Europe/Berlin (package tzdata)");
        return false;
    }

    public override JsonObject ToSchema() => new() { ["type"] = "string" };
}

/// <summary>Days of the week by their English names.</summary>
internal static class Weekdays
{
    public static readonly IReadOnlyList<(string Name, DayOfWeek Day)> All =
    [
        ("monday", DayOfWeek.Monday), ("tuesday", DayOfWeek.Tuesday), ("wednesday", DayOfWeek.Wednesday), ("thursday", DayOfWeek.Thursday),
        ("friday", DayOfWeek.Friday), ("saturday", DayOfWeek.Saturday), ("sunday", DayOfWeek.Sunday),
    ];
}
