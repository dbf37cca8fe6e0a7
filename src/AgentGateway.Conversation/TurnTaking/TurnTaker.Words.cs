using AgentGateway.Primitives;

namespace AgentGateway.Conversation.TurnTaking;

/// <content>What recognised and typed words do to the dialogue.</content>
public sealed partial class TurnTaker
{
    private void HandleTranscript(Instant now, in TurnFact fact)
    {
        if (_user is not { } user)
            return;
        string before = user.Text;
        if (!user.Take(fact.Utterance, fact.Text, fact.IsFinal, fact.Confidence, out Instant? askedAt))
            return;
        _judge.HasPartials |= !fact.IsFinal && fact.Text.Length > 0;
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
            case TurnPhase.Thinking or TurnPhase.Speaking when _reply!.Interruptible && (_detector.IsActive || fact.IsFinal):
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
                Settle(now, _judge.AfterSpeech(Overheard(_user!), now));
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

    private void HandleKey(Instant now, string key)
    {
        if (Phase == TurnPhase.Closing || key is not [(>= '0' and <= '9') or (>= 'A' and <= 'D') or '*' or '#'])
            return;
        switch (Phase)
        {
            case TurnPhase.Thinking or TurnPhase.Speaking when _reply!.Interruptible:
                _user = new UserTurn();
                break;
            case TurnPhase.Starting or TurnPhase.Thinking or TurnPhase.Speaking:
            case TurnPhase.Listening:
                _user ??= new UserTurn();
                break;
        }

        // The hash ends an entry, and is itself one only when nothing stands before it.
        bool ends = key == "#" && _user!.Text.Length > 0;
        if (!ends)
            _user!.Press(key[0], now);
        switch (Phase)
        {
            case TurnPhase.Listening:
                _speechEnd = now;
                _silentSince = now;
                OpenTurn(now);
                if (_detector.IsActive)
                    break;
                Enter(now, TurnPhase.Pausing);
                AwaitKey(now, ends);
                break;
            case TurnPhase.Pausing:
            case TurnPhase.AwaitingTranscript:
                _speechEnd = now;
                _silentSince = now;
                Enter(now, TurnPhase.Pausing);
                AwaitKey(now, ends);
                break;
            case TurnPhase.Contested:
                Settle(now, BargeInVerdict.Interruption);
                break;
            case TurnPhase.Thinking or TurnPhase.Speaking when _reply!.Interruptible:
                _speechEnd = now;
                _silentSince = now;
                Interrupt(now);
                break;
        }
    }

    private void AwaitKey(Instant now, bool ended)
    {
        if (ended)
            EndTurn(now);
        else
            SchedulePause(now);
    }

    private void HandleEndOfTurn(Instant now, in TurnFact fact)
    {
        double probability = Math.Clamp(fact.Probability, 0, 1);
        if (_user is { } user
            && user.TakeEndOfTurn(fact.Utterance, probability, fromAudio: fact.Kind == TurnFactKind.EndOfTurnProbability)
            && Phase == TurnPhase.Pausing)
        {
            SchedulePause(now);
        }
    }
}
