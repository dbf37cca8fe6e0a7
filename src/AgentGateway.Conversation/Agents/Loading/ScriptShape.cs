using AgentGateway.Conversation.Agents.Documents;

namespace AgentGateway.Conversation.Agents.Loading;

/// <summary>The YAML of the "# Script" section, key by key.</summary>
internal static class ScriptShape
{
    private const string NamePattern = "^[a-z][a-z0-9_-]*$";
    private static readonly TextShape Name = new(64, 1, NamePattern, "a name of lower-case letters, digits, '_' and '-'");
    private static readonly TextShape Spoken = new(600);
    private static readonly ListShape<string> SpokenTexts = new(Spoken, 8, 1, orSingle: true);

    private static readonly ObjectShape<ScriptSlot> Slot = new ObjectShape<ScriptSlot>(() => new ScriptSlot())
        .Key(
            "type",
            new ChoiceShape<ScriptSlotType>(
                ("number", ScriptSlotType.Number), ("date", ScriptSlotType.Date), ("time", ScriptSlotType.Time),
                ("name", ScriptSlotType.Name), ("choice", ScriptSlotType.Choice), ("text", ScriptSlotType.Text)),
            (o, v) => o with { Type = v },
            "What the slot holds.",
            required: true)
        .Key("ask", SpokenTexts, (o, v) => o with { Ask = v }, "How it is asked for; the second and later texts are for asking again.", required: true)
        .Key("listen", ListeningContextShape.Instance, (o, v) => o with { Listen = v }, "What the answer will sound like, as in turn.listen. Default: auto.")
        .Key("invalid", Spoken, (o, v) => o with { Invalid = v }, "Said before asking again when a value is out of bounds.")
        .Key("min", new IntegerShape(0, 9999), (o, v) => o with { Min = v }, "Least number.")
        .Key("max", new IntegerShape(0, 9999), (o, v) => o with { Max = v }, "Greatest number.")
        .Key("words", new ListShape<string>(new TextShape(40), 20), (o, v) => o with { Words = v }, "Words around the number, or that name the slot.")
        .Key("from", new TimeOfDayShape(), (o, v) => o with { From = v }, "Earliest time of day.")
        .Key("to", new TimeOfDayShape(), (o, v) => o with { To = v }, "Latest time of day.")
        .Key("options", new ListShape<string>(new TextShape(60), 30), (o, v) => o with { Options = v }, "The options of a choice.");

    private static readonly ObjectShape<ScriptToolError> Error = new ObjectShape<ScriptToolError>(() => new ScriptToolError())
        .Key("say", Spoken, (o, v) => o with { Say = v }, "What to say.", required: true)
        .Key("ask_again", new ListShape<string>(Name, 10), (o, v) => o with { AskAgain = v }, "Slots to forget and ask for again.");

    private static readonly ObjectShape<ScriptIntent> Intent = new ObjectShape<ScriptIntent>(() => new ScriptIntent())
        .Key("examples", new ListShape<string>(new TextShape(200), 60, 1), (o, v) => o with { Examples = v }, "How callers say it.", required: true)
        .Key("answer", SpokenTexts, (o, v) => o with { Answer = v }, "Answers, used in turn.", required: true)
        .Key("slots", new MapShape<ScriptSlot>(Slot, Name, 10, (slot, name) => slot with { Name = name }), (o, v) => o with { Slots = v }, "What must be known first.")
        .Key("confirm", Spoken, (o, v) => o with { Confirm = v }, "A question that repeats the slots.")
        .Key("call", new TextShape(64), (o, v) => o with { Call = v }, "The tool that does it.")
        .Key(
            "errors",
            new MapShape<ScriptToolError>(Error, Name, 20, (error, code) => error with { Code = code }),
            (o, v) => o with { Errors = v },
            "What to say to the tool's errors, by code; 'any' for the others.")
        .Key("interruptible", new FlagShape(), (o, v) => o with { Interruptible = v }, "Whether the caller may interrupt what is said. Default: true.")
        .Key("end_call", new FlagShape(), (o, v) => o with { EndsCall = v }, "Whether the call ends after the answer.");

    /// <summary>The whole section.</summary>
    public static readonly ObjectShape<ScriptDefinition> Instance = new ObjectShape<ScriptDefinition>(() => new ScriptDefinition())
        .Key("intents", new MapShape<ScriptIntent>(Intent, Name, 100, (intent, name) => intent with { Name = name }), (o, v) => o with { Intents = v }, "What callers may want.", required: true)
        .Key("fallback", SpokenTexts, (o, v) => o with { Fallback = v }, "Said in turn when nothing matched.", required: true)
        .Key("synonyms", new ListShape<IReadOnlyList<string>>(new ListShape<string>(new TextShape(40), 20, 2), 60), (o, v) => o with { Synonyms = v }, "Groups of words that mean the same.")
        .Key("cancelled", Spoken, (o, v) => o with { Cancelled = v }, "Said when the caller drops what was being asked for.")
        .Key("change", Spoken, (o, v) => o with { Change = v }, "Asked when the caller does not confirm.")
        .Key("give_up", Spoken, (o, v) => o with { GiveUp = v }, "Said when a question was asked too often.")
        .Key("tool_failed", Spoken, (o, v) => o with { ToolFailed = v }, "Said when a tool failed and nothing better is written.")
        .Key("max_attempts", new IntegerShape(1, 10), (o, v) => o with { MaxAttempts = v }, "How often a question is asked.");
}
