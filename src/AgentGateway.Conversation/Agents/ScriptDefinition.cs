namespace AgentGateway.Conversation.Agents;

/// <summary>The embedded dialogue of an agent's "# Script" section: what callers may want, and what is answered.</summary>
public sealed record ScriptDefinition
{
    /// <summary>What callers may want; at least one.</summary>
    public IReadOnlyList<ScriptIntent> Intents { get; init; } = [];

    /// <summary>Said in turn when nothing matched; at least one.</summary>
    public IReadOnlyList<string> Fallback { get; init; } = [];

    /// <summary>Groups of words that mean the same here.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Synonyms { get; init; } = [];

    /// <summary>Said when the caller drops what was being asked for.</summary>
    public string Cancelled { get; init; } = "All right. What else can I do for you?";

    /// <summary>Asked when the caller does not confirm.</summary>
    public string Change { get; init; } = "What would you like to change?";

    /// <summary>Said when a question was asked too often without an answer.</summary>
    public string GiveUp { get; init; } = "I am sorry, I did not understand. Let us start again. What can I do for you?";

    /// <summary>Said when a tool failed and the intent has no text for it.</summary>
    public string ToolFailed { get; init; } = "I am sorry, that did not work. Is there something else I can do?";

    /// <summary>How often a question is asked before the script gives up, 1..10.</summary>
    public int MaxAttempts { get; init; } = 3;
}

/// <summary>Something a caller may want.</summary>
public sealed record ScriptIntent
{
    /// <summary>The intent's name: lower-case letters, digits, underscore, hyphen.</summary>
    public string Name { get; init; } = "";

    /// <summary>How callers say it.</summary>
    public IReadOnlyList<string> Examples { get; init; } = [];

    /// <summary>Answers, used in turn; may hold {slot} and {result.field}.</summary>
    public IReadOnlyList<string> Answer { get; init; } = [];

    /// <summary>What must be known first, in the order of asking.</summary>
    public IReadOnlyList<ScriptSlot> Slots { get; init; } = [];

    /// <summary>A question that repeats the slots, to be answered with yes; null to go ahead without.</summary>
    public string? Confirm { get; init; }

    /// <summary>The tool that does it, given the slots as arguments of the same names; null when there is nothing to do.</summary>
    public string? Call { get; init; }

    /// <summary>What to say to the tool's errors.</summary>
    public IReadOnlyList<ScriptToolError> Errors { get; init; } = [];

    /// <summary>Whether the caller may interrupt what is said.</summary>
    public bool Interruptible { get; init; } = true;

    /// <summary>Whether the call ends after the answer.</summary>
    public bool EndsCall { get; init; }
}

/// <summary>What a slot holds.</summary>
public enum ScriptSlotType
{
    /// <summary>A whole number.</summary>
    Number,

    /// <summary>A day; given to tools as yyyy-MM-dd.</summary>
    Date,

    /// <summary>A time of day; given to tools as HH:mm.</summary>
    Time,

    /// <summary>Somebody's name.</summary>
    Name,

    /// <summary>One of some options.</summary>
    Choice,

    /// <summary>Whatever the caller says.</summary>
    Text,
}

/// <summary>Something that must be known before an intent can be carried out.</summary>
public sealed record ScriptSlot
{
    /// <summary>The slot's name: that of the tool's argument.</summary>
    public string Name { get; init; } = "";

    /// <summary>What it holds.</summary>
    public ScriptSlotType Type { get; init; }

    /// <summary>How it is asked for; the second and later texts are for asking again.</summary>
    public IReadOnlyList<string> Ask { get; init; } = [];

    /// <summary>What the answer will sound like; Auto guesses from the question.</summary>
    public ListeningContext Listen { get; init; }

    /// <summary>Said before asking again when a value is out of bounds.</summary>
    public string? Invalid { get; init; }

    /// <summary>Least value of a number.</summary>
    public int Min { get; init; }

    /// <summary>Greatest value of a number.</summary>
    public int Max { get; init; } = 9999;

    /// <summary>Words that follow or precede the number ("people"), or name the slot when the caller wants it changed.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>Earliest time of day; decides between morning and evening when the caller does not say.</summary>
    public TimeOnly From { get; init; }

    /// <summary>Latest time of day.</summary>
    public TimeOnly To { get; init; } = new(23, 59);

    /// <summary>The options of a choice.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];
}

/// <summary>What to say to an error of a tool.</summary>
public sealed record ScriptToolError
{
    /// <summary>The error's code, or "any".</summary>
    public string Code { get; init; } = "";

    /// <summary>What to say; may hold {slot} and {result.field}.</summary>
    public string Say { get; init; } = "";

    /// <summary>Slots to forget and ask for again; none ends the attempt.</summary>
    public IReadOnlyList<string> AskAgain { get; init; } = [];
}
