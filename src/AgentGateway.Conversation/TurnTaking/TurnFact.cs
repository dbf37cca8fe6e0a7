using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Events;
using AgentGateway.Primitives;

namespace AgentGateway.Conversation.TurnTaking;

/// <summary>Something that happened outside the engine. Only the members that its kind names have a meaning.</summary>
public readonly record struct TurnFact
{
    /// <summary>What happened.</summary>
    public TurnFactKind Kind { get; init; }

    /// <summary>Voice: probability of speech, 0..1. EndOfTurnProbability and ProviderEndOfTurn: that the turn is over, 0..1.</summary>
    public float Probability { get; init; }

    /// <summary>Voice: position after the window, in samples at 16 kHz since the first.</summary>
    public long Position { get; init; }

    /// <summary>Voice: length of the window.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Voice: when the window's end was received; it may be before the time of handling.</summary>
    public Instant ReceivedAt { get; init; }

    /// <summary>Voice: how much of the window is explained by what the agent played, 0..1.</summary>
    public float EchoLikelihood { get; init; }

    /// <summary>Transcript, EndOfTurnProbability and ProviderEndOfTurn: the engine's number of the utterance.</summary>
    public int Utterance { get; init; }

    /// <summary>
    /// Transcript: the utterance's whole text so far. TypedText: the text. Dtmf: one of 0..9, *, #, A..D. ReplyText: the chunk.
    /// PlayoutProgress: the words that were played since the last one.
    /// </summary>
    public string Text { get; init; }

    /// <summary>Transcript: how sure the recogniser is of the text, 0..1; null when it cannot tell.</summary>
    public float? Confidence { get; init; }

    /// <summary>Transcript: whether the text is final.</summary>
    public bool IsFinal { get; init; }

    /// <summary>TypedText: whether to answer at once.</summary>
    public bool RunImmediately { get; init; }

    /// <summary>TypedText: whether the answer is spoken. Ready: whether there is a greeting.</summary>
    public bool Spoken { get; init; }

    /// <summary>Reply and playout facts: the reply's generation.</summary>
    public int Generation { get; init; }

    /// <summary>ListenFor: what is expected.</summary>
    public ListeningContext Context { get; init; }

    /// <summary>End facts: why.</summary>
    public ConversationEndReason Reason { get; init; }

    /// <summary>Everything is prepared.</summary>
    /// <param name="greeting">Whether the agent speaks first.</param>
    public static TurnFact Ready(bool greeting) => new() { Kind = TurnFactKind.Ready, Text = "", Spoken = greeting };

    /// <summary>The voice activity of one window.</summary>
    public static TurnFact Voice(float probability, long position, TimeSpan duration, Instant receivedAt, float echoLikelihood = 0) => new()
    {
        Kind = TurnFactKind.Voice,
        Text = "",
        Probability = probability,
        Position = position,
        Duration = duration,
        ReceivedAt = receivedAt,
        EchoLikelihood = echoLikelihood,
    };

    /// <summary>Recognised text.</summary>
    public static TurnFact Transcript(int utterance, string text, bool isFinal, float? confidence = null) =>
        new() { Kind = TurnFactKind.Transcript, Utterance = utterance, Text = text, IsFinal = isFinal, Confidence = confidence };

    /// <summary>The recogniser failed.</summary>
    public static TurnFact RecognizerLost() => new() { Kind = TurnFactKind.RecognizerLost, Text = "" };

    /// <summary>Typed text.</summary>
    public static TurnFact Typed(string text, bool runImmediately, bool spoken) =>
        new() { Kind = TurnFactKind.TypedText, Text = text, RunImmediately = runImmediately, Spoken = spoken };

    /// <summary>A key of the telephone.</summary>
    public static TurnFact Dtmf(char key) => new() { Kind = TurnFactKind.Dtmf, Text = key.ToString() };

    /// <summary>The end-of-turn model's answer for the pause after an utterance.</summary>
    public static TurnFact EndOfTurn(int utterance, float probability) =>
        new() { Kind = TurnFactKind.EndOfTurnProbability, Text = "", Utterance = utterance, Probability = probability };

    /// <summary>The recogniser's own judgement of an utterance.</summary>
    public static TurnFact ProviderEndOfTurn(int utterance, float probability) =>
        new() { Kind = TurnFactKind.ProviderEndOfTurn, Text = "", Utterance = utterance, Probability = probability };

    /// <summary>A fact about a reply.</summary>
    /// <param name="kind">ReplyProgress, PlayoutStarted, PlayoutProgress or ReplyFinished.</param>
    /// <param name="generation">The reply.</param>
    /// <param name="text">PlayoutProgress: the words played.</param>
    public static TurnFact Reply(TurnFactKind kind, int generation, string text = "") => new() { Kind = kind, Text = text, Generation = generation };

    /// <summary>A chunk of a reply's text.</summary>
    public static TurnFact ReplyText(int generation, string text) => new() { Kind = TurnFactKind.ReplyText, Text = text, Generation = generation };

    /// <summary>A reply has to be heard to its end.</summary>
    public static TurnFact Uninterruptible(int generation) => new() { Kind = TurnFactKind.Uninterruptible, Text = "", Generation = generation };

    /// <summary>What a reply's author says will be heard next.</summary>
    public static TurnFact ListenFor(int generation, ListeningContext context) =>
        new() { Kind = TurnFactKind.ListenFor, Text = "", Generation = generation, Context = context };

    /// <summary>The end was asked for.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="afterReply">Whether the present reply is to be heard first.</param>
    public static TurnFact End(ConversationEndReason reason, bool afterReply) =>
        new() { Kind = afterReply ? TurnFactKind.EndAfterReply : TurnFactKind.End, Text = "", Reason = reason };
}
