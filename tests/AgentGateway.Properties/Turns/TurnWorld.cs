using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Events;
using AgentGateway.Conversation.History;
using AgentGateway.Conversation.Log;
using AgentGateway.Conversation.TurnTaking;
using AgentGateway.Primitives;
using AgentGateway.Testing;

namespace AgentGateway.Properties.Turns;

/// <summary>
/// A caller, a recogniser, a model and a loudspeaker around the engine, on virtual time: each does what it is commanded to, late, early or not
/// at all, as a schedule says. What the engine is told and decides is written down.
/// </summary>
internal sealed class TurnWorld
{
    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(32);
    private static readonly string[] Asides = ["yeah", "okay", "uh-huh", "genau"];

    // What an echo returns of a reply, and what takes the floor.
    private static readonly string[] Spoken = ["one", "two", "three", "four", "wait", "stop"];

    private readonly SeededRandom _random;
    private readonly TurnTaker _turns;
    private readonly CallRecorder _recorder;
    private readonly ConversationHistory _history;
    private readonly List<(Instant Due, TurnFact Fact)> _coming = [];
    private readonly Dictionary<int, List<string>> _utterances = [];
    private Instant _now = Instant.FromMilliseconds(1000);
    private Playing? _reply;
    private TimeSpan _recognizerDelay;
    private long _position;
    private int _open;
    private int _words;
    private int _segments;
    private int _heldWindows;
    private int _badReplies;
    private bool _held;
    private TurnPhase _phase;
    private Instant _phaseSince;

    /// <param name="schedule">What happens.</param>
    /// <param name="isLong">Whether nothing but the schedule ends the call.</param>
    internal TurnWorld(TurnSchedule schedule, bool isLong = false)
    {
        _random = new SeededRandom((ulong)schedule.Seed);
        var options = new TurnTakerOptions
        {
            BargeIn = _random.Next(6) > 0,
            GreetingInterruptible = _random.Next(2) > 0,
            Speculate = _random.Next(2) > 0,
            JudgeEndOfTurn = _random.Next(2) > 0,
            MaxTurn = TimeSpan.FromSeconds(_random.Next(4) == 0 ? 3 : 60),
            MaxSilence = TimeSpan.FromSeconds(_random.Next(3) * 2),
            IdlePrompt = TimeSpan.FromSeconds(_random.Next(3) == 0 && !isLong ? 3 : 0),
            IdlePromptAgain = TimeSpan.FromSeconds(4),
            MaxCall = TimeSpan.FromSeconds(_random.Next(4) == 0 && !isLong ? 20 : 0),
            CallWarning = TimeSpan.FromSeconds(8),
            LearnPauses = _random.Next(4) > 0,
            Listen = (ListeningContext)_random.Next(7),
            Language = _random.Next(4) == 0 ? "de" : "en",
        };
        _turns = new TurnTaker(options, _now);
        _recorder = new CallRecorder(Log, () => _now);
        _recorder.Begin(new CallLogHeader { EngineStart = _now.Ticks, Options = options });
        _history = new ConversationHistory("", _recorder);
        _phaseSince = _now;
        Tell(TurnFact.Ready(greeting: _random.Next(2) > 0));
        foreach (byte step in schedule.Steps)
            Do(step % 16, step / 16);
    }

    internal CallLogBuffer Log { get; } = new();

    /// <summary>The longest time in each phase, since the caller was left alone when they were.</summary>
    internal Dictionary<TurnPhase, TimeSpan> Longest { get; } = [];

    /// <summary>What the engine commanded.</summary>
    internal HashSet<TurnCommandKind> Commanded { get; } = [];

    internal TurnPhase Phase => _turns.Phase;

