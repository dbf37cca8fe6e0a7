using AgentGateway.Conversation.Events;
using AgentGateway.Primitives;

namespace AgentGateway.Conversation.TurnTaking;

/// <summary>
/// Decides who speaks when. A pure engine: it is told facts and the time, and answers with commands; the same facts at the
/// same times give the same commands. After each <see cref="Handle"/> or <see cref="HandleTimeout"/> the driver polls
/// commands until there are none, then reads <see cref="NextTimeout"/>. Not thread-safe: one owner.
/// </summary>
public sealed partial class TurnTaker
{
    private readonly TurnTakerOptions _options;
    private readonly EndpointingCurve _curve;
    private readonly BargeInJudge _judge;
    private readonly SpeechDetector _detector;
    private readonly FinalWait _finalWait;
    private readonly TimerTable<TurnTimer> _timers = new();
    private readonly Queue<TurnCommand> _commands = new();

    private AgentState _reported = AgentState.Initializing;
    private UserTurn? _user;
    private Reply? _reply;
    private Debt _debt;
    private int _debtTurn;
    private int _utterance;
    private int _openUtterance;
    private long _fedTo;
    private TurnPhrase? _lastPhrase;
    private Instant _speechEnd;
    private Instant _decided;
    private Instant _finalAskedAt;
    private ConversationEndReason _endReason;

