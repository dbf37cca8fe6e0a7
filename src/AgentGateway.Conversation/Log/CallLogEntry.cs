using AgentGateway.Conversation.TurnTaking;
using AgentGateway.Primitives;

namespace AgentGateway.Conversation.Log;

/// <summary>One entry of a call's log.</summary>
/// <param name="At">Media time.</param>
public abstract record CallLogEntry(Instant At)
{
    /// <summary>The engine was told a fact.</summary>
    public sealed record Fact(Instant At, TurnFact Value) : CallLogEntry(At);

    /// <summary>Time alone moved the engine.</summary>
    /// <param name="At">Media time.</param>
    /// <param name="Timer">The earliest timer that was due.</param>
    public sealed record Timeout(Instant At, TurnTimer Timer) : CallLogEntry(At);

    /// <summary>The engine decided something because of the last fact or timeout.</summary>
    public sealed record Command(Instant At, TurnCommand Value) : CallLogEntry(At);

    /// <summary>Something happened in the dialogue that the engine does not decide on.</summary>
    public sealed record Note(Instant At, DialogueNote Value) : CallLogEntry(At);

    /// <summary>Entries are missing here, because the log could not keep up.</summary>
    public sealed record Gap(Instant At, long Count) : CallLogEntry(At);
}
