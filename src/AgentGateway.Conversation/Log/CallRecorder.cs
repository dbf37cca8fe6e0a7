using System.Text.Json;
using AgentGateway.Conversation.Events;
using AgentGateway.Conversation.TurnTaking;
using AgentGateway.Primitives;
using Microsoft.Extensions.AI;

namespace AgentGateway.Conversation.Log;

/// <summary>What a conversation's loop tells its log; does nothing when there is none. One owner.</summary>
/// <param name="log">The log.</param>
/// <param name="clock">Media time.</param>
internal sealed class CallRecorder(ICallLog? log, Func<Instant> clock)
{
    /// <summary>Writes nothing down.</summary>
    public static CallRecorder None { get; } = new(null, () => Instant.Zero);

    public void Begin(CallLogHeader header) => log?.Begin(header);

    public void Fact(Instant now, in TurnFact fact) => log?.Add(new CallLogEntry.Fact(now, fact));

    public void Timeout(Instant now, TurnTimer? timer)
    {
        if (timer is { } due)
            log?.Add(new CallLogEntry.Timeout(now, due));
    }

    public void Command(in TurnCommand command) => log?.Add(new CallLogEntry.Command(clock(), command));

    public void UserSaid(string text) => Note(new DialogueNote { Kind = DialogueNoteKind.UserSaid, Text = text });

    public void ReplyBegun(int generation, int turn) =>
        Note(new DialogueNote { Kind = DialogueNoteKind.ReplyBegun, Generation = generation, Turn = turn });

    public void Segment(int generation, int segment, string text) =>
        Note(new DialogueNote { Kind = DialogueNoteKind.Segment, Generation = generation, Segment = segment, Text = text });

    public void Heard(int generation, int segment, int length) =>
        Note(new DialogueNote { Kind = DialogueNoteKind.Heard, Generation = generation, Segment = segment, Length = length });

    public void Tools(int generation, IReadOnlyList<AIContent> calls, IReadOnlyList<AIContent> results)
    {
        if (log is not null)
            Note(new DialogueNote { Kind = DialogueNoteKind.Tools, Generation = generation, Calls = Json(calls), Results = Json(results) });
    }

    public void ReplyClosed(int generation, bool cut) =>
        Note(new DialogueNote { Kind = DialogueNoteKind.ReplyClosed, Generation = generation, Cut = cut });

    public void Fault(string code) => Note(new DialogueNote { Kind = DialogueNoteKind.Fault, Text = code });

    public void Measured(TurnLatency latency) => Note(new DialogueNote
    {
        Kind = DialogueNoteKind.Measured,
        Turn = latency.Turn,
        Endpointing = latency.Endpointing,
        Transcription = latency.Transcription,
        LlmFirstToken = latency.LlmFirstToken,
        FirstChunk = latency.FirstChunk,
        TtsFirstAudio = latency.TtsFirstAudio,
        Pacing = latency.Pacing,
        WasSpeculated = latency.WasSpeculated,
        WastedReplies = latency.WastedReplies,
        WastedCharacters = latency.WastedCharacters,
    });

    public void Complete() => log?.Complete();

    private void Note(in DialogueNote note) => log?.Add(new CallLogEntry.Note(clock(), note));

    // Results are any object of a tool; the log must not fail a call over one.
    private static string Json(IReadOnlyList<AIContent> contents)
    {
        try
        {
            return JsonSerializer.Serialize(contents, AIJsonUtilities.DefaultOptions);
        }
        catch (Exception e) when (e is NotSupportedException or JsonException or InvalidOperationException)
        {
            return "[]";
        }
    }
}
