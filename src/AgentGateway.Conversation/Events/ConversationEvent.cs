namespace AgentGateway.Conversation.Events;

/// <summary>
/// What happened in a conversation, in order: the one stream that transcript, metrics and client dialects project.
/// </summary>
public abstract record ConversationEvent
{
    /// <summary>Media time: since the start of the call.</summary>
    public required TimeSpan At { get; init; }
}

/// <summary>The agent's state changed.</summary>
public sealed record AgentStateChanged(AgentState State) : ConversationEvent;

/// <summary>The caller began to speak (a turn was opened by voice).</summary>
public sealed record UserSpeechStarted : ConversationEvent;

/// <summary>The caller's turn ended: the agent will answer, or nothing was understood.</summary>
public sealed record UserSpeechStopped : ConversationEvent;

/// <summary>Recognised text of the caller's present turn; the whole text so far, not a delta.</summary>
/// <param name="Turn">The turn's number, from 1.</param>
/// <param name="Text">The text.</param>
/// <param name="IsFinal">False while it may still change.</param>
public sealed record UserTranscript(int Turn, string Text, bool IsFinal) : ConversationEvent
{
    /// <summary>What the recogniser wrote, where <see cref="Text"/> was made readable; else null.</summary>
    public string? Raw { get; init; }
}

/// <summary>The caller's turn was committed to history and given to the language model.</summary>
/// <param name="Turn">The turn's number.</param>
/// <param name="Text">What the model is given.</param>
/// <param name="Typed">True for text from a data channel.</param>
public sealed record UserTurnCommitted(int Turn, string Text, bool Typed) : ConversationEvent
{
    /// <summary>What the recogniser wrote, where <see cref="Text"/> was made readable; else null.</summary>
    public string? Raw { get; init; }
}

/// <summary>The caller was heard, but no words were recognised: the agent goes on, or asks again.</summary>
/// <param name="Turn">The turn's number.</param>
public sealed record UserTurnEmpty(int Turn) : ConversationEvent;

/// <summary>A reply to a turn began to be generated; turn 0 is the greeting.</summary>
public sealed record ReplyStarted(int Turn) : ConversationEvent;

/// <summary>Text of the reply, as the language model produces it.</summary>
public sealed record ReplyText(int Turn, string Delta) : ConversationEvent;

/// <summary>The language model finished the reply's text (or was cancelled).</summary>
public sealed record ReplyTextCompleted(int Turn) : ConversationEvent;

/// <summary>A chunk of the reply was given to the synthesizer. Segment numbers are unique in the call and grow.</summary>
public sealed record SegmentQueued(int Turn, int Segment, string Text, bool Spoken) : ConversationEvent;

/// <summary>Playout of a segment reached a word: the first <paramref name="HeardLength"/> characters of its text were sent as audio.</summary>
public sealed record SegmentProgress(int Turn, int Segment, string Text, int HeardLength) : ConversationEvent;

/// <summary>A segment was played to its end.</summary>
public sealed record SegmentCompleted(int Turn, int Segment, string Text) : ConversationEvent;

/// <summary>The first audio of a reply left.</summary>
public sealed record AgentSpeechStarted(int Turn) : ConversationEvent;

/// <summary>The last audio of a reply left, or it was cut.</summary>
public sealed record AgentSpeechStopped(int Turn) : ConversationEvent;

/// <summary>The caller interrupted the agent; history keeps only what was heard.</summary>
/// <param name="Turn">The interrupted reply's turn.</param>
/// <param name="HeardText">The words of the reply that were played.</param>
public sealed record AgentInterrupted(int Turn, string HeardText) : ConversationEvent;

/// <summary>The model called a tool.</summary>
/// <param name="Turn">The turn.</param>
/// <param name="CallId">The model's id of the call.</param>
/// <param name="Name">The tool's name.</param>
/// <param name="ArgumentsJson">A JSON object.</param>
public sealed record ToolCallStarted(int Turn, string CallId, string Name, string ArgumentsJson) : ConversationEvent;

/// <summary>A tool call ended.</summary>
/// <param name="Turn">The turn.</param>
/// <param name="CallId">The model's id of the call.</param>
/// <param name="Name">The tool's name.</param>
/// <param name="ResultJson">JSON, also for errors.</param>
/// <param name="Failed">Whether the result is an error.</param>
public sealed record ToolCallCompleted(int Turn, string CallId, string Name, string ResultJson, bool Failed) : ConversationEvent;

/// <summary>How long the answer to a turn took; emitted when its first audio left.</summary>
public sealed record TurnMeasured(TurnLatency Latency) : ConversationEvent;

/// <summary>A reply that was begun before its turn was certainly over was thrown away, because the turn went on.</summary>
/// <param name="Turn">The turn.</param>
/// <param name="Characters">Text the model had made by then.</param>
public sealed record SpeculationWasted(int Turn, int Characters) : ConversationEvent
{
    /// <summary>Why it was.</summary>
    public SpeculationWaste Reason { get; init; }

    /// <summary>How long it had been made.</summary>
    public TimeSpan Took { get; init; }
}

/// <summary>Something failed; the conversation goes on unless <paramref name="Fatal"/>.</summary>
/// <param name="Code">A stable code, such as "llm_unavailable".</param>
/// <param name="Message">For people; no secrets, no transcript.</param>
/// <param name="Fatal">Whether the conversation ends.</param>
public sealed record ConversationFault(string Code, string Message, bool Fatal) : ConversationEvent;

/// <summary>The last event of a conversation.</summary>
public sealed record ConversationEnded(ConversationEndReason Reason) : ConversationEvent;
