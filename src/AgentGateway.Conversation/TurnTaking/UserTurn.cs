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
    public bool HasTyped => _parts.Exists(part => part is { Typed: true, IsKeys: false });

    /// <summary>Whether the last thing the caller did was to press a key.</summary>
    public bool EndsInKeys => _parts is [.., { IsKeys: true }];

    /// <summary>When the last key was pressed.</summary>
    public Instant LastKeyAt { get; private set; }

    /// <summary>How likely the last utterance was the end of the turn, from its audio; null when nobody said.</summary>
    public double? AudioEndOfTurn => LastSaid is { Ended: true } part ? part.AudioEndOfTurn : null;

    /// <summary>The same from the recogniser.</summary>
    public double? ProviderEndOfTurn => LastSaid?.ProviderEndOfTurn;

    /// <summary>Whether the last thing was speech in which no words were found, behind words: a hesitation, or a cough.</summary>
    public bool EndsWithoutWords => Text.Length > 0 && LastSaid is { Typed: false, Final: true, Text.Length: 0 };

    /// <summary>Whether the turn was opened by voice.</summary>
    public bool ByVoice { get; set; }

    /// <summary>Whether some of it was said while the agent could be heard.</summary>
    public bool OverAgent { get; set; }

    /// <summary>The most that one of its utterances was explained by what the agent played, 0..1.</summary>
    public double EchoLikelihood { get; set; }

    /// <summary>How many replies were begun for it before it was over.</summary>
    public int Speculations { get; set; }

    /// <summary>Whether its audio was given to the recogniser a second time.</summary>
    public bool Reheard { get; set; }

    /// <summary>Length of all speech in the turn.</summary>
    public TimeSpan Speech { get; set; }

    /// <summary>Position of the first sample of its first utterance.</summary>
    public long StartPosition { get; private set; }

    /// <summary>When its first speech began.</summary>
    public Instant Onset { get; private set; }

    /// <summary>How sure the recogniser is of the text, 0..1: of the part it is least sure of; null when it cannot tell.</summary>
    public float? Confidence { get; private set; }

    /// <summary>Begins an utterance.</summary>
    /// <param name="utterance">Its number.</param>
    /// <param name="position">Its first sample.</param>
    /// <param name="onset">When its speech began.</param>
    public void Open(int utterance, long position, Instant onset)
    {
        if (!_parts.Exists(part => !part.Typed))
            (StartPosition, Onset) = (position, onset);
        _parts.Add(new Part { Utterance = utterance });
    }

    /// <summary>Notes that the final of an utterance was asked for.</summary>
    public void End(int utterance, Instant now)
    {
        if (Find(utterance) is { } part)
        {
            part.Ended = true;
            part.EndedAt = now;
        }
    }

    /// <summary>Notes that an utterance was too short for speech: unless words are found in it, it changes nothing about what was said before.</summary>
    public void EndAsSound(int utterance)
    {
        if (Find(utterance) is { } part)
            part.Sound = true;
    }

    /// <summary>Adds typed text.</summary>
    public void Type(string text, bool spokenReply)
    {
        _parts.Add(new Part { Utterance = -1, Text = text, Typed = true, Ended = true, Final = true, SpokenReply = spokenReply });
        Update();
    }

    /// <summary>Adds a key of the telephone; keys that follow each other are one word.</summary>
    public void Press(char key, Instant now)
    {
        if (!EndsInKeys)
            _parts.Add(new Part { Utterance = -1, Typed = true, IsKeys = true, Ended = true, Final = true, SpokenReply = true });
        _parts[^1].Text += key;
        LastKeyAt = now;
        Update();
    }

    /// <summary>Takes a judgement about the end of an utterance.</summary>
    /// <returns>Whether it is about the end of this turn as it stands.</returns>
    public bool TakeEndOfTurn(int utterance, double probability, bool fromAudio)
    {
        if (Find(utterance) is not { } part || part != _parts[^1])
            return false;
        if (fromAudio)
            part.AudioEndOfTurn = probability;
        else
            part.ProviderEndOfTurn = probability;
        return true;
    }

    /// <summary>Takes a result; one of an utterance that is not of this turn, or after its final, changes nothing.</summary>
    /// <param name="utterance">The utterance.</param>
    /// <param name="text">Its whole text.</param>
    /// <param name="isFinal">Whether it is final.</param>
    /// <param name="confidence">How sure the recogniser is of it, 0..1; null when it cannot tell.</param>
    /// <param name="endedAt">When the final was asked for, if it was.</param>
    /// <returns>Whether the result was of this turn.</returns>
    public bool Take(int utterance, string text, bool isFinal, float? confidence, out Instant? endedAt)
    {
        endedAt = null;
        if (Find(utterance) is not { Final: false } part)
            return false;
        part.Text = text;
        part.Final = isFinal;
        part.Confidence = confidence;
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

    private Part? LastSaid => _parts.FindLast(part => !part.Sound || part.Text.Length > 0);

    private Part? Find(int utterance) => _parts.Find(part => part.Utterance == utterance && !part.Typed);

    private void Update()
    {
        var text = new StringBuilder();
        bool typed = false;
        bool said = false;
        bool silent = true;
        float? confidence = null;
        foreach (Part part in _parts)
        {
            if (part.Text.Length == 0)
                continue;
            if (text.Length > 0)
                text.Append(' ');
            text.Append(part.Text);
            typed |= part.Typed;
            confidence = part.Confidence is { } sure && !(confidence < sure) ? sure : confidence;
            said |= !part.Typed;
            silent &= part.Typed && !part.SpokenReply;
        }

        Text = text.ToString();
        IsTyped = typed && !said;
        WantsSilentReply = typed && silent;
        Confidence = confidence;
    }

    private sealed class Part
    {
        public int Utterance { get; init; }

        public bool Typed { get; init; }

        public bool IsKeys { get; init; }

        public bool SpokenReply { get; init; }

        public double? AudioEndOfTurn { get; set; }

        public double? ProviderEndOfTurn { get; set; }

        public string Text { get; set; } = "";

        public float? Confidence { get; set; }

        public bool Ended { get; set; }

        public bool Sound { get; set; }

        public Instant EndedAt { get; set; }

        public bool Final { get; set; }
    }
}
