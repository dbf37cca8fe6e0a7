using AgentGateway.Primitives;

namespace AgentGateway.Conversation.TurnTaking;

/// <content>The caller's turn from its beginning to its commit.</content>
public sealed partial class TurnTaker
{
    private void OpenTurn(Instant now)
    {
        CountTurn();
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

        Instant deadline = _user.EndsInKeys ? _user.LastKeyAt + _options.KeyPause
            : Instant.Max(_speechEnd + _endpointing.Delay(_user), _soundEnd + _endpointing.DelayAfterSound(_user));
        if (deadline <= now)
        {
            EndTurn(now);
            return;
        }

        _timers.Set(TurnTimer.EndOfTurn, deadline);
        Speculate(now);
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
        if (user.Text.Length == 0 && user.ByVoice && !user.Reheard && user.Speech >= _options.RehearSpeech)
        {
            Rehear(now, user);
            return;
        }

        if (user.Text.Length == 0 || IsEcho(now, user))
        {
            GiveUpTurn(now, user);
            return;
        }

        _silentCaller = user.WantsSilentReply;
        RecordTurn(user);
        if (!TryCommitSpeculation(now, user))
            StartReply(now, Turn, spoken: !user.WantsSilentReply);
    }

    // What was said while the agent could be heard, in the agent's own words, is what a microphone returned.
    private bool IsEcho(Instant now, UserTurn user) => user is { ByVoice: true, HasTyped: false, OverAgent: true } && _judge.IsEcho(user.Text, user.EchoLikelihood, now);

    private void CountTurn()
    {
        Turn++;
        _idlePrompts = 0;
    }

    private void CommitTyped(Instant now)
    {
        CountTurn();
        _speechEnd = now;
        _silentSince = now;
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
        DropSpeculation();
        Do(TurnCommandKind.ReportUserStopped, turn: Turn);
        Do(new TurnCommand { Kind = TurnCommandKind.ReportNoWords, Turn = Turn, Echo = user.Text.Length > 0 });
        Debt debt = _debt;
        _debt = Debt.None;
        if (debt == Debt.Answer)
            StartReply(now, _debtTurn, spoken: true);
        else if (_lastPhrase != TurnPhrase.NotUnderstood && (debt == Debt.Word || (user.Text.Length == 0 && user.Speech >= _options.NotUnderstoodSpeech)))
            Say(now, TurnPhrase.NotUnderstood);
        else
            Enter(now, TurnPhase.Listening);
    }
}
