using AgentGateway.Conversation.Events;
using AgentGateway.Primitives;

namespace AgentGateway.Conversation.TurnTaking;

/// <content>How the floor passes from one to the other.</content>
public sealed partial class TurnTaker
{
    private void OpenTurn(Instant now)
    {
        Turn++;
        _user!.ByVoice = true;
        Do(TurnCommandKind.ReportUserStarted, turn: Turn);
        _timers.Set(TurnTimer.TurnTooLong, now + _options.MaxTurn);
        Enter(now, TurnPhase.Hearing);
        ReportTranscript(changed: _user.Text.Length > 0);
    }

    private void SchedulePause(Instant now)
    {
        if (!_user!.OwesFinal && _user.Text.Length == 0)
        {
            _decided = now;
            Commit(now);
            return;
        }

        Instant deadline = _speechEnd + _curve.Delay(_user.Text);
        if (deadline <= now)
            EndTurn(now);
        else
            _timers.Set(TurnTimer.EndOfTurn, deadline);
    }

    private void EndTurn(Instant now)
    {
        if (Phase != TurnPhase.AwaitingTranscript)
            _decided = now;
        if (!_user!.OwesFinal)
        {
            Commit(now);
            return;
        }

        Instant limit = _user.Text.Length == 0 ? now + _options.WordlessFinalWait : Instant.Max(now, _finalAskedAt + _finalWait.Limit);
        Enter(now, TurnPhase.AwaitingTranscript);
        _timers.Set(TurnTimer.TranscriptWait, limit);
    }

    private void Commit(Instant now)
    {
        UserTurn user = _user!;
        _user = null;
        if (user.Text.Length == 0)
        {
            GiveUpTurn(now, user);
            return;
        }

        RecordTurn(user);
        StartReply(now, Turn, spoken: !user.WantsSilentReply);
    }

    private void CommitTyped(Instant now)
    {
        Turn++;
        _speechEnd = now;
        _decided = now;
        CloseUtterance(now);
        Commit(now);
    }

    private void RecordTurn(UserTurn user)
    {
        if (user.ByVoice)
        {
            Do(new TurnCommand { Kind = TurnCommandKind.ReportTranscript, Turn = Turn, Text = user.Text, IsFinal = true });
            Do(TurnCommandKind.ReportUserStopped, turn: Turn);
        }

        Do(new TurnCommand { Kind = TurnCommandKind.CommitTurn, Turn = Turn, Text = user.Text, Typed = user.IsTyped });
    }

    // The voice was heard and no words were found: said to the observer, and the caller is not left in silence.
    private void GiveUpTurn(Instant now, UserTurn user)
    {
        Do(TurnCommandKind.ReportUserStopped, turn: Turn);
        Do(TurnCommandKind.ReportNoWords, turn: Turn);
        Debt debt = _debt;
        _debt = Debt.None;
        if (debt == Debt.Answer)
            StartReply(now, _debtTurn, spoken: true);
        else if (_lastPhrase != TurnPhrase.NotUnderstood && (debt == Debt.Word || user.Speech >= _options.NotUnderstoodSpeech))
            Say(now, TurnPhrase.NotUnderstood);
        else
            Enter(now, TurnPhase.Listening);
    }

    private void StartReply(Instant now, int turn, bool spoken)
    {
        _debt = Debt.None;
        _lastPhrase = null;
        _reply = new Reply { Generation = ++Generation, Turn = turn, Interruptible = _options.BargeIn };
        Do(new TurnCommand
        {
            Kind = TurnCommandKind.StartReply,
            Turn = turn,
            Generation = Generation,
            Spoken = spoken,
            SpeechEnd = _speechEnd,
            Decided = _decided,
        });
        Enter(now, TurnPhase.Thinking);
    }

    private void Say(Instant now, TurnPhrase phrase)
    {
        _lastPhrase = phrase;
        bool interruptible = _options.BargeIn && (phrase != TurnPhrase.Greeting || _options.GreetingInterruptible);
        _reply = new Reply { Generation = ++Generation, Turn = Turn, Phrase = phrase, Interruptible = interruptible };
        Do(new TurnCommand { Kind = TurnCommandKind.Say, Turn = Turn, Generation = Generation, Phrase = phrase });
        Enter(now, TurnPhase.Thinking);
    }

