using AgentGateway.Conversation.Agents;
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
    private readonly Endpointing _endpointing;
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
    private Instant _soundEnd;
    private Instant _decided;
    private Instant _finalAskedAt;
    private Instant? _pausedAt;
    private bool _stirred;
    private bool _held;
    private Instant? _flinchedAt;
    private Instant _silentSince;
    private int _idlePrompts;
    private bool _silentCaller;
    private CallStage _callStage;
    private Speculation? _speculation;
    private string _stableWords = "";
    private ConversationEndReason _endReason;

    /// <summary>Creates the engine in <see cref="TurnPhase.Starting"/>.</summary>
    public TurnTaker(TurnTakerOptions options, Instant now)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        var vocabulary = TurnVocabulary.For(options.Language);
        _endpointing = new Endpointing(options, vocabulary);
        _judge = new BargeInJudge(vocabulary, options);
        _detector = new SpeechDetector(options);
        _finalWait = new FinalWait(options.MinFinalWait, options.MaxFinalWait, options.ExpectedFinalWait);
        _timers.Set(TurnTimer.Watchdog, now + options.StartingStall);
    }

    /// <summary>Who has the floor.</summary>
    public TurnPhase Phase { get; private set; } = TurnPhase.Starting;

    /// <summary>The number of the last turn of the caller; 0 before the first.</summary>
    public int Turn { get; private set; }

    /// <summary>The number of the last reply; 0 before the first.</summary>
    public int Generation { get; private set; }

    /// <summary>How long this recogniser's finals are waited for, as measured in this call; null when too few were.</summary>
    public TimeSpan? LearnedFinalWait => _finalWait.Learned;

    /// <summary>What the caller is expected to say next.</summary>
    public ListeningContext Expects => _endpointing.Expects;

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
            case TurnFactKind.Dtmf:
                HandleKey(now, fact.Text);
                break;
            case TurnFactKind.EndOfTurnProbability:
            case TurnFactKind.ProviderEndOfTurn:
                HandleEndOfTurn(now, fact);
                break;
            case TurnFactKind.Uninterruptible:
                HandleUninterruptible(now, fact.Generation);
                break;
            case TurnFactKind.ReplyText:
                if (fact.Generation != _reply?.Generation)
                    break;
                _judge.Agent.Expect(fact.Text);
                _reply.Text = _reply.Text.Length == 0 ? fact.Text : _reply.Text + " " + fact.Text;
                break;
            case TurnFactKind.ListenFor:
                if (fact.Generation == _reply?.Generation)
                    _reply.ListenFor = fact.Context;
                break;
            case TurnFactKind.ReplyProgress:
                if (fact.Generation == _reply?.Generation)
                    SetWatchdog(now);
                break;
            case TurnFactKind.PlayoutProgress:
                // Words of a reply that was cut meanwhile were heard all the same.
                _judge.Agent.Play(now, fact.Text);
                if (fact.Generation == _reply?.Generation)
                {
                    SetWatchdog(now);
                    BreakSilence(now);
                }

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
                case TurnTimer.EndOfTurn when Phase == TurnPhase.Pausing && _detector.IsStirring && !_stirred:
                    _stirred = true;
                    _timers.Set(TurnTimer.EndOfTurn, now + _options.StirWait);
                    break;
                case TurnTimer.EndOfTurn when Phase == TurnPhase.Pausing:
                    EndTurn(now);
                    break;
                case TurnTimer.TranscriptWait when Phase == TurnPhase.AwaitingTranscript:
                    _user!.GiveUpFinals();
                    Commit(now);
                    break;
                case TurnTimer.Decision when Phase == TurnPhase.Contested:
                    Settle(now, _judge.AfterSpeech(Overheard(_user!), now));
                    break;
                case TurnTimer.Resume:
                    Release();
                    BreakSilence(now);
                    break;
                case TurnTimer.TurnTooLong when Phase == TurnPhase.Hearing:
                    _speechEnd = now;
                    _silentSince = now;
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
                case TurnTimer.StableText when Phase is TurnPhase.Pausing or TurnPhase.AwaitingTranscript:
                    Speculate(now, stable: true);
                    break;
                case TurnTimer.SilenceBudget:
                    HandleSilence(now);
                    break;
                case TurnTimer.IdleCaller when Phase == TurnPhase.Listening:
                    HandleIdle(now);
                    break;
                case TurnTimer.CallWarning:
                    _callStage = CallStage.WarningDue;
                    SpeakOfTime(now);
                    break;
                case TurnTimer.CallLimit:
                    _callStage = CallStage.Over;
                    SpeakOfTime(now);
                    break;
            }
        }
    }

    private void HandleReady(Instant now, bool greeting)
    {
        if (Phase != TurnPhase.Starting)
            return;
        LimitCall(now);
        if (_user is not null)
            CommitTyped(now);
        else if (greeting)
            Say(now, TurnPhrase.Greeting);
        else
            Enter(now, TurnPhase.Listening);
    }
}
