using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Ports;
using AgentGateway.Conversation.Speech.Alignment;
using AgentGateway.Conversation.Text;
using AgentGateway.Conversation.TurnTaking;
using Microsoft.Extensions.AI;

namespace AgentGateway.Conversation.Session;

/// <summary>What the flows around the loop tell it. Items of one flow arrive in order.</summary>
internal abstract record SessionInput
{
    /// <summary>A fact for the turn-taker.</summary>
    public sealed record Fact(TurnFact Value) : SessionInput;

    /// <summary>Something failed.</summary>
    public sealed record Fault(string Code, string Message, bool Fatal) : SessionInput;

    /// <summary>Something about a reply; ignored when the reply is over.</summary>
    public abstract record OfReply(int Generation) : SessionInput;

    /// <summary>Text of the model.</summary>
    public sealed record TextDelta(int Generation, string Delta) : OfReply(Generation);

    /// <summary>The text is complete.</summary>
    public sealed record TextCompleted(int Generation) : OfReply(Generation);

    /// <summary>The caller must hear the reply to its end.</summary>
    public sealed record Uninterruptible(int Generation) : OfReply(Generation);

    /// <summary>What the reply asks for.</summary>
    public sealed record Listen(int Generation, ListeningContext Context) : OfReply(Generation);

    /// <summary>A chunk was cut from the text.</summary>
    public sealed record Segment(int Generation, int Number, SpokenText Text, bool Spoken) : OfReply(Generation);

    /// <summary>A chunk's audio begins at a position of the playout queue.</summary>
    public sealed record AudioBegins(int Generation, int Number, long Position) : OfReply(Generation);

    /// <summary>Word timings of a chunk, in order; <paramref name="Trimmed"/> samples at 48 kHz were cut off its beginning.</summary>
    public sealed record AudioWords(int Generation, int Number, IReadOnlyList<WordTiming> Words, long Trimmed) : OfReply(Generation);

    /// <summary>What more of a chunk's audio looks like, for voices that do not tell when their words are.</summary>
    public sealed record AudioShape(int Generation, int Number, SpeechFrame[] Frames, bool IsComplete) : OfReply(Generation);

    /// <summary>A chunk's audio ends at a position of the playout queue.</summary>
    public sealed record AudioEnds(int Generation, int Number, long Position) : OfReply(Generation);

    /// <summary>A chunk could not be spoken; it was shown.</summary>
    public sealed record AudioLost(int Generation, int Number) : OfReply(Generation);

    /// <summary>A tool is about to run.</summary>
    public sealed record ToolStarted(int Generation, string CallId, string Name, string ArgumentsJson) : OfReply(Generation);

    /// <summary>A tool ended.</summary>
    public sealed record ToolCompleted(int Generation, string CallId, string Name, string ResultJson, bool Failed) : OfReply(Generation);

    /// <summary>Calls and results for the history.</summary>
    public sealed record ToolsRan(int Generation, IReadOnlyList<AIContent> Calls, IReadOnlyList<AIContent> Results) : OfReply(Generation);

    /// <summary>Everything of the reply was written.</summary>
    public sealed record Sealed(int Generation) : OfReply(Generation);
}
