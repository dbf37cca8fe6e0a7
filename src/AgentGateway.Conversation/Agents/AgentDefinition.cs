namespace AgentGateway.Conversation.Agents;

/// <summary>An agent as its file describes it: immutable, validated, complete. Defaults are those of the schema.</summary>
public sealed record AgentDefinition
{
    /// <summary>The folder's name: lower-case letters, digits and hyphens, 1..64 characters. It is the agent's id in URLs.</summary>
    public required string Name { get; init; }

    /// <summary>A name for people.</summary>
    public required string DisplayName { get; init; }

    /// <summary>One sentence for people who choose an agent.</summary>
    public string Description { get; init; } = "";

    /// <summary>Hash of everything the agent is made of (file, partials, tools): 12 hexadecimal digits.</summary>
    public required string Version { get; init; }

    /// <summary>What stands behind a call.</summary>
    public AgentMode Mode { get; init; }

    /// <summary>BCP 47 language the agent speaks and hears.</summary>
    public string Language { get; init; } = "en";

    /// <summary>The system prompt; caller text is never templated into it. Empty for echo agents.</summary>
    public string SystemPrompt { get; init; } = "";

    /// <summary>Spoken first; null when the caller is to begin.</summary>
    public string? Greeting { get; init; }

    /// <summary>The embedded dialogue, when the file has one. Used by the script engine, and as a fallback when no model answers.</summary>
    public ScriptDefinition? Script { get; init; }

    /// <summary>Said when no language model answers and the script has nothing to say either; by default a sentence in the agent's language (English or German).</summary>
    public string Apology
    {
        get => field ?? (Language.StartsWith("de", StringComparison.OrdinalIgnoreCase)
            ? "Es tut mir leid, ich kann gerade nicht antworten. Bitte versuchen Sie es gleich noch einmal."
            : "I am sorry, I can not answer right now. Please try again in a moment.");
        init;
    }

    /// <summary>What it says when no model is asked.</summary>
    public PhraseOptions Phrases { get; init; } = new();

    /// <summary>Where the agent is: decides what "tomorrow" means. The server's zone by default.</summary>
    public TimeZoneInfo? TimeZone { get; init; }

    /// <summary>The language model.</summary>
    public LlmOptions Llm { get; init; } = new();

    /// <summary>Speech to text.</summary>
    public RecognizerOptions Stt { get; init; } = new();

    /// <summary>Text to speech.</summary>
    public SynthesizerOptions Tts { get; init; } = new();

    /// <summary>What is done to the caller's audio.</summary>
    public AudioOptions Audio { get; init; } = new();

    /// <summary>Turn-taking.</summary>
    public TurnOptions Turn { get; init; } = new();

    /// <summary>Tools that the model may call.</summary>
    public IReadOnlyList<ToolDefinition> Tools { get; init; } = [];

    /// <summary>
    /// The system prompt for a call that begins now: <see cref="SystemPrompt"/> with its only placeholder, <c>{{now}}</c>, replaced by
    /// day and time where the agent is. Nothing that a caller says is ever put there.
    /// </summary>
    public string RenderSystemPrompt(DateTimeOffset now)
    {
        DateTimeOffset local = TimeZone is null ? now : TimeZoneInfo.ConvertTime(now, TimeZone);
        return SystemPrompt.Replace(
            "{{now}}", local.ToString("dddd, d MMMM yyyy, HH:mm", System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }
}
