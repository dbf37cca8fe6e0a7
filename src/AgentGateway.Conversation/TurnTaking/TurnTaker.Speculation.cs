using AgentGateway.Primitives;

namespace AgentGateway.Conversation.TurnTaking;

/// <content>Replies that are begun before the turn is certainly over.</content>
public sealed partial class TurnTaker
{
    // Called whenever the text of a paused turn may have changed; a final is stable, a partial after a while.
    private void Speculate(Instant now, bool stable = false)
    {
        if (!_options.Speculate || _user is not { Text.Length: > 0, HasTyped: false, EndsInKeys: false } user)
            return;
        string words = Speculation.Normalise(user.Text);
        if (_speculation is { } running)
        {
            if (running.Words == words)
                return;
            DropSpeculation();
        }

        if (user.Speculations >= _options.MaxSpeculations || _endpointing.Likelihood(user) < _options.SpeculationLikelihood)
            return;
        if (user.OwesFinal && !(stable && words == _stableWords))
        {
            _stableWords = words;
            _timers.Set(TurnTimer.StableText, now + _options.StableText);
            return;
        }

        user.Speculations++;
        _speculation = new Speculation(++Generation, Turn, words);
        Do(new TurnCommand { Kind = TurnCommandKind.StartSpeculation, Turn = Turn, Generation = Generation, Text = user.Text, Spoken = true });
    }

    // Compare and swap: the reply is the answer only when the turn was committed with the words it was begun for.
    private bool TryCommitSpeculation(Instant now, UserTurn user)
    {
        if (_speculation is not { } speculation || speculation.Turn != Turn || user.WantsSilentReply || speculation.Words != Speculation.Normalise(user.Text))
            return false;
        _speculation = null;
        _debt = Debt.None;
        _lastPhrase = null;
        _reply = new Reply { Generation = speculation.Generation, Turn = Turn, Interruptible = _options.BargeIn };
        _judge.Agent.Begin();
        Do(new TurnCommand
        {
            Kind = TurnCommandKind.CommitSpeculation,
            Turn = Turn,
            Generation = speculation.Generation,
            Spoken = true,
            SpeechEnd = _speechEnd,
            Decided = _decided,
        });
        Enter(now, TurnPhase.Thinking);
        return true;
    }

    private void DropSpeculation()
    {
        if (_speculation is not { } speculation)
            return;
        _speculation = null;
        Do(TurnCommandKind.DropSpeculation, turn: speculation.Turn, generation: speculation.Generation);
    }
}
