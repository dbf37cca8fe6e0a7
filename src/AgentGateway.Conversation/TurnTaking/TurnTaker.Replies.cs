using AgentGateway.Conversation.Events;
using AgentGateway.Primitives;

namespace AgentGateway.Conversation.TurnTaking;

/// <content>The agent's reply from its start to its end, and speech over it.</content>
public sealed partial class TurnTaker
{
    private void StartReply(Instant now, int turn, bool spoken)
    {
        DropSpeculation();
        _debt = Debt.None;
        _lastPhrase = null;
        _reply = new Reply { Generation = ++Generation, Turn = turn, Interruptible = _options.BargeIn, Spoken = spoken };
        _judge.Agent.Begin();
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
        DropSpeculation();
        _lastPhrase = phrase;
        bool interruptible = _options.BargeIn && (phrase != TurnPhrase.Greeting || _options.GreetingInterruptible);
        _reply = new Reply { Generation = ++Generation, Turn = Turn, Phrase = phrase, Interruptible = interruptible };
        _silentSince = now;
        _judge.Agent.Begin();
        Do(new TurnCommand { Kind = TurnCommandKind.Say, Turn = Turn, Generation = Generation, Phrase = phrase });
        Enter(now, TurnPhase.Thinking);
    }

    // Words over the agent: while the caller speaks they may settle it, afterwards the final does.
    private void JudgeText(Instant now, UserTurn user)
    {
        if (_detector.IsActive || user.OwesFinal)
            Settle(now, _judge.WhileSpeaking(Overheard(user), now));
        else
            Settle(now, _judge.AfterSpeech(Overheard(user), now));
    }

    private void Settle(Instant now, BargeInVerdict verdict)
    {
        switch (verdict)
        {
            case BargeInVerdict.Interruption:
                Interrupt(now);
                break;
            // A word may hold a short silence: the agent does not go on inside it.
            case BargeInVerdict.Nothing when !_detector.IsActive && _detector.SpeechEnd + _options.ResumeSilence is var resume && now < resume && _detector.SpeechLength < _options.StartSpeech:
                _timers.Set(TurnTimer.Decision, resume);
                break;
            case BargeInVerdict.Nothing:
                // A final that is still owed may tell otherwise later; see Overhear.
                GoOn(now, hadWords: _user!.Text.Length > 0);
                if (!_user.OwesFinal && _openUtterance == 0)
                    _user = null;
                _silentSince = now;
                Enter(now, _reply!.Played ? TurnPhase.Speaking : TurnPhase.Thinking);
                break;
        }
    }

    // After a word in a short sound a sentence may go on, and the agent is silent a little longer. It is not judged with that: a nod stays a nod.
    private void GoOn(Instant now, bool hadWords)
    {
        Instant resume = _detector.SpeechEnd + _options.ResumeSilenceAfterWords;
        if (hadWords && _reply!.Played && _detector.SpeechLength < _options.StartSpeech && now < resume)
            _timers.Set(TurnTimer.Resume, resume);
        else
            Release();
    }

    private void Overhear(Instant now, UserTurn user)
    {
        if (_judge.Late(Overheard(user), now) == BargeInVerdict.Interruption)
            Interrupt(now);
        else if (!user.OwesFinal && _openUtterance == 0)
            _user = null;
    }

    private void Interrupt(Instant now)
    {
        Reply reply = _reply!;
        CountTurn();
        _user!.ByVoice = true;
        Do(TurnCommandKind.ReportUserStarted, turn: Turn);
        CancelReply();
        _debt = reply.Played ? Debt.Word : reply.Phrase is null ? Debt.Answer : Debt.None;
        // The caller was not finished when the answer was begun: that, too, was a pause inside their turn.
        if (_debt == Debt.Answer && _detector.SpeechStart > _speechEnd)
            _endpointing.LearnPause(_detector.SpeechStart - _speechEnd);
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
        if (reply.Played)
            _endpointing.HearAgent(reply);
        Do(TurnCommandKind.CancelReply, turn: reply.Turn, generation: reply.Generation);
        Release();
        if (reply.Played)
            Do(TurnCommandKind.ReportAgentStopped, turn: reply.Turn, generation: reply.Generation);
    }

    private void HandlePlayoutStarted(Instant now, int generation)
    {
        if (_reply is not { Played: false } reply || reply.Generation != generation)
            return;
        reply.Played = true;
        BreakSilence(now);
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
        _endpointing.HearAgent(reply);
        Release();
        if (reply.Played)
            Do(TurnCommandKind.ReportAgentStopped, turn: reply.Turn, generation: generation);
        if (Phase == TurnPhase.Closing)
            End(_endReason);
        else
            TakeFloor(now);
    }

    private void HandleUninterruptible(Instant now, int generation)
    {
        if (_reply is not { Interruptible: true } reply || reply.Generation != generation)
            return;
        reply.Interruptible = false;
        Release();
        // What is being said over it is heard, and answered afterwards.
        if (Phase != TurnPhase.Contested)
            return;
        _silentSince = now;
        Enter(now, reply.Played ? TurnPhase.Speaking : TurnPhase.Thinking);
    }
}