    /// <summary>Creates the engine in <see cref="TurnPhase.Starting"/>.</summary>
    public TurnTaker(TurnTakerOptions options, Instant now)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        var vocabulary = TurnVocabulary.For(options.Language);
        _curve = new EndpointingCurve(vocabulary, options.MinDelay, options.MaxDelay);
        _judge = new BargeInJudge(vocabulary, options);
        _detector = new SpeechDetector(options);
        _finalWait = new FinalWait(options.MinFinalWait, options.MaxFinalWait);
        _timers.Set(TurnTimer.Watchdog, now + options.StartingStall);
    }

    /// <summary>Who has the floor.</summary>
    public TurnPhase Phase { get; private set; } = TurnPhase.Starting;

    /// <summary>The number of the last turn of the caller; 0 before the first.</summary>
    public int Turn { get; private set; }

    /// <summary>The number of the last reply; 0 before the first.</summary>
    public int Generation { get; private set; }

    /// <summary>When <see cref="HandleTimeout"/> is due; null when nothing is awaited.</summary>
    public Instant? NextTimeout => _timers.Next;

    /// <summary>The earliest reason for <see cref="NextTimeout"/>, for logs and tests.</summary>
    public TurnTimer? NextTimer
    {
        get
        {
            foreach (TurnTimer timer in Enum.GetValues<TurnTimer>())
            {
                if (_timers[timer] is { } at && at == _timers.Next)
                    return timer;
            }

            return null;
        }
    }

    /// <summary>The next command, in order; false when there is none.</summary>
    public bool TryPollCommand(out TurnCommand command) => _commands.TryDequeue(out command);

    /// <summary>Takes a fact. Facts of replies and utterances that are over change nothing.</summary>
    public void Handle(Instant now, in TurnFact fact)
    {
        if (Phase == TurnPhase.Ended)
            return;
        switch (fact.Kind)
        {
            case TurnFactKind.Ready:
                HandleReady(now, fact.Spoken);
                break;
            case TurnFactKind.Voice:
                HandleVoice(now, fact);
                break;
            case TurnFactKind.Transcript:
                HandleTranscript(now, fact);
                break;
            case TurnFactKind.RecognizerLost:
                HandleRecognizerLost(now);
                break;
            case TurnFactKind.TypedText:
                HandleTyped(now, fact);
                break;
            case TurnFactKind.ReplyProgress:
            case TurnFactKind.PlayoutProgress:
                if (fact.Generation == _reply?.Generation)
                    SetWatchdog(now);
                break;
            case TurnFactKind.PlayoutStarted:
                HandlePlayoutStarted(now, fact.Generation);
                break;
            case TurnFactKind.ReplyFinished:
                HandleReplyFinished(now, fact.Generation);
                break;
            case TurnFactKind.EndAfterReply:
                HandleEndAfterReply(now, fact.Reason);
                break;
            case TurnFactKind.End:
                End(fact.Reason);
                break;
        }
    }

    /// <summary>Lets time act: every timer that is due, in the order of their deadlines.</summary>
    public void HandleTimeout(Instant now)
    {
        while (_timers.TryPopExpired(now, out TurnTimer timer))
        {
            switch (timer)
            {
                case TurnTimer.EndOfTurn when Phase == TurnPhase.Pausing:
                    EndTurn(now);
                    break;
                case TurnTimer.TranscriptWait when Phase == TurnPhase.AwaitingTranscript:
                    _user!.GiveUpFinals();
                    Commit(now);
                    break;
                case TurnTimer.Decision when Phase == TurnPhase.Contested:
                    Settle(now, _judge.AfterSpeech(_user!.Text));
                    break;
                case TurnTimer.TurnTooLong when Phase == TurnPhase.Hearing:
                    _speechEnd = now;
                    CloseUtterance(now);
                    EndTurn(now);
                    break;
                case TurnTimer.TurnTooLong when Phase == TurnPhase.Pausing:
                    EndTurn(now);
                    break;
                case TurnTimer.VoiceStall:
                    StopVoice(now);
                    break;
                case TurnTimer.Watchdog:
                    HandleStall(now);
                    break;
            }
        }
    }

    private void HandleReady(Instant now, bool greeting)
    {
        if (Phase != TurnPhase.Starting)
            return;
        if (_user is not null)
            CommitTyped(now);
        else if (greeting)
            Say(now, TurnPhrase.Greeting);
        else
            Enter(now, TurnPhase.Listening);
    }

    private void HandleVoice(Instant now, in TurnFact fact)
    {
        SpeechChange change = _detector.Process(fact.Probability, fact.Position, fact.Duration, fact.ReceivedAt);
        if (_detector.IsActive)
            _timers.Set(TurnTimer.VoiceStall, now + _options.VoiceStall);
        else
            _timers.Clear(TurnTimer.VoiceStall);
        if (Phase is TurnPhase.Starting or TurnPhase.Closing)
            return;
        switch (change)
        {
            case SpeechChange.Onset:
                HandleOnset(now);
                break;
            case SpeechChange.Started when Phase == TurnPhase.Listening:
                OpenTurn(now);
                break;
            case SpeechChange.Dropped:
                HandleDropped(now);
                break;
            case SpeechChange.Ended:
                HandleEnded(now);
                break;
        }

        if (Phase == TurnPhase.Contested && _detector.IsSpeaking)
            Settle(now, _judge.WhileSpeaking(_user!.Text, _detector.SpeechLength));
    }

    private void HandleOnset(Instant now)
    {
        switch (Phase)
        {
            case TurnPhase.Listening:
                _user = new UserTurn();
                OpenUtterance();
                break;
            case TurnPhase.Hearing:
            case TurnPhase.Pausing:
            case TurnPhase.AwaitingTranscript:
                OpenUtterance();
                Enter(now, TurnPhase.Hearing);
                _timers.SetIfUnset(TurnTimer.TurnTooLong, now + _options.MaxTurn);
                break;
            case TurnPhase.Contested:
                _timers.Clear(TurnTimer.Decision);
                OpenUtterance();
                break;
            case TurnPhase.Thinking:
            case TurnPhase.Speaking:
                if (_user is not { OwesFinal: true } && _user is not { HasTyped: true } && _reply!.Interruptible)
                    _user = null;
                _user ??= new UserTurn();
                OpenUtterance();
                if (_reply!.Interruptible)
                {
                    Do(TurnCommandKind.HoldPlayout);
                    Enter(now, TurnPhase.Contested);
                }

                break;
        }
    }

    private void HandleDropped(Instant now)
    {
        CloseUtterance(now);
        switch (Phase)
        {
            case TurnPhase.Listening:
                _user = null;
                break;
            case TurnPhase.Hearing:
                Enter(now, TurnPhase.Pausing);
                SchedulePause(now);
                break;
            case TurnPhase.Contested:
                Settle(now, _judge.AfterSpeech(_user!.Text));
                break;
        }
    }

    private void HandleEnded(Instant now)
    {
        _speechEnd = _detector.SpeechEnd;
        _user?.Speech += _detector.SpeechLength;
        CloseUtterance(now);
        switch (Phase)
        {
            case TurnPhase.Hearing:
                Enter(now, TurnPhase.Pausing);
                SchedulePause(now);
                break;
            case TurnPhase.Contested when _user!.OwesFinal:
                TimeSpan wait = _finalWait.Limit < _options.MaxDecisionWait ? _finalWait.Limit : _options.MaxDecisionWait;
                _timers.Set(TurnTimer.Decision, now + wait);
                break;
            case TurnPhase.Contested:
                Settle(now, _judge.AfterSpeech(_user!.Text));
                break;
        }
    }

    // Audio stopped coming: what was speech has ended, as far as anybody can know.
    private void StopVoice(Instant now)
    {
        bool speaking = _detector.IsSpeaking;
        if (!_detector.Stop() || Phase is TurnPhase.Starting or TurnPhase.Closing)
            return;
        if (speaking)
            HandleEnded(now);
        else
            HandleDropped(now);
    }

    private void HandleTranscript(Instant now, in TurnFact fact)
    {
        if (_user is not { } user)
            return;
        string before = user.Text;
        if (!user.Take(fact.Utterance, fact.Text, fact.IsFinal, out Instant? askedAt))
            return;
        if (fact.IsFinal && askedAt is { } asked)
            _finalWait.Add(now - asked);
        bool changed = user.Text != before;
        switch (Phase)
        {
            case TurnPhase.Hearing:
                ReportTranscript(changed);
                break;
            case TurnPhase.Pausing:
                ReportTranscript(changed);
                SchedulePause(now);
                break;
            case TurnPhase.AwaitingTranscript when !user.OwesFinal:
                Commit(now);
                break;
            case TurnPhase.Contested:
                JudgeText(now, user);
                break;
            case TurnPhase.Thinking or TurnPhase.Speaking when fact.IsFinal && _reply!.Interruptible && !_detector.IsActive:
                Overhear(now, user);
                break;
            case TurnPhase.Listening when fact.IsFinal && !_detector.IsActive:
                TakeFloor(now);
                break;
        }
    }

    private void HandleRecognizerLost(Instant now)
    {
        bool open = _openUtterance != 0;
        CloseUtterance(now);
        _user?.GiveUpFinals();
        if (open && _detector.IsActive)
            OpenUtterance();
        switch (Phase)
        {
            case TurnPhase.Pausing:
                SchedulePause(now);
                break;
            case TurnPhase.AwaitingTranscript:
                Commit(now);
                break;
            case TurnPhase.Contested when !_detector.IsActive:
                Settle(now, _judge.AfterSpeech(_user!.Text));
                break;
            case TurnPhase.Listening when !_detector.IsActive && _user is not null:
                TakeFloor(now);
                break;
        }
    }

    private void HandleTyped(Instant now, in TurnFact fact)
    {
        if (Phase == TurnPhase.Closing)
            return;
        if (!fact.RunImmediately)
        {
            Do(TurnCommandKind.AppendContext, text: fact.Text);
            return;
        }

        switch (Phase)
        {
            case TurnPhase.Starting:
                (_user ??= new UserTurn()).Type(fact.Text, fact.Spoken);
                break;
            case TurnPhase.Hearing:
                _user!.Type(fact.Text, fact.Spoken);
                break;
            case TurnPhase.Pausing:
            case TurnPhase.AwaitingTranscript:
                _user!.Type(fact.Text, fact.Spoken);
                EndTurn(now);
                break;
            case TurnPhase.Contested:
                _user!.Type(fact.Text, fact.Spoken);
                Settle(now, BargeInVerdict.Interruption);
                break;
            case TurnPhase.Listening when _detector.IsActive && _user is not null:
                _user.Type(fact.Text, fact.Spoken);
                OpenTurn(now);
                break;
            case TurnPhase.Thinking or TurnPhase.Speaking when !_reply!.Interruptible:
                (_user ??= new UserTurn()).Type(fact.Text, fact.Spoken);
                break;
            default:
                _user = new UserTurn();
                _user.Type(fact.Text, fact.Spoken);
                if (_reply is not null)
                    CancelReply();
                CommitTyped(now);
                break;
        }
    }
}
