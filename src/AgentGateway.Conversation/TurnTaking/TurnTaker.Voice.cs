using AgentGateway.Primitives;

namespace AgentGateway.Conversation.TurnTaking;

/// <content>What the caller's voice does to the dialogue.</content>
public sealed partial class TurnTaker
{
    private void HandleVoice(Instant now, in TurnFact fact)
    {
        SpeechChange change = _detector.Process(fact.Probability, fact.Position, fact.Duration, fact.ReceivedAt, fact.EchoLikelihood);
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
            case SpeechChange.Started when Phase == TurnPhase.Hearing && _pausedAt is { } paused:
                _endpointing.LearnPause(_detector.SpeechStart - paused);
                _pausedAt = null;
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
                _pausedAt = _speechEnd;
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
        _pausedAt = null;
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
                if (_options.JudgeEndOfTurn)
                    Do(new TurnCommand { Kind = TurnCommandKind.JudgeEndOfTurn, Turn = Turn, Utterance = _utterance, Position = _user!.StartPosition, EndPosition = _detector.Position });
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

    private void OpenUtterance()
    {
        _openUtterance = ++_utterance;
        long preRoll = (long)(_options.PreRoll.TotalSeconds * 16_000);
        // An utterance begins where the one before it ended at the earliest: no word is recognised twice.
        long position = Math.Max(_fedTo, Math.Max(0, _detector.StartPosition - preRoll));
        _user!.Open(_utterance, position);
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
}
