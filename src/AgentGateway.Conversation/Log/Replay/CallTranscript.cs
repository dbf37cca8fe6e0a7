using System.Text.Json;
using AgentGateway.Conversation.History;
using Microsoft.Extensions.AI;

namespace AgentGateway.Conversation.Log.Replay;

/// <summary>The dialogue of a call, made again from its log.</summary>
public sealed class CallTranscript
{
    private readonly List<TranscriptLine> _lines = [];
    private readonly Dictionary<int, TimeSpan> _replies = [];

    private CallTranscript()
    {
    }

    /// <summary>What the language model would be given after the call, without the system prompt, which is not logged.</summary>
    public ConversationHistory History { get; } = new("");

    /// <summary>What was said and heard, in order.</summary>
    public IReadOnlyList<TranscriptLine> Lines => _lines;

    /// <summary>Reads a log to its end.</summary>
    public static CallTranscript Of(CallLogReader log)
    {
        ArgumentNullException.ThrowIfNull(log);
        var transcript = new CallTranscript();
        while (log.TryRead(out CallLogEntry entry))
        {
            if (entry is CallLogEntry.Note note)
                transcript.Take(note.At - Primitives.Instant.Zero, note.Value);
        }

        return transcript;
    }

    private void Take(TimeSpan at, in DialogueNote note)
    {
        switch (note.Kind)
        {
            case DialogueNoteKind.UserSaid when !string.IsNullOrEmpty(note.Text):
                History.AddUser(note.Text);
                _lines.Add(new TranscriptLine(at, IsAgent: false, note.Text, IsCut: false));
                break;
            case DialogueNoteKind.ReplyBegun:
                History.BeginReply(note.Generation, note.Turn);
                _replies.TryAdd(note.Generation, at);
                break;
            case DialogueNoteKind.Segment:
                History.AddSegment(note.Generation, note.Segment, note.Text ?? "");
                break;
            case DialogueNoteKind.Heard:
                History.Hear(note.Generation, note.Segment, note.Length);
                break;
            case DialogueNoteKind.Tools:
                History.AddTools(note.Generation, Contents(note.Calls), Contents(note.Results));
                break;
            case DialogueNoteKind.ReplyClosed:
                HeardText heard = note.Cut ? History.CutReply(note.Generation) : History.CompleteReply(note.Generation);
                if (_replies.Remove(note.Generation, out TimeSpan begun) && heard.Text.Length > 0)
                    _lines.Add(new TranscriptLine(begun, IsAgent: true, heard.Text, note.Cut && !heard.IsComplete));
                break;
        }
    }

    private static List<AIContent> Contents(string? json)
    {
        try
        {
            return json is null ? [] : JsonSerializer.Deserialize<List<AIContent>>(json, AIJsonUtilities.DefaultOptions) ?? [];
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            return [];
        }
    }
}

/// <summary>One line of a transcript.</summary>
/// <param name="At">Media time: of the caller's commit, of the reply's beginning.</param>
/// <param name="IsAgent">Whose words.</param>
/// <param name="Text">What was said; of the agent what was heard.</param>
/// <param name="IsCut">Whether the agent was interrupted.</param>
public sealed record TranscriptLine(TimeSpan At, bool IsAgent, string Text, bool IsCut);
