using AgentGateway.Primitives;

namespace AgentGateway.Conversation.TurnTaking;

/// <content>What the caller's voice does to the dialogue.</content>
public sealed partial class TurnTaker
{
    private void HandleVoice(Instant now, in TurnFact fact)
    {
        bool overAgent = Phase is TurnPhase.Thinking or TurnPhase.Speaking or TurnPhase.Contested;
        SpeechChange change = _detector.Process(fact.Probability, fact.Position, fact.Duration, fact.ReceivedAt, fact.EchoLikelihood, eager: overAgent);
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

        // A sound that is the agent's own opens no turn and holds nothing, for as long as it is nothing else.
        bool echo = _judge.IsEcho(_detector.EchoNow);
        if (Phase == TurnPhase.Listening && _detector.IsSpeaking && _user is not null && !echo)
            OpenTurn(now);
        else if (Phase is TurnPhase.Thinking or TurnPhase.Speaking && _reply!.Interruptible && _openUtterance != 0 && _detector.IsActive && _judge.IsNoEcho(_detector.EchoNow))
            Contest(now);
        else if (Phase == TurnPhase.Contested && _detector.IsSpeaking)
            JudgeSpeech(now, echo);
        else if (Phase == TurnPhase.Speaking && _detector.IsHinting && _reply!.Interruptible)
            Flinch(now);
    }

    private void Contest(Instant now)
    {
        Hold();
        Enter(now, TurnPhase.Contested);
    }

    // What may become speech is not contested: the agent is silent for a moment, and nothing else happens. Never twice in a row, so that no noise mutes it.
    private void Flinch(Instant now)
    {
        if (_flinchedAt is { } before && now < before + _options.FlinchRest)
            return;
        _flinchedAt = now;
        Hold();
        _timers.Set(TurnTimer.Resume, now + _options.ResumeSilence);
    }

    private void Hold()
    {
        _timers.Clear(TurnTimer.Resume);
        if (!_held)
            Do(TurnCommandKind.HoldPlayout);
        _held = true;
    }

    private void Release()
    {
        _timers.Clear(TurnTimer.Resume);
        if (_held)
            Do(TurnCommandKind.ReleasePlayout);
        _held = false;
    }

    private void JudgeSpeech(Instant now, bool echo)
    {
        BargeInVerdict verdict = _judge.WhileSpeaking(Overheard(_user!), now);
        // Once the speech is long enough to tell, the agent does not wait for its own echo to end.
        Settle(now, verdict == BargeInVerdict.Open && echo ? BargeInVerdict.Nothing : verdict);
    }

    private Overheard Overheard(UserTurn user) => new(
        user.Text,
        IsFinal: !_detector.IsActive && !user.OwesFinal,
        user.Confidence,
        _detector.SpeechLength,
        user.Onset,
        Instant.Max(_detector.SureSpeechEnd, user.Onset) - user.Onset,
        _detector.EchoLikelihood,
        _detector.TurnedToEcho && _detector.SpeechStart == user.Onset);

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
                if (_reply!.Interruptible && !_judge.IsEcho(_detector.EchoNow))
                    Contest(now);
                break;
        }

        if (Phase is TurnPhase.Thinking or TurnPhase.Speaking or TurnPhase.Contested || (_judge.Agent.LastAt is { } last && _detector.SpeechStart - last <= _options.EchoTail))
            _user!.OverAgent = true;
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
                _user!.EndAsSound(_utterance);
                _soundEnd = _detector.SpeechEnd;
                Enter(now, TurnPhase.Pausing);
                SchedulePause(now);
                break;
            case TurnPhase.Contested:
                Settle(now, _judge.AfterSpeech(Overheard(_user!), now));
                break;
        }
    }

    private void HandleEnded(Instant now)
    {
        _speechEnd = _detector.SureSpeechEnd;
        _silentSince = _speechEnd;
        if (_user is { } user)
        {
            user.Speech += _detector.SpeechLength;
            user.EchoLikelihood = Math.Max(user.EchoLikelihood, _detector.EchoLikelihood);
        }

        CloseUtterance(now);
        _stirred = false;
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
                Settle(now, _judge.AfterSpeech(Overheard(_user!), now));
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
        _user!.Open(_utterance, position, _detector.SpeechStart);
        Do(new TurnCommand { Kind = TurnCommandKind.OpenUtterance, Utterance = _utterance, Position = position });
    }

    // The whole turn once more: the recogniser may have failed in the middle, or begun too late.
    private void Rehear(Instant now, UserTurn user)
    {
        user.Reheard = true;
        _user = user;
        _utterance++;
        user.Open(_utterance, user.StartPosition, user.Onset);
        user.End(_utterance, now);
        _finalAskedAt = now;
        Do(new TurnCommand { Kind = TurnCommandKind.OpenUtterance, Utterance = _utterance, Position = user.StartPosition, Again = true });
        Do(new TurnCommand { Kind = TurnCommandKind.EndUtterance, Utterance = _utterance });
        Enter(now, TurnPhase.AwaitingTranscript);
        _timers.Set(TurnTimer.TranscriptWait, now + _options.MaxFinalWait);
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
