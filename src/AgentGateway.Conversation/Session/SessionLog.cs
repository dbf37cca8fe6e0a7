using AgentGateway.Conversation.Events;
using AgentGateway.Conversation.TurnTaking;
using Microsoft.Extensions.Logging;

namespace AgentGateway.Conversation.Session;

/// <summary>What sessions log: never words of a conversation.</summary>
internal static partial class SessionLog
{
    [LoggerMessage(5001, LogLevel.Debug, "Conversation with {Agent} ({Version}) begins")]
    public static partial void Begins(ILogger logger, string agent, string version);

    [LoggerMessage(5002, LogLevel.Debug, "Conversation ended: {Reason} after {Turns} turns; dropped {DroppedSamples} input samples, {DroppedEvents} events")]
    public static partial void Ended(ILogger logger, ConversationEndReason reason, int turns, long droppedSamples, long droppedEvents);

    [LoggerMessage(5003, LogLevel.Warning, "Recogniser {Name} failed")]
    public static partial void RecognizerFailed(ILogger logger, string name, Exception exception);

    [LoggerMessage(5004, LogLevel.Warning, "Language model failed with {Code} in turn {Turn}")]
    public static partial void ModelFailed(ILogger logger, string code, int turn, Exception? exception);

    [LoggerMessage(5005, LogLevel.Warning, "Synthesizer {Name} failed in turn {Turn}")]
    public static partial void SynthesizerFailed(ILogger logger, string name, int turn, Exception exception);

    [LoggerMessage(5006, LogLevel.Warning, "The conversation was stuck in {Phase} and went on")]
    public static partial void Stalled(ILogger logger, TurnPhase phase);

    [LoggerMessage(5007, LogLevel.Error, "The conversation failed")]
    public static partial void Failed(ILogger logger, Exception exception);

    [LoggerMessage(5008, LogLevel.Error, "A reply failed unexpectedly in turn {Turn}")]
    public static partial void ReplyFailed(ILogger logger, int turn, Exception exception);

    [LoggerMessage(
        5010,
        LogLevel.Debug,
        "Turn {Turn} answered after {Total} ms: endpointing {Endpointing}, transcription {Transcription}, first token {FirstToken}, first chunk {FirstChunk}, first audio {FirstAudio}, pacing {Pacing}")]
    public static partial void Measured(
        ILogger logger, int turn, int total, int endpointing, int transcription, int firstToken, int firstChunk, int firstAudio, int pacing);

    [LoggerMessage(5009, LogLevel.Warning, "The end-of-turn model failed; turns end by text alone")]
    public static partial void EndOfTurnFailed(ILogger logger, Exception exception);
}