    // Words over the agent: while the caller speaks they may settle it, afterwards the final does.
    private void JudgeText(Instant now, UserTurn user)
    {
        if (_detector.IsActive || user.OwesFinal)
            Settle(now, _judge.WhileSpeaking(user.Text, _detector.SpeechLength));
        else
            Settle(now, _judge.AfterSpeech(user.Text));
    }

    private void Settle(Instant now, BargeInVerdict verdict)
    {
        switch (verdict)
        {
            case BargeInVerdict.Interruption:
                Interrupt(now);
                break;
            case BargeInVerdict.Nothing:
                // A final that is still owed may tell otherwise later; see Overhear.
                if (!_user!.OwesFinal)
                    _user = null;
                Do(TurnCommandKind.ReleasePlayout);
                Enter(now, _reply!.Played ? TurnPhase.Speaking : TurnPhase.Thinking);
                break;
        }
    }

    private void Overhear(Instant now, UserTurn user)
    {
        if (_judge.Late(user.Text) == BargeInVerdict.Interruption)
            Interrupt(now);
        else if (!user.OwesFinal)
            _user = null;
    }

    private void Interrupt(Instant now)
    {
        Reply reply = _reply!;
        Turn++;
        _user!.ByVoice = true;
        Do(TurnCommandKind.ReportUserStarted, turn: Turn);
        CancelReply();
        _debt = reply.Played ? Debt.Word : reply.Phrase is null ? Debt.Answer : Debt.None;
        _debtTurn = reply.Turn;
        _timers.Set(TurnTimer.TurnTooLong, now + _options.MaxTurn);
        Enter(now, TurnPhase.Hearing);
        ReportTranscript(changed: _user.Text.Length > 0);
        if (_detector.IsActive)
            return;
        Enter(now, TurnPhase.Pausing);
        if (_user.HasTyped)
            EndTurn(now);
        else
            SchedulePause(now);
    }

    private void CancelReply()
    {
        Reply reply = _reply!;
        _reply = null;
        Do(TurnCommandKind.CancelReply, turn: reply.Turn, generation: reply.Generation);
        if (Phase == TurnPhase.Contested)
            Do(TurnCommandKind.ReleasePlayout);
        if (reply.Played)
            Do(TurnCommandKind.ReportAgentStopped, turn: reply.Turn, generation: reply.Generation);
    }

    private void HandlePlayoutStarted(Instant now, int generation)
    {
        if (_reply is not { Played: false } reply || reply.Generation != generation)
            return;
        reply.Played = true;
        Do(TurnCommandKind.ReportAgentStarted, turn: reply.Turn, generation: generation);
        if (Phase == TurnPhase.Thinking)
            Enter(now, TurnPhase.Speaking);
        else
            Report(AgentState.Speaking);
    }

    private void HandleReplyFinished(Instant now, int generation)
    {
        if (_reply is not { } reply || reply.Generation != generation)
            return;
        _reply = null;
        if (Phase == TurnPhase.Contested)
            Do(TurnCommandKind.ReleasePlayout);
        if (reply.Played)
            Do(TurnCommandKind.ReportAgentStopped, turn: reply.Turn, generation: generation);
        if (Phase == TurnPhase.Closing)
            End(_endReason);
        else
            TakeFloor(now);
    }

    // The agent has nothing to say: whatever the caller said or is saying meanwhile is their turn.
    private void TakeFloor(Instant now)
    {
        Enter(now, TurnPhase.Listening);
        if (_detector.IsSpeaking)
        {
            _user ??= new UserTurn();
            if (_openUtterance == 0)
                OpenUtterance();
            OpenTurn(now);
            return;
        }

        if (_user is null || _detector.IsActive || _user.OwesFinal)
            return;
        if (!_user.HasTyped && _judge.AfterSpeech(_user.Text) != BargeInVerdict.Interruption)
        {
            _user = null;
            return;
        }

        if (_user.IsTyped)
        {
            CommitTyped(now);
            return;
        }

        OpenTurn(now);
        Enter(now, TurnPhase.Pausing);
        if (_user.HasTyped)
            EndTurn(now);
        else
            SchedulePause(now);
    }

    private void HandleEndAfterReply(Instant now, ConversationEndReason reason)
    {
        if (_reply is null)
        {
            // The caller took the floor before the goodbye: the conversation goes on.
            if (Phase == TurnPhase.Listening)
                End(reason);
            return;
        }

        _endReason = reason;
        if (Phase == TurnPhase.Contested)
            Do(TurnCommandKind.ReleasePlayout);
        CloseUtterance(now);
        _user = null;
        Enter(now, TurnPhase.Closing);
    }