    /// <summary>The caller says nothing more, everybody else does what is due: time alone must bring the dialogue to rest.</summary>
    internal void LeaveAlone(TimeSpan time)
    {
        _badReplies = 0;
        Longest.Clear();
        _phaseSince = _now;
        for (Instant end = _now + time; _now < end && Phase != TurnPhase.Ended;)
        {
            Instant? next = Instant.Earliest(_turns.NextTimeout, _coming.Count == 0 ? null : _coming.Min(c => c.Due));
            if (_reply is not null)
                next = Instant.Earliest(next, _now + Window);
            if (next is null)
                break;
            Pass(Instant.Max(next.Value, _now + TimeSpan.FromTicks(1)) - _now);
        }
    }

    internal void HangUp()
    {
        Tell(TurnFact.End(ConversationEndReason.CallerHungUp, afterReply: false));
        _recorder.Complete();
    }

    private void Do(int kind, int size)
    {
        switch (kind)
        {
            case < 4:
                Hear(speech: true, (size + 1) * 3);
                break;
            case < 8:
                Hear(speech: false, (size + 1) * 4);
                break;
            case 8:
                _recognizerDelay = TimeSpan.FromMilliseconds(size * 120);
                break;
            case 9:
                Tell(TurnFact.Typed($"typed{++_words}", runImmediately: (size & 3) > 0, spoken: (size & 4) > 0));
                break;
            case 10:
                TellStale(size);
                break;
            case 11 when size < 8:
                // The network stalls, then everything comes at once.
                _heldWindows += size * 4;
                Pass(Window * (size * 4));
                break;
            case 11:
                Pass(TimeSpan.FromMilliseconds(size * 400));
                break;
            case 12 when size < 4:
                _coming.RemoveAll(coming => coming.Fact.Kind == TurnFactKind.Transcript);
                _utterances.Clear();
                Tell(TurnFact.RecognizerLost());
                break;
            case 12:
                Tell(TurnFact.EndOfTurn(Math.Max(1, _open), size / 15f));
                break;
            case 13:
                _badReplies = size;
                break;
            case 14:
                Tell(TurnFact.Dtmf("0123456789*#ABCD"[size]));
                break;
            case 15 when size == 15:
                Tell(TurnFact.End(ConversationEndReason.AgentEnded, afterReply: true));
                break;
            default:
                Tell(TurnFact.ProviderEndOfTurn(Math.Max(1, _open), size / 15f));
                break;
        }
    }

    private void Hear(bool speech, int windows)
    {
        for (int i = 0; i < windows + _heldWindows; i++)
        {
            if (i < windows)
                Pass(Window);
            if (speech && _open > 0 && i % 8 == 7)
                Recognize();
            _position += 512;
            Tell(TurnFact.Voice(speech ? 0.9f : _random.Next(40) == 0 ? 0.6f : 0.02f, _position, Window, _now, _random.Next(8) == 0 ? 0.7f : 0));
        }

        _heldWindows = 0;
    }

    // A word was understood: told at once, late, or with the final only.
    private void Recognize()
    {
        if (!_utterances.TryGetValue(_open, out List<string>? words))
            return;
        words.Add(_random.Next(3) == 0 ? Asides[_random.Next(Asides.Length)] : _random.Next(6) == 0 ? Spoken[_random.Next(Spoken.Length)] : $"w{++_words}");
        if (_random.Next(3) > 0)
            Later(TurnFact.Transcript(_open, string.Join(' ', words), isFinal: false, Confidence()));
    }

    private float? Confidence() => _random.Next(2) == 0 ? null : _random.Next(100) / 100f;

    private void Later(in TurnFact fact)
    {
        Instant due = _now + (_recognizerDelay * _random.NextDouble());
        // A recogniser tells in order.
        foreach ((Instant before, TurnFact earlier) in _coming)
            due = earlier.Kind == fact.Kind ? Instant.Max(due, before) : due;
        _coming.Add((due, fact));
    }

