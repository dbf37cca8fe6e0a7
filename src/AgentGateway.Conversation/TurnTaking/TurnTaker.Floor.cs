using AgentGateway.Conversation.Events;
using AgentGateway.Primitives;

namespace AgentGateway.Conversation.TurnTaking;

/// <content>How the floor passes from one to the other.</content>
public sealed partial class TurnTaker
{
    // The agent has nothing to say: whatever the caller said or is saying meanwhile is their turn.
    private void TakeFloor(Instant now)
    {
        Enter(now, TurnPhase.Listening);
        if (_callStage is CallStage.WarningDue or CallStage.Over && !_detector.IsActive && _user is null)
        {
            SpeakOfTime(now);
            return;
        }

        if (_detector.IsSpeaking)
        {
            _user ??= new UserTurn();
            if (_openUtterance == 0)
                OpenUtterance();
            if (!_judge.IsEcho(_detector.EchoNow))
                OpenTurn(now);
            return;
        }

        if (_user is null || _detector.IsActive || _user.OwesFinal)
            return;
        if (!_user.HasTyped && _judge.AfterSpeech(Overheard(_user), now) != BargeInVerdict.Interruption)
        {
            _user = null;
            return;
        }

        if (_user is { IsTyped: true, EndsInKeys: false })
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
        Release();
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
            case TurnPhase.Thinking when _reply is { Phrase: null, AskedAgain: false } reply:
                CancelReply();
                StartReply(now, reply.Turn, reply.Spoken);
                _reply.AskedAgain = true;
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
        DropSpeculation();
        if (_reply is not null)
            CancelReply();
        _timers.ClearAll();
        Phase = TurnPhase.Ended;
        Report(AgentState.Ended);
        Do(new TurnCommand { Kind = TurnCommandKind.EndConversation, Reason = reason });
    }

    private void Enter(Instant now, TurnPhase phase)
    {
        Phase = phase;
        _timers.Clear(TurnTimer.EndOfTurn);
        _timers.Clear(TurnTimer.TranscriptWait);
        _timers.Clear(TurnTimer.Decision);
        if (phase is not (TurnPhase.Pausing or TurnPhase.AwaitingTranscript))
            _timers.Clear(TurnTimer.StableText);
        if (phase is not (TurnPhase.Hearing or TurnPhase.Pausing or TurnPhase.AwaitingTranscript))
            _timers.Clear(TurnTimer.TurnTooLong);
        SetWatchdog(now);
        WatchSilence(now);
        WatchIdle(now);
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
