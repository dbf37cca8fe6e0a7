using AgentGateway.Conversation.Events;
using AgentGateway.Primitives;

namespace AgentGateway.Conversation.TurnTaking;

/// <summary>Something that happened outside the engine. Only the members that its kind names have a meaning.</summary>
public readonly record struct TurnFact
{
    /// <summary>What happened.</summary>
    public TurnFactKind Kind { get; private init; }

    /// <summary>Voice: probability of speech, 0..1.</summary>
    public float Probability { get; private init; }

    /// <summary>Voice: position after the window, in samples at 16 kHz since the first.</summary>
    public long Position { get; private init; }

    /// <summary>Voice: length of the window.</summary>
    public TimeSpan Duration { get; private init; }

    /// <summary>Voice: when the window's end was received; it may be before the time of handling.</summary>
    public Instant ReceivedAt { get; private init; }

    /// <summary>Transcript: the engine's number of the utterance.</summary>
    public int Utterance { get; private init; }

    /// <summary>Transcript: the utterance's whole text so far. TypedText: the text.</summary>
    public string Text { get; private init; }

    /// <summary>Transcript: whether the text is final.</summary>
    public bool IsFinal { get; private init; }

    /// <summary>TypedText: whether to answer at once.</summary>
    public bool RunImmediately { get; private init; }

    /// <summary>TypedText: whether the answer is spoken. Ready: whether there is a greeting.</summary>
    public bool Spoken { get; private init; }

    /// <summary>Reply and playout facts: the reply's generation.</summary>
    public int Generation { get; private init; }

    /// <summary>End facts: why.</summary>
    public ConversationEndReason Reason { get; private init; }

    /// <summary>Everything is prepared.</summary>
    /// <param name="greeting">Whether the agent speaks first.</param>
    public static TurnFact Ready(bool greeting) => new() { Kind = TurnFactKind.Ready, Text = "", Spoken = greeting };

    /// <summary>The voice activity of one window.</summary>
    public static TurnFact Voice(float probability, long position, TimeSpan duration, Instant receivedAt) => new()
    {
        Kind = TurnFactKind.Voice, Text = "", Probability = probability, Position = position, Duration = duration, ReceivedAt = receivedAt,
    };

    /// <summary>Recognised text.</summary>
    public static TurnFact Transcript(int utterance, string text, bool isFinal) =>
        new() { Kind = TurnFactKind.Transcript, Utterance = utterance, Text = text, IsFinal = isFinal };

    /// <summary>The recogniser failed.</summary>
    public static TurnFact RecognizerLost() => new() { Kind = TurnFactKind.RecognizerLost, Text = "" };

    /// <summary>Typed text.</summary>
    public static TurnFact Typed(string text, bool runImmediately, bool spoken) =>
        new() { Kind = TurnFactKind.TypedText, Text = text, RunImmediately = runImmediately, Spoken = spoken };

    /// <summary>A fact about a reply.</summary>
    /// <param name="kind">ReplyProgress, PlayoutStarted, PlayoutProgress or ReplyFinished.</param>
    /// <param name="generation">The reply.</param>
    public static TurnFact Reply(TurnFactKind kind, int generation) => new() { Kind = kind, Text = "", Generation = generation };

    /// <summary>The end was asked for.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="afterReply">Whether the present reply is to be heard first.</param>
    public static TurnFact End(ConversationEndReason reason, bool afterReply) =>
        new() { Kind = afterReply ? TurnFactKind.EndAfterReply : TurnFactKind.End, Text = "", Reason = reason };
}