    // Facts of what is over, and of what never was: they must change nothing.
    private void TellStale(int size)
    {
        int generation = _turns.Generation - 1 - (size / 8);
        switch (size % 8)
        {
            case 0:
                Tell(TurnFact.Transcript(100_000 + size, "never said", isFinal: true));
                break;
            case 1:
                Tell(TurnFact.Reply(TurnFactKind.PlayoutStarted, generation));
                break;
            case 2:
                Tell(TurnFact.Reply(TurnFactKind.ReplyFinished, generation));
                break;
            case 3:
                Tell(TurnFact.Reply(TurnFactKind.ReplyFinished, _turns.Generation + 1));
                break;
            case 4:
                Tell(TurnFact.ReplyText(generation, "stale"));
                break;
            case 5:
                Tell(TurnFact.EndOfTurn(100_000, 1));
                break;
            default:
                Tell(TurnFact.Reply(TurnFactKind.PlayoutProgress, generation));
                break;
        }
    }

    private void Pass(TimeSpan time)
    {
        for (Instant end = _now + time; ;)
        {
            Instant? next = Instant.Earliest(_turns.NextTimeout, _coming.Count == 0 ? null : _coming.Min(c => c.Due));
            // What is played tells things within the step, and those may set timers.
            if (_reply is { Hangs: false } && !_held)
                next = Instant.Earliest(next, _now + Window);
            Instant to = next is { } due && due < end ? Instant.Max(due, _now) : end;
            Play(to - _now);
            _now = Instant.Max(_now, to);
            if (_turns.NextTimeout <= _now)
            {
                _recorder.Timeout(_now, _turns.NextTimer);
                _turns.HandleTimeout(_now);
                Execute();
            }

            while (_coming.FindIndex(coming => coming.Due <= _now) is >= 0 and int at)
            {
                TurnFact fact = _coming[at].Fact;
                _coming.RemoveAt(at);
                Tell(fact);
            }

            if (to >= end)
                break;
        }

        Watch();
    }

    private void Play(TimeSpan time)
    {
        if (_reply is not { } reply || _held || reply.Hangs)
            return;
        reply.Waits -= time;
        if (reply.Waits > TimeSpan.Zero)
            return;
        if (!reply.Heard)
        {
            // Shown instead of spoken, because nobody wants to hear it or the voice failed.
            _reply = null;
            _history.Hear(reply.Generation, reply.Segment, reply.Text.Length);
            _history.CompleteReply(reply.Generation);
            Tell(TurnFact.Reply(TurnFactKind.ReplyFinished, reply.Generation));
            return;
        }

        if (!reply.Started)
        {
            reply.Started = true;
            Tell(TurnFact.Reply(TurnFactKind.PlayoutStarted, reply.Generation));
            if (_reply != reply)
                return;
        }

        reply.Played += time;
        int heard = (int)Math.Min(reply.Text.Length, reply.Played / reply.Length * reply.Text.Length);
        _history.Hear(reply.Generation, reply.Segment, heard);
        if (reply.Played >= reply.Length)
        {
            _reply = null;
            _history.Hear(reply.Generation, reply.Segment, reply.Text.Length);
            _history.CompleteReply(reply.Generation);
            Tell(TurnFact.Reply(TurnFactKind.ReplyFinished, reply.Generation));
        }
        else if (heard >= reply.Told + 4)
        {
            string words = reply.Text[reply.Told..heard];
            reply.Told = heard;
            Tell(TurnFact.Reply(TurnFactKind.PlayoutProgress, reply.Generation, words));
        }
    }

    private void Tell(in TurnFact fact)
    {
        _recorder.Fact(_now, fact);
        _turns.Handle(_now, fact);
        Execute();
    }

    private void Execute()
    {
        while (_turns.TryPollCommand(out TurnCommand command))
        {
            _recorder.Command(command);
            Commanded.Add(command.Kind);
            Execute(command);
        }
    }

