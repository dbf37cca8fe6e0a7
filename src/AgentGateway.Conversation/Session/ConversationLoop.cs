using AgentGateway.Conversation.Events;
using AgentGateway.Conversation.History;
using AgentGateway.Conversation.Log;
using AgentGateway.Conversation.Speech;
using AgentGateway.Conversation.Speech.Alignment;
using AgentGateway.Conversation.TurnTaking;
using AgentGateway.Primitives;

namespace AgentGateway.Conversation.Session;

/// <summary>
/// The driver of the turn-taker: the one flow that owns it, the history and the event stream. It gathers what happened,
/// tells the engine, does what the engine commands, and sleeps until something happens or is due.
/// </summary>
internal sealed partial class ConversationLoop : IAsyncDisposable
{
    private readonly ConversationContext _context;
    private readonly SessionPorts _ports;
    private readonly TurnTaker _turns;
    private readonly ConversationHistory _history;
    private readonly CallRecorder _recorder;
    private readonly SessionInbox _inbox;
    private readonly RecognitionPump _recognition;
    private readonly ReplyGenerator _generator;
    private readonly CancellationTokenSource _cancellation = new();
    private readonly VoiceWindows _voice;
    private readonly EndOfTurnJudge? _judge;
    private readonly ITimer _timer;
    private readonly short[] _preRoll = new short[AudioIntake.SampleRate / 10];

    private readonly HeardPosition _ear = new();
    private readonly VoicePace _pace = new();
    private readonly SpeculationCount _speculations = new();
    private readonly ConversationPhrases _phrases;

    private ReplyRun? _run;
    private ReplyRun? _speculative;
    private Task _lastReply = Task.CompletedTask;
    private Task _recognizing = Task.CompletedTask;
    private Instant? _armed;
    private int _utterance;

    // How long the caller's last voice lay in the jitter buffer.
    private TimeSpan _voiceDelay;
    private ConversationEndReason? _ended;

