using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Agents.Documents;
using AgentGateway.Conversation.Agents.Loading;

namespace AgentGateway.Conversation.Tools.Builtin;

/// <summary>Rules of a reservation book.</summary>
internal sealed record ReservationSettings
{
    /// <summary>Opening hours; a day without is closed.</summary>
    public IReadOnlyDictionary<DayOfWeek, (TimeOnly From, TimeOnly To)> Open { get; init; } =
        Weekdays.All.ToDictionary(day => day.Day, _ => (new TimeOnly(12, 0), new TimeOnly(22, 0)));

    /// <summary>Largest party.</summary>
    public int MaxParty { get; init; } = 8;

    /// <summary>Seats of the house.</summary>
    public int Seats { get; init; } = 40;

    /// <summary>How long a party stays.</summary>
    public int StayMinutes { get; init; } = 120;

    /// <summary>Minutes before closing at which the last party may come.</summary>
    public int LastSeatingMinutes { get; init; } = 60;

    /// <summary>How far ahead one can book.</summary>
    public int MaxDaysAhead { get; init; } = 90;
}

/// <summary>The "settings" of the reservation tools, key by key.</summary>
internal static class ReservationSettingsShape
{
    private static readonly ObjectShape<Dictionary<DayOfWeek, (TimeOnly, TimeOnly)>> Open = Weekdays.All.Aggregate(
        new ObjectShape<Dictionary<DayOfWeek, (TimeOnly, TimeOnly)>>(() => []),
        (shape, day) => shape.Key(
            day.Name, new OpeningHoursShape(), (hours, value) => new(hours) { [day.Day] = value }, "Opening hours; leave a day out when it is closed."));

    public static readonly ObjectShape<ReservationSettings> Instance = new ObjectShape<ReservationSettings>(() => new ReservationSettings())
        .Key("open", Open, (o, v) => o with { Open = v }, "Opening hours by day.")
        .Key("max_party", new IntegerShape(1, 500), (o, v) => o with { MaxParty = v }, "Largest party. Default: 8.")
        .Key("seats", new IntegerShape(1, 10_000), (o, v) => o with { Seats = v }, "Seats of the house. Default: 40.")
        .Key("stay_minutes", new IntegerShape(15, 1440), (o, v) => o with { StayMinutes = v }, "How long a party stays. Default: 120.")
        .Key("last_seating_minutes", new IntegerShape(0, 600), (o, v) => o with { LastSeatingMinutes = v }, "Minutes before closing of the last seating. Default: 60.")
        .Key("max_days_ahead", new IntegerShape(1, 730), (o, v) => o with { MaxDaysAhead = v }, "How far ahead one can book. Default: 90.");

    /// <summary>The settings of the agent's first reservation tool that has some; defaults when none has.</summary>
    public static ReservationSettings From(AgentDefinition agent)
    {
        foreach (ToolDefinition tool in agent.Tools)
        {
            if (tool.Binding is { Builtin: BuiltinTools.Book or BuiltinTools.Check, Settings: { } settings })
            {
                var problems = new ProblemList(agent.Name);
                if (JsonReader.Read(settings.GetRawText(), problems) is { } node && Instance.TryBind(node, problems, out ReservationSettings? bound) && problems.Count == 0)
                    return bound;
                throw new ArgumentException($"The settings of the tool '{tool.Name}' are not valid: {string.Join("; ", problems.Problems)}", nameof(agent));
            }
        }

        return new ReservationSettings();
    }
}