    private void Execute(in TurnCommand command)
    {
        switch (command.Kind)
        {
            case TurnCommandKind.OpenUtterance:
                _open = command.Utterance;
                _utterances[_open] = [];
                break;
            case TurnCommandKind.EndUtterance:
                // One final in twelve never comes.
                if (_utterances.TryGetValue(command.Utterance, out List<string>? words) && _random.Next(12) > 0)
                    Later(TurnFact.Transcript(command.Utterance, string.Join(' ', words), isFinal: true, Confidence()));
                _open = 0;
                break;
            case TurnCommandKind.CommitTurn or TurnCommandKind.AppendContext:
                _history.AddUser(command.Text!);
                break;
            case TurnCommandKind.StartReply or TurnCommandKind.Say or TurnCommandKind.CommitSpeculation:
                BeginReply(command);
                break;
            case TurnCommandKind.CancelReply when _reply?.Generation == command.Generation:
                _history.CutReply(command.Generation);
                _reply = null;
                break;
            case TurnCommandKind.SayFiller when _reply is { Heard: true } waiting && waiting.Generation == command.Generation:
                // A filler is heard before the reply, whatever the model does.
                if (!waiting.Started)
                    _coming.Add((_now + TimeSpan.FromMilliseconds(50), TurnFact.Reply(TurnFactKind.PlayoutStarted, command.Generation)));
                waiting.Started = true;
                waiting.Waits = TimeSpan.FromTicks(Math.Max(waiting.Waits.Ticks, TimeSpan.FromMilliseconds(500).Ticks));
                _coming.Add((_now + TimeSpan.FromMilliseconds(400), TurnFact.Reply(TurnFactKind.PlayoutProgress, command.Generation, "one moment")));
                break;
            case TurnCommandKind.HoldPlayout:
                _held = true;
                break;
            case TurnCommandKind.ReleasePlayout:
                _held = false;
                break;
        }
    }

    private void BeginReply(in TurnCommand command)
    {
        bool isPhrase = command.Kind == TurnCommandKind.Say;
        bool voiceFails = _random.Next(12) == 0;
        if (voiceFails)
            _recorder.Fault("tts_unavailable");
        _history.BeginReply(command.Generation, command.Turn);
        _reply = new Playing
        {
            Generation = command.Generation,
            Segment = ++_segments,
            Text = _random.Next(4) == 0 ? "one two three what is your number?" : "one two three four five six",
            Waits = TimeSpan.FromMilliseconds(_random.Next(900)),
            Length = TimeSpan.FromMilliseconds(200 + _random.Next(4000)),
            Hangs = _badReplies > 0 && _random.Next(2) == 0,
            Heard = !voiceFails && (isPhrase || command.Spoken),
        };
        _badReplies = Math.Max(0, _badReplies - 1);
        _history.AddSegment(command.Generation, _reply.Segment, _reply.Text);
        if (_reply.Hangs)
            return;
        _coming.Add((_now, TurnFact.Reply(TurnFactKind.ReplyProgress, command.Generation)));
        _coming.Add((_now, TurnFact.ReplyText(command.Generation, _reply.Text)));
        if (!isPhrase && _random.Next(6) == 0)
            _coming.Add((_now + TimeSpan.FromMilliseconds(_random.Next(1500)), TurnFact.Uninterruptible(command.Generation)));
        if (!isPhrase && _random.Next(3) == 0)
            _coming.Add((_now, TurnFact.ListenFor(command.Generation, (ListeningContext)_random.Next(7))));
    }

    private void Watch()
    {
        if (_phase != Phase)
            _phaseSince = _now;
        _phase = Phase;
        TimeSpan time = _now - _phaseSince;
        if (time > Longest.GetValueOrDefault(Phase))
            Longest[Phase] = time;
    }

    private sealed class Playing
    {
        public required int Generation { get; init; }

        public required int Segment { get; init; }

        public required string Text { get; init; }

        public required TimeSpan Length { get; init; }

        public required bool Hangs { get; init; }

        public required bool Heard { get; init; }

        /// <summary>Characters that were told as played.</summary>
        public int Told { get; set; }

        public TimeSpan Waits { get; set; }

        public TimeSpan Played { get; set; }

        public bool Started { get; set; }
    }
}
