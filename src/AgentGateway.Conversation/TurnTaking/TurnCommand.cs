using AgentGateway.Conversation.Events;
using AgentGateway.Primitives;

namespace AgentGateway.Conversation.TurnTaking;

/// <summary>Something the driver has to do now, in this order. Only the members that its kind names have a meaning.</summary>
public readonly record struct TurnCommand
{
    /// <summary>What to do.</summary>
    public required TurnCommandKind Kind { get; init; }

    /// <summary>The caller's turn, from 1; for replies the turn that is answered, 0 for the greeting.</summary>
    public int Turn { get; init; }

    /// <summary>The reply.</summary>
    public int Generation { get; init; }

    /// <summary>The utterance.</summary>
    public int Utterance { get; init; }

    /// <summary>OpenUtterance: first sample to recognise, at 16 kHz. JudgeEndOfTurn: first sample of the turn.</summary>
    public long Position { get; init; }

    /// <summary>JudgeEndOfTurn: the position after the last sample that was received.</summary>
    public long EndPosition { get; init; }

    /// <summary>Text of transcripts and turns.</summary>
    public string? Text { get; init; }

    /// <summary>ReportTranscript: whether it is final.</summary>
    public bool IsFinal { get; init; }

    /// <summary>CommitTurn: whether the whole turn was typed.</summary>
    public bool Typed { get; init; }

    /// <summary>StartReply and StartSpeculation: whether the reply is spoken.</summary>
    public bool Spoken { get; init; }

    /// <summary>OpenUtterance: whether its audio was recognised before, without finding a word; it is ended at once.</summary>
    public bool Again { get; init; }

    /// <summary>ReportNoWords: whether the words were the agent's own, returned by the caller's microphone.</summary>
    public bool Echo { get; init; }

    /// <summary>Say and SayFiller: which phrase.</summary>
    public TurnPhrase Phrase { get; init; }

    /// <summary>ReportState: the state. ReportStalled: unused.</summary>
    public AgentState State { get; init; }

    /// <summary>ReportStalled: the phase that was stuck.</summary>
    public TurnPhase Phase { get; init; }

    /// <summary>StartReply and CommitSpeculation: when the caller's speech ended in received audio.</summary>
    public Instant SpeechEnd { get; init; }

    /// <summary>StartReply and CommitSpeculation: when the turn was decided to be over.</summary>
    public Instant Decided { get; init; }

    /// <summary>EndConversation: why.</summary>
    public ConversationEndReason Reason { get; init; }
}
