using AgentGateway.Conversation.Log;
using Microsoft.Extensions.AI;

namespace AgentGateway.Conversation.History;

/// <summary>
/// What was said and heard, in order. A caller's item precedes the reply to it; a reply holds what was played of it, word by
/// word, or nothing when none was; a reply that was cut says so. Tool calls stay with their results, because what they did
/// is done. Not thread-safe: one owner.
/// </summary>
public sealed class ConversationHistory
{
    /// <summary>Set to true in the additional properties of an assistant message that the caller did not hear to its end.</summary>
    public const string InterruptedProperty = "agentgateway.interrupted";

    private readonly List<object> _entries = [];
    private readonly string _systemPrompt;
    private readonly CallRecorder _recorder;

    /// <summary>Creates an empty history.</summary>
    /// <param name="systemPrompt">The first message; none when empty.</param>
    public ConversationHistory(string systemPrompt)
        : this(systemPrompt, CallRecorder.None)
    {
    }

    /// <summary>Creates an empty history whose changes are written down.</summary>
    internal ConversationHistory(string systemPrompt, CallRecorder recorder)
    {
        _systemPrompt = systemPrompt;
        _recorder = recorder;
    }

    /// <summary>Adds words of the caller.</summary>
    public void AddUser(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        _entries.Add(text);
        _recorder.UserSaid(text);
    }

    /// <summary>Begins a reply. Replies are numbered upwards.</summary>
    public void BeginReply(int generation, int turn)
    {
        _entries.Add(new ReplyEntry(generation, turn));
        _recorder.ReplyBegun(generation, turn);
    }

    /// <summary>Adds a chunk that will be played, or is shown.</summary>
    /// <param name="generation">The reply; one that was closed takes nothing.</param>
    /// <param name="segment">Number of the chunk, unique in the reply.</param>
    /// <param name="text">Its text.</param>
    public void AddSegment(int generation, int segment, string text)
    {
        if (Find(generation) is not { IsClosed: false } reply)
            return;
        reply.AddSegment(segment, text);
        _recorder.Segment(generation, segment, text);
    }

    /// <summary>Adds tools that ran.</summary>
    public void AddTools(int generation, IReadOnlyList<AIContent> calls, IReadOnlyList<AIContent> results)
    {
        if (Find(generation) is not { IsClosed: false } reply)
            return;
        reply.AddTools(calls, results);
        _recorder.Tools(generation, calls, results);
    }

    /// <summary>The first <paramref name="length"/> characters of a segment were heard.</summary>
    public void Hear(int generation, int segment, int length)
    {
        if (Find(generation)?.Hear(segment, length) is > 0 and var heard)
            _recorder.Heard(generation, segment, heard);
    }

    /// <summary>A reply was played or shown to its end.</summary>
    public HeardText CompleteReply(int generation) => Close(generation, cut: false);

    /// <summary>A reply was cut: it keeps what was heard.</summary>
    public HeardText CutReply(int generation) => Close(generation, cut: true);

    /// <summary>What was heard of a reply so far.</summary>
    public HeardText HeardOf(int generation) => Find(generation)?.Heard() ?? default;

    /// <summary>The conversation for a language model. Words of the caller that follow each other are one message.</summary>
    /// <param name="next">Words of the caller that would follow; null for none. They are not added.</param>
    public IList<ChatMessage> ToMessages(string? next = null)
    {
        List<ChatMessage> messages = [];
        if (_systemPrompt.Length > 0)
            messages.Add(new ChatMessage(ChatRole.System, _systemPrompt));
        foreach (object entry in next is null ? _entries : [.. _entries, next])
        {
            if (entry is ReplyEntry reply)
                reply.AppendTo(messages);
            else if (messages is [.., { Role: var role } last] && role == ChatRole.User)
                messages[^1] = new ChatMessage(ChatRole.User, last.Text + "\n" + (string)entry);
            else
                messages.Add(new ChatMessage(ChatRole.User, (string)entry));
        }

        return messages;
    }

    private HeardText Close(int generation, bool cut)
    {
        if (Find(generation) is not { } reply)
            return default;
        if (!reply.IsClosed)
            _recorder.ReplyClosed(generation, cut);
        return reply.Close(cut);
    }

    private ReplyEntry? Find(int generation)
    {
        for (int i = _entries.Count - 1; i >= 0; i--)
        {
            if (_entries[i] is ReplyEntry reply && reply.Generation <= generation)
                return reply.Generation == generation ? reply : null;
        }

        return null;
    }
}
