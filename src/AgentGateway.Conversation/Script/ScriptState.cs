using System.Collections.Immutable;
using AgentGateway.Conversation.Agents;

namespace AgentGateway.Conversation.Script;

/// <summary>Where a dialogue stands.</summary>
internal enum ScriptStage
{
    /// <summary>Nothing is being asked.</summary>
    Open,

    /// <summary>A slot was asked for.</summary>
    Asking,

    /// <summary>The slots were repeated to the caller.</summary>
    Confirming,

    /// <summary>The caller said no and was asked what to change.</summary>
    Changing,

    /// <summary>A tool was called and its result is due.</summary>
    Calling,
}

/// <summary>The value of a slot.</summary>
/// <param name="Spoken">For people.</param>
/// <param name="Argument">For tools: a string, or an int.</param>
internal sealed record SlotValue(string Spoken, object Argument);

/// <summary>All that a dialogue remembers. Immutable: it is computed from the chat history for every reply.</summary>
internal sealed record ScriptState
{
    public ScriptStage Stage { get; init; }

    /// <summary>The intent being carried out.</summary>
    public ScriptIntent? Intent { get; init; }

    /// <summary>The slot asked for.</summary>
    public string? Slot { get; init; }

    /// <summary>How often it was asked for.</summary>
    public int Attempts { get; init; }

    public ImmutableDictionary<string, SlotValue> Values { get; init; } = ImmutableDictionary.Create<string, SlotValue>(StringComparer.Ordinal);

    /// <summary>How often each list of texts was used, so that they take turns.</summary>
    public ImmutableDictionary<string, int> Uses { get; init; } = ImmutableDictionary.Create<string, int>(StringComparer.Ordinal);

    /// <summary>What was said last.</summary>
    public string? LastSaid { get; init; }
}

/// <summary>What the script wants done: say something, call a tool.</summary>
internal abstract record ScriptAction;

/// <summary>Say this.</summary>
internal sealed record SayAction(string Text, bool Interruptible = true) : ScriptAction;

/// <summary>Call this tool.</summary>
internal sealed record CallAction(string Tool, IReadOnlyDictionary<string, object?> Arguments) : ScriptAction;

/// <summary>A step of the dialogue.</summary>
internal sealed record ScriptStep(ScriptState State, IReadOnlyList<ScriptAction> Actions);
