using System.Text;
using AgentGateway.Primitives;

namespace AgentGateway.Conversation.TurnTaking;

/// <summary>
/// What the caller said in a turn that is not committed yet: utterances (a pause splits a turn into several) and typed
/// text, in order.
/// </summary>
internal sealed class UserTurn
{
    private readonly List<Part> _parts = [];

    /// <summary>The whole text so far.</summary>
    public string Text { get; private set; } = "";

    /// <summary>Whether all words were typed.</summary>
    public bool IsTyped { get; private set; }

    /// <summary>Whether an ended utterance has no final yet.</summary>
    public bool OwesFinal => _parts.Exists(part => part is { Ended: true, Final: false });

    /// <summary>Whether everything was typed by somebody who wants no spoken answer.</summary>
    public bool WantsSilentReply { get; private set; }

    /// <summary>Whether anything was typed.</summary>
    public bool HasTyped => _parts.Exists(part => part.Typed);

    /// <summary>Whether the turn was opened by voice.</summary>
    public bool ByVoice { get; set; }

    /// <summary>Length of all speech in the turn.</summary>
    public TimeSpan Speech { get; set; }

    /// <summary>Begins an utterance.</summary>
    public void Open(int utterance) => _parts.Add(new Part { Utterance = utterance });

    /// <summary>Notes that the final of an utterance was asked for.</summary>
    public void End(int utterance, Instant now)
    {
        if (Find(utterance) is { } part)
        {
            part.Ended = true;
            part.EndedAt = now;
        }
    }

    /// <summary>Adds typed text.</summary>
    public void Type(string text, bool spokenReply)
    {
        _parts.Add(new Part { Utterance = -1, Text = text, Typed = true, Ended = true, Final = true, SpokenReply = spokenReply });
        Update();
    }

    /// <summary>Takes a result; one of an utterance that is not of this turn, or after its final, changes nothing.</summary>
    /// <param name="utterance">The utterance.</param>
    /// <param name="text">Its whole text.</param>
    /// <param name="isFinal">Whether it is final.</param>
    /// <param name="endedAt">When the final was asked for, if it was.</param>
    /// <returns>Whether the result was of this turn.</returns>
    public bool Take(int utterance, string text, bool isFinal, out Instant? endedAt)
    {
        endedAt = null;
        if (Find(utterance) is not { Final: false } part)
            return false;
        part.Text = text;
        part.Final = isFinal;
        endedAt = part.Ended ? part.EndedAt : null;
        Update();
        return true;
    }

    /// <summary>No final will come any more.</summary>
    public void GiveUpFinals()
    {
        foreach (Part part in _parts)
            part.Final |= part.Ended;
    }

    private Part? Find(int utterance) => _parts.Find(part => part.Utterance == utterance && !part.Typed);

    private void Update()
    {
        var text = new StringBuilder();
        bool typed = false;
        bool said = false;
        bool silent = true;
        foreach (Part part in _parts)
        {
            if (part.Text.Length == 0)
                continue;
            if (text.Length > 0)
                text.Append(' ');
            text.Append(part.Text);
            typed |= part.Typed;
            said |= !part.Typed;
            silent &= part.Typed && !part.SpokenReply;
        }

        Text = text.ToString();
        IsTyped = typed && !said;
        WantsSilentReply = typed && silent;
    }

    private sealed class Part
    {
        public int Utterance { get; init; }

        public bool Typed { get; init; }

        public bool SpokenReply { get; init; }

        public string Text { get; set; } = "";

        public bool Ended { get; set; }

        public Instant EndedAt { get; set; }

        public bool Final { get; set; }
    }
}
