using AgentGateway.Conversation.Events;
using AgentGateway.Conversation.TurnTaking;
using AgentGateway.Primitives;

namespace AgentGateway.Conversation.Tests.TurnTaking;

/// <summary>
/// A dialogue written as what is heard: "#" is a window of speech, "." one of silence, "-" and "=" (less) one in between, each 32 ms.
/// Time passes only with windows, and timers fire at their own time in between.
/// </summary>
internal sealed class Dialogue
{
    public static readonly TimeSpan Window = TimeSpan.FromMilliseconds(32);

    private long _position;
    private int _mark;

    public Dialogue(TurnTakerOptions? options = null, bool greeting = false, bool ready = true)
    {
        Turns = new TurnTaker(options ?? new TurnTakerOptions(), Now);
        if (ready)
            Tell(TurnFact.Ready(greeting));
    }

    public TurnTaker Turns { get; }

    /// <summary>How much of what follows is explained by what the agent plays.</summary>
    public float Echo { get; set; }

    public Instant Now { get; private set; } = Instant.FromMilliseconds(1000);

    public List<(Instant At, TurnCommand Command)> Log { get; } = [];

    public TurnPhase Phase => Turns.Phase;

    public IEnumerable<TurnCommandKind> Kinds => Log.Skip(_mark).Select(entry => entry.Command.Kind);

    public Dialogue Voice(string pattern)
    {
        foreach (char c in pattern)
        {
            if (c == ' ')
                continue;
            Advance(Window);
            _position += 512;
            Tell(TurnFact.Voice(c switch { '#' => 0.9f, '-' => 0.4f, '=' => 0.2f, _ => 0.02f }, _position, Window, Now, Echo));
        }

        return this;
    }

    /// <summary>Speech of a length, rounded up to windows.</summary>
    public Dialogue Speak(int milliseconds) => Voice(new string('#', Windows(milliseconds)));

    /// <summary>Silence of a length, rounded up to windows.</summary>
    public Dialogue Silence(int milliseconds) => Voice(new string('.', Windows(milliseconds)));

    public Dialogue Partial(string text, float? confidence = null) =>
        Tell(TurnFact.Transcript(Last(TurnCommandKind.OpenUtterance).Utterance, text, isFinal: false, confidence));

    public Dialogue Final(string text, float? confidence = null) =>
        Tell(TurnFact.Transcript(Last(TurnCommandKind.EndUtterance).Utterance, text, isFinal: true, confidence));

    public Dialogue Type(string text, bool run = true, bool spoken = true) => Tell(TurnFact.Typed(text, run, spoken));

    public Dialogue Reply(TurnFactKind kind, int? generation = null) => Tell(TurnFact.Reply(kind, generation ?? Turns.Generation));

    /// <summary>The present reply begins to be heard.</summary>
    public Dialogue Played() => Reply(TurnFactKind.PlayoutStarted);

    /// <summary>Words of the present reply are heard.</summary>
    public Dialogue Plays(string text) => Tell(TurnFact.Reply(TurnFactKind.PlayoutProgress, Turns.Generation, text));

    /// <summary>What follows is explained by what the agent plays, to a degree.</summary>
    public Dialogue WithEcho(float likelihood)
    {
        Echo = likelihood;
        return this;
    }

    /// <summary>The present reply was heard to its end.</summary>
    public Dialogue Finished() => Reply(TurnFactKind.ReplyFinished);

    /// <summary>A turn of the caller that is answered; the agent's reply begins to be heard.</summary>
    public Dialogue UntilSpeaking(string text = "what time is it")
    {
        Speak(400).Silence(250).Final(text);
        Wait(2600);
        Assert.Equal(TurnPhase.Thinking, Phase);
        return Played();
    }

    public Dialogue Tell(TurnFact fact)
    {
        Turns.Handle(Now, fact);
        return Drain();
    }

    /// <summary>Time without audio.</summary>
    public Dialogue Wait(int milliseconds) => Advance(TimeSpan.FromMilliseconds(milliseconds));

    public TurnCommand Last(TurnCommandKind kind) => Log.Last(entry => entry.Command.Kind == kind).Command;

    public Instant TimeOf(TurnCommandKind kind) => Log.Last(entry => entry.Command.Kind == kind).At;

    public int Count(TurnCommandKind kind) => Kinds.Count(k => k == kind);

    /// <summary>Leaves what was commanded so far out of <see cref="Kinds"/>, counts and states.</summary>
    public Dialogue Forget()
    {
        _mark = Log.Count;
        return this;
    }

    /// <summary>The commands since the last <see cref="Forget"/>, without the named ones.</summary>
    public string Commands(params TurnCommandKind[] except) => string.Join(' ', Kinds.Where(kind => !except.Contains(kind)));

    public IEnumerable<AgentState> States => Log.Skip(_mark).Where(entry => entry.Command.Kind == TurnCommandKind.ReportState).Select(entry => entry.Command.State);

    private static int Windows(int milliseconds) => (milliseconds + 31) / 32;

    private Dialogue Advance(TimeSpan duration)
    {
        Instant target = Now + duration;
        while (Turns.NextTimeout is { } due && due <= target)
        {
            Now = Instant.Max(Now, due);
            Turns.HandleTimeout(Now);
            Drain();
        }

        Now = target;
        return this;
    }

    private Dialogue Drain()
    {
        while (Turns.TryPollCommand(out TurnCommand command))
            Log.Add((Now, command));
        return this;
    }
}