    public ConversationLoop(ConversationContext context, SessionPorts ports)
    {
        _context = context;
        _phrases = context.Sentences ?? ConversationPhrases.For(context.Agent);
        _ports = ports;
        Instant start = ports.Now;
        TurnTakerOptions options = TurnTakerOptions.From(context.Agent) with
        {
            JudgeEndOfTurn = context.EndOfTurn is not null,
            ExpectedFinalWait = context.FinalTimes?.Of(context.Recognizer.Name),
        };
        _turns = new TurnTaker(options, start);
        _recorder = new CallRecorder(context.Log, () => ports.Now);
        _recorder.Begin(new CallLogHeader
        {
            Agent = context.Agent.Name,
            AgentVersion = context.Agent.Version,
            StartedAt = context.TimeProvider.GetUtcNow() - (start - Instant.Zero),
            EngineStart = start.Ticks,
            Options = options,
        });
        _history = new ConversationHistory(context.Agent.RenderSystemPrompt(context.TimeProvider.GetLocalNow()), _recorder);
        _inbox = new SessionInbox(ports.Wake);
        _recognition = new RecognitionPump(context, _inbox);
        _generator = new ReplyGenerator(context, new SpeechPump(context, ports.Playout, ports.Room, _inbox, () => ports.Now), _inbox, () => ports.Now);
        _judge = context.EndOfTurn is { } model ? new EndOfTurnJudge(model, ports.Intake, _inbox, context.Logger) : null;
        _voice = new VoiceWindows(context.VoiceActivity, ports.Intake, ports.Played, context.Agent.Audio);
        _timer = context.TimeProvider.CreateTimer(static wake => ((AsyncSignal)wake!).Set(), ports.Wake, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Runs to the end of the conversation.</summary>
    public async Task<ConversationEndReason> RunAsync()
    {
        await EmitAsync(new AgentStateChanged(AgentState.Initializing) { At = At });
        _recognizing = _recognition.RunAsync(_cancellation.Token);
        await TellAsync(TurnFact.Ready(greeting: !string.IsNullOrWhiteSpace(_context.Agent.Greeting)));
        while (true)
        {
            await GatherAsync();
            if (_ended is { } reason)
                return reason;
            Arm();
            await _ports.Wake.WaitAsync(CancellationToken.None);
        }
    }

    /// <summary>Ends everything that was started and waits for it.</summary>
    public async ValueTask DisposeAsync()
    {
        _cancellation.Cancel();
        _inbox.Close();
        await _timer.DisposeAsync();
        // These flows catch their own failures; a provider that ignores its token is left behind by Deadline.
        await _lastReply;
        await _recognizing;
        if (_judge is not null)
            await _judge.Running;
        _run?.Dispose();
        _speculative?.Dispose();
        if (_turns.LearnedFinalWait is { } wait)
            _context.FinalTimes?.Learn(_context.Recognizer.Name, wait);
        _judge?.Dispose();
        _recorder.Complete();
        _voice.Dispose();
        _cancellation.Dispose();
    }

    /// <summary>Turns of the caller so far.</summary>
    public int Turns => _turns.Turn;

    private TimeSpan At => _ports.Now - Instant.Zero;

    private async ValueTask GatherAsync()
    {
        if (_ports.RequestedEnd is { } requested)
        {
            await FollowPlayoutAsync();
            await TellAsync(TurnFact.End(requested, afterReply: false));
        }

        while (_ended is null && _inbox.TryTake(out SessionInput input))
            await TakeAsync(input);
        while (_ended is null && _ports.Typed.TryRead(out TypedText typed))
            await TellAsync(typed.IsKey ? TurnFact.Dtmf(typed.Text[0]) : TurnFact.Typed(typed.Text, typed.RunImmediately, typed.AudioResponse));
        while (_ended is null && _voice.TryNext(out float probability, out long end, out Instant arrival))
        {
            if (_utterance != 0)
                _recognition.Write(_utterance, _voice.Window);
            if (probability >= _context.Agent.Turn.ActivationThreshold)
                _voiceDelay = _ports.InputDelay;
            await TellAsync(TurnFact.Voice(probability, end, _voice.Duration, arrival, _voice.EchoLikelihood));
        }

        if (_ended is not null)
            return;
        await FollowPlayoutAsync();
        Instant now = _ports.Now;
        if (_turns.NextTimeout <= now)
        {
            _recorder.Timeout(now, _turns.NextTimer);
            _turns.HandleTimeout(now);
            await ExecuteAsync();
        }
    }

    private void Arm()
    {
        Instant? next = _turns.NextTimeout;
        if (next == _armed)
            return;
        _armed = next;
        TimeSpan due = next is { } at ? at - _ports.Now : Timeout.InfiniteTimeSpan;
        // A timer counts whole milliseconds: it must not wake before the deadline.
        _timer.Change(next is null ? due : due > TimeSpan.Zero ? due + TimeSpan.FromMilliseconds(1) : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private async ValueTask TellAsync(TurnFact fact)
    {
        Instant now = _ports.Now;
        _recorder.Fact(now, fact);
        _turns.Handle(now, fact);
        await ExecuteAsync();
    }

    private async ValueTask TakeAsync(SessionInput input)
    {
        switch (input)
        {
            case SessionInput.Fact fact:
                await TellAsync(fact.Value);
                break;
            case SessionInput.Fault fault:
                _recorder.Fault(fault.Code);
                await EmitAsync(new ConversationFault(fault.Code, fault.Message, fault.Fatal) { At = At });
                break;
            case SessionInput.OfReply early when _speculative is { } speculative && early.Generation == speculative.Generation:
                speculative.Early.Add(early);
                break;
            case SessionInput.OfReply ofReply when _run is { } run && ofReply.Generation == run.Generation:
                await TakeAsync(run, ofReply);
                break;
        }
    }

    private async ValueTask TakeAsync(ReplyRun run, SessionInput.OfReply input)
    {
        PlayoutTracker tracker = run.Tracker;
        switch (input)
        {
            case SessionInput.TextDelta text:
                await EmitAsync(new ReplyText(run.Turn, text.Delta) { At = At });
                break;
            case SessionInput.TextCompleted:
                await CompleteTextAsync(run);
                break;
            case SessionInput.Segment segment:
                tracker.Add(segment.Number, segment.Text);
                _history.AddSegment(run.Generation, segment.Number, segment.Text.Written);
                if (!segment.Spoken)
                    _history.Hear(run.Generation, segment.Number, segment.Text.Written.Length);
                await EmitAsync(new SegmentQueued(run.Turn, segment.Number, segment.Text.Written, segment.Spoken) { At = At });
                await TellAsync(TurnFact.ReplyText(run.Generation, segment.Text.Written));
                break;
            case SessionInput.Uninterruptible:
                await TellAsync(TurnFact.Uninterruptible(run.Generation));
                break;
            case SessionInput.Listen listen:
                await TellAsync(TurnFact.ListenFor(run.Generation, listen.Context));
                break;
            case SessionInput.AudioBegins begins:
                tracker.Begin(begins.Number, begins.Position);
                break;
            case SessionInput.AudioWords words:
                tracker.AddWords(words.Number, words.Words, words.Trimmed);
                break;
            case SessionInput.AudioShape shape:
                tracker.AddShape(shape.Number, shape.Frames, shape.IsComplete);
                break;
            case SessionInput.AudioEnds ends:
                tracker.End(ends.Number, ends.Position);
                break;
            case SessionInput.AudioLost lost:
                // Shown instead of spoken: the caller has it all the same.
                _history.Hear(run.Generation, lost.Number, int.MaxValue);
                break;
            case SessionInput.ToolStarted started:
                await EmitAsync(new ToolCallStarted(run.Turn, started.CallId, started.Name, started.ArgumentsJson) { At = At });
                break;
            case SessionInput.ToolCompleted completed:
                await EmitAsync(new ToolCallCompleted(run.Turn, completed.CallId, completed.Name, completed.ResultJson, completed.Failed) { At = At });
                break;
            case SessionInput.ToolsRan ran:
                _history.AddTools(run.Generation, ran.Calls, ran.Results);
                break;
            case SessionInput.Sealed:
                tracker.Seal();
                break;
        }

        await TellAsync(TurnFact.Reply(TurnFactKind.ReplyProgress, run.Generation));
        if (run is { EndsCall: true, EndReported: false })
        {
            run.EndReported = true;
            await TellAsync(TurnFact.End(ConversationEndReason.AgentEnded, afterReply: true));
        }
    }

    // What the media thread played since the last look: events, history, and facts for the engine.
    private async ValueTask FollowPlayoutAsync()
    {
        if (_run is not { } run)
            return;
        long position = _ports.Playout.Position;
        if (!run.PlayoutStarted && run.Tracker.HasStarted(position))
        {
            run.PlayoutStarted = true;
            await TellAsync(TurnFact.Reply(TurnFactKind.PlayoutStarted, run.Generation));
            if (_run != run)
                return;
        }

        await MeasureAsync(run);
        long heardTo = HeardTo(position);
        string words = "";
        foreach (PlayoutTracker.Track track in run.Tracker.Tracks)
        {
            if (track.Reported == track.Text.Length || track.Start is null)
                continue;
            _history.Hear(run.Generation, track.Segment, PlayoutTracker.HeardLength(track, heardTo));
            int heard = PlayoutTracker.HeardLength(track, position);
            if (heard <= track.Reported)
                continue;
            words += track.Text[track.Reported..heard];
            track.Reported = heard;
            await EmitAsync(heard == track.Text.Length
                ? new SegmentCompleted(run.Turn, track.Segment, track.Text) { At = At }
                : new SegmentProgress(run.Turn, track.Segment, track.Text, heard) { At = At });
        }

        if (words.Length > 0)
            await TellAsync(TurnFact.Reply(TurnFactKind.PlayoutProgress, run.Generation, words.Trim()));
        if (_run == run && run.Tracker.IsFinished(position))
            await FinishAsync(run);
    }

    // The caller's ear is behind playout by the network and their jitter buffer.
    private long HeardTo(long position) =>
        _ear.At(_ports.Now, position, TimeSpan.FromSeconds((double)_ports.OutputDelaySamples / PlayoutQueue.SampleRate));

    private async ValueTask FinishAsync(ReplyRun run)
    {
        foreach (PlayoutTracker.Track track in run.Tracker.Tracks)
            _history.Hear(run.Generation, track.Segment, track.Text.Length);
        _history.CompleteReply(run.Generation);
        _run = null;
        run.Dispose();
        await TellAsync(TurnFact.Reply(TurnFactKind.ReplyFinished, run.Generation));
    }

    private async ValueTask MeasureAsync(ReplyRun run)
    {
        if (run.Measured || !run.IsAnswer || !_ports.Playout.TryGetFirstAudible(run.Generation, out Instant audible))
            return;
        run.Measured = true;
        TurnLatency latency = _speculations.Add(run.Measure(audible), run.WasSpeculated);
        _recorder.Measured(latency);
        TurnMetrics.Measured(_context.Agent.Name, latency);
        SessionLog.Measured(
            _context.Logger,
            latency.Turn,
            (int)latency.Total.TotalMilliseconds,
            (int)latency.Endpointing.TotalMilliseconds,
            (int)latency.Transcription.TotalMilliseconds,
            (int)latency.LlmFirstToken.TotalMilliseconds,
            (int)latency.FirstChunk.TotalMilliseconds,
            (int)latency.TtsFirstAudio.TotalMilliseconds,
            (int)latency.Pacing.TotalMilliseconds);
        await EmitAsync(new TurnMeasured(latency) { At = At });
    }

    private async ValueTask CompleteTextAsync(ReplyRun run)
    {
        if (run.TextCompleted)
            return;
        run.TextCompleted = true;
        await EmitAsync(new ReplyTextCompleted(run.Turn) { At = At });
    }

    private ValueTask EmitAsync(ConversationEvent e) => _ports.Events.EmitAsync(e);
}