    private void HandleStall(Instant now)
    {
        if (Phase is TurnPhase.Listening or TurnPhase.Hearing or TurnPhase.Pausing or TurnPhase.AwaitingTranscript)
            return;
        Do(new TurnCommand { Kind = TurnCommandKind.ReportStalled, Phase = Phase, Turn = Turn });
        switch (Phase)
        {
            case TurnPhase.Starting:
                HandleReady(now, greeting: false);
                break;
            case TurnPhase.Thinking when _reply!.Phrase is null:
                CancelReply();
                Say(now, TurnPhrase.Apology);
                break;
            case TurnPhase.Thinking:
            case TurnPhase.Speaking:
                CancelReply();
                TakeFloor(now);
                break;
            case TurnPhase.Contested:
                Settle(now, BargeInVerdict.Nothing);
                break;
            case TurnPhase.Closing:
                End(_endReason);
                break;
        }
    }

    // What was said but not yet committed is recorded, and what was being spoken is cut at what was heard.
    private void End(ConversationEndReason reason)
    {
        if (_user is { Text.Length: > 0 } user && Phase is TurnPhase.Hearing or TurnPhase.Pausing or TurnPhase.AwaitingTranscript)
            RecordTurn(user);
        _user = null;
        if (_reply is not null)
            CancelReply();
        _timers.ClearAll();
        Phase = TurnPhase.Ended;
        Report(AgentState.Ended);
        Do(new TurnCommand { Kind = TurnCommandKind.EndConversation, Reason = reason });
    }

    private void OpenUtterance()
    {
        _openUtterance = ++_utterance;
        _user!.Open(_utterance);
        long preRoll = (long)(_options.PreRoll.TotalSeconds * 16_000);
        // An utterance begins where the one before it ended at the earliest: no word is recognised twice.
        long position = Math.Max(_fedTo, Math.Max(0, _detector.StartPosition - preRoll));
        Do(new TurnCommand { Kind = TurnCommandKind.OpenUtterance, Utterance = _utterance, Position = position });
    }

    private void CloseUtterance(Instant now)
    {
        if (_openUtterance == 0)
            return;
        _user?.End(_openUtterance, now);
        _fedTo = _detector.Position;
        _finalAskedAt = now;
        Do(new TurnCommand { Kind = TurnCommandKind.EndUtterance, Utterance = _openUtterance });
        _openUtterance = 0;
    }

    private void Enter(Instant now, TurnPhase phase)
    {
        Phase = phase;
        _timers.Clear(TurnTimer.EndOfTurn);
        _timers.Clear(TurnTimer.TranscriptWait);
        _timers.Clear(TurnTimer.Decision);
        if (phase is not (TurnPhase.Hearing or TurnPhase.Pausing or TurnPhase.AwaitingTranscript))
            _timers.Clear(TurnTimer.TurnTooLong);
        SetWatchdog(now);
        AgentState? state = phase switch
        {
            TurnPhase.Listening or TurnPhase.Hearing or TurnPhase.Pausing => AgentState.Listening,
            TurnPhase.AwaitingTranscript or TurnPhase.Thinking => AgentState.Thinking,
            TurnPhase.Speaking => AgentState.Speaking,
            _ => null,
        };
        if (state is { } reported)
            Report(reported);
    }

    private void SetWatchdog(Instant now)
    {
        TimeSpan? stall = Phase switch
        {
            TurnPhase.Thinking => _options.ThinkingStall,
            TurnPhase.Speaking or TurnPhase.Closing or TurnPhase.Contested => _options.SpeakingStall,
            _ => null,
        };
        if (stall is { } limit)
            _timers.Set(TurnTimer.Watchdog, now + limit);
        else if (Phase != TurnPhase.Starting)
            _timers.Clear(TurnTimer.Watchdog);
    }

    private void Report(AgentState state)
    {
        if (_reported == state)
            return;
        _reported = state;
        Do(new TurnCommand { Kind = TurnCommandKind.ReportState, State = state });
    }

    private void ReportTranscript(bool changed)
    {
        if (changed)
            Do(new TurnCommand { Kind = TurnCommandKind.ReportTranscript, Turn = Turn, Text = _user!.Text });
    }

    private void Do(TurnCommandKind kind, int turn = 0, int generation = 0, string? text = null) =>
        Do(new TurnCommand { Kind = kind, Turn = turn, Generation = generation, Text = text });

    private void Do(in TurnCommand command) => _commands.Enqueue(command);
}
