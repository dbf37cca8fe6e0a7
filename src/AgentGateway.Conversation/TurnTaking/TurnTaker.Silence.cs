using AgentGateway.Conversation.Events;
using AgentGateway.Primitives;

namespace AgentGateway.Conversation.TurnTaking;

/// <content>Silence that lasts too long, from either side, and calls that do.</content>
public sealed partial class TurnTaker
{
    // Something is owed to the caller: they hear something within the budget.
    private void WatchSilence(Instant now)
    {
        bool owed = Phase == TurnPhase.AwaitingTranscript || (Phase is TurnPhase.Thinking or TurnPhase.Speaking or TurnPhase.Closing && _reply is { Spoken: true, Phrase: null });
        if (owed && _options.MaxSilence > TimeSpan.Zero)
            _timers.Set(TurnTimer.SilenceBudget, Instant.Max(now, _silentSince + _options.MaxSilence));
        else
            _timers.Clear(TurnTimer.SilenceBudget);
    }

    private void BreakSilence(Instant now)
    {
        _silentSince = now;
        WatchSilence(now);
    }

    private void HandleSilence(Instant now)
    {
        _silentSince = now;
        switch (Phase)
        {
            case TurnPhase.AwaitingTranscript:
                _user!.GiveUpFinals();
                _user.Reheard = true;
                Commit(now);
                break;
            case TurnPhase.Thinking or TurnPhase.Speaking or TurnPhase.Closing when _reply!.Fillers < _options.MaxFillers:
                TurnPhrase filler = _reply.Fillers++ % 2 == 0 ? TurnPhrase.Filler : TurnPhrase.FillerAgain;
                Do(new TurnCommand { Kind = TurnCommandKind.SayFiller, Turn = _reply.Turn, Generation = _reply.Generation, Phrase = filler });
                WatchSilence(now);
                break;
            case TurnPhase.Thinking or TurnPhase.Speaking:
                CancelReply();
                Say(now, TurnPhrase.Apology);
                break;
            case TurnPhase.Closing:
                End(_endReason);
                break;
        }
    }

    private void WatchIdle(Instant now)
    {
        // A caller who types and wants no voice reads at leisure.
        if (Phase != TurnPhase.Listening || _options.IdlePrompt <= TimeSpan.Zero || _silentCaller)
            _timers.Clear(TurnTimer.IdleCaller);
        else
            _timers.SetIfUnset(TurnTimer.IdleCaller, now + (_idlePrompts == 0 ? _options.IdlePrompt : _options.IdlePromptAgain));
    }

    private void HandleIdle(Instant now)
    {
        if (_detector.IsActive)
        {
            WatchIdle(now);
            return;
        }

        if (_user is { OwesFinal: false })
            _user = null;
        TurnPhrase phrase = _idlePrompts++ switch { 0 => TurnPhrase.StillThere, 1 => TurnPhrase.StillThereAgain, _ => TurnPhrase.IdleGoodbye };
        Say(now, phrase);
        if (phrase == TurnPhrase.IdleGoodbye)
            HandleEndAfterReply(now, ConversationEndReason.CallerIdle);
    }

    private void LimitCall(Instant now)
    {
        if (_options.MaxCall <= TimeSpan.Zero)
            return;
        _timers.Set(TurnTimer.CallLimit, now + _options.MaxCall);
        if (_options.MaxCall > _options.CallWarning)
            _timers.Set(TurnTimer.CallWarning, now + _options.MaxCall - _options.CallWarning);
    }

    // A warning waits until nobody speaks; the end waits for the reply that is being spoken, and for nothing else.
    private void SpeakOfTime(Instant now)
    {
        bool quiet = Phase == TurnPhase.Listening && !_detector.IsActive;
        switch (_callStage)
        {
            case CallStage.WarningDue when quiet:
                _callStage = CallStage.Warned;
                Say(now, TurnPhrase.TimeWarning);
                break;
            case CallStage.Over when _reply is not null:
                HandleEndAfterReply(now, ConversationEndReason.TimeLimit);
                break;
            case CallStage.Over when Phase is not (TurnPhase.Starting or TurnPhase.Closing):
                if (_user is { Text.Length: > 0 } user && Phase is TurnPhase.Hearing or TurnPhase.Pausing or TurnPhase.AwaitingTranscript)
                    RecordTurn(user);
                CloseUtterance(now);
                _user = null;
                Say(now, TurnPhrase.TimeUp);
                HandleEndAfterReply(now, ConversationEndReason.TimeLimit);
                break;
        }
    }
}
