using System.Text;
using Microsoft.Extensions.AI;

namespace AgentGateway.Conversation.History;

/// <summary>A reply in the history: what was heard of it, and the tools it ran, in order.</summary>
internal sealed class ReplyEntry(int generation, int turn)
{
    private readonly List<Part> _parts = [];

    public int Generation { get; } = generation;

    public int Turn { get; } = turn;

    public bool IsClosed { get; private set; }

    public bool WasCut { get; private set; }

    public void AddSegment(int segment, string text) => _parts.Add(new Part { Segment = segment, Text = text });

    public void AddTools(IReadOnlyList<AIContent> calls, IReadOnlyList<AIContent> results) =>
        _parts.Add(new Part { Segment = -1, Text = "", Calls = calls, Results = results });

    /// <summary>The first characters of a segment were heard. Never moves back.</summary>
    /// <returns>How many were heard, when that is more than before; else 0.</returns>
    public int Hear(int segment, int length)
    {
        if (IsClosed || length <= 0 || Find(segment) is not { } part || Math.Min(length, part.Text.Length) <= part.Heard)
            return 0;
        return part.Heard = Math.Min(length, part.Text.Length);
    }

    /// <summary>No more of it will be heard.</summary>
    public HeardText Close(bool cut)
    {
        IsClosed = true;
        HeardText heard = Heard();
        WasCut = cut && !heard.IsComplete;
        return heard;
    }

    public HeardText Heard()
    {
        var text = new StringBuilder();
        bool complete = true;
        foreach (Part part in _parts)
        {
            Append(text, part.Text.AsSpan(0, part.Heard));
            complete &= part.Heard == part.Text.Length;
        }

        return new HeardText(text.ToString(), complete);
    }

    /// <summary>Adds the reply as messages: text and calls, results, text, ...; nothing when nothing of it happened.</summary>
    public void AppendTo(List<ChatMessage> messages)
    {
        var text = new StringBuilder();
        foreach (Part part in _parts)
        {
            Append(text, part.Text.AsSpan(0, part.Heard));
            if (part.Calls is null)
                continue;
            List<AIContent> contents = [];
            if (text.Length > 0)
                contents.Add(new TextContent(text.ToString()));
            text.Clear();
            messages.Add(new ChatMessage(ChatRole.Assistant, [.. contents, .. part.Calls]));
            messages.Add(new ChatMessage(ChatRole.Tool, [.. part.Results!]));
        }

        if (text.Length == 0)
            return;
        // The model has to know that its sentence was not heard to the end, or it would refer to it.
        var message = new ChatMessage(ChatRole.Assistant, WasCut ? text.Append('…').ToString() : text.ToString());
        if (WasCut)
            message.AdditionalProperties = new AdditionalPropertiesDictionary { [ConversationHistory.InterruptedProperty] = true };
        messages.Add(message);
    }

    // Asked with every frame that is played: no closure.
    private Part? Find(int segment)
    {
        foreach (Part part in _parts)
        {
            if (part.Segment == segment)
                return part;
        }

        return null;
    }

    private static void Append(StringBuilder text, ReadOnlySpan<char> more)
    {
        more = more.Trim();
        if (more.IsEmpty)
            return;
        if (text.Length > 0)
            text.Append(' ');
        text.Append(more);
    }

    private sealed class Part
    {
        public required int Segment { get; init; }

        public required string Text { get; init; }

        public IReadOnlyList<AIContent>? Calls { get; init; }

        public IReadOnlyList<AIContent>? Results { get; init; }

        public int Heard { get; set; }
    }
}
