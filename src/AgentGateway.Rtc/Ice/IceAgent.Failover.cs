using AgentGateway.Primitives;

namespace AgentGateway.Rtc.Ice;

/// <summary>
/// What happens before consent is lost: once checks on the selected path go unanswered, every other pair is tried, and the first one that
/// answers takes over. RFC 8445 leaves that to a restart, which needs signalling and a far end that plays along.
/// </summary>
public sealed partial class IceAgent
{
    private Instant _consentedAt;
    private bool _isFailingOver;

    /// <summary>Whether the selected path was not proven for so long that another one that works is better.</summary>
    private bool IsSelectionFailing(Instant now) => HasPresentSelection && now - _consentedAt >= _options.FailoverTimeout;

    /// <summary>Tries all pairs but the selected one: those that worked before first, then the best.</summary>
    private void ProbeOtherPairs(Instant now)
    {
        // During a restart the new generation is being searched anyway.
        if (!IsSelectionFailing(now) || _options.Lite)
            return;
        _isFailingOver = true;
        foreach (RemoteCandidate remote in _remotes)
            AddPairs(remote);
        for (int i = 0; i < _checks.Count; i++)
        {
            CandidatePair pair = _checks[i];
            if (pair == _selected || pair.RetransmitAt is not null)
                continue;
            if (pair.State == PairState.Succeeded)
                _checks.Trigger(pair);
            else
                pair.State = PairState.Waiting;
        }
    }

    /// <summary>
    /// A pair was proven while the selected one fails: data goes there from now on. That also follows a far end behind a NAT that forgot its
    /// mapping: it still checks the pair it knows, but here that is a new one, which it will never nominate again.
    /// </summary>
    private void TakeOverFromFailing(Instant now, CandidatePair pair)
    {
        if (pair == _selected || pair.State != PairState.Succeeded || !IsSelectionFailing(now))
            return;
        CandidatePair failing = _selected!;
        Select(now, pair, _nominated);
        failing.State = PairState.Failed;
        if (Role != IceRole.Controlling)
            return;

        // The far end sends where it was nominated; a lite one has nothing else to go by.
        pair.IsNominating = true;
        _checks.Trigger(pair);
    }

    private void EndFailover()
    {
        if (!_isFailingOver)
            return;
        _isFailingOver = false;
        if (!_nominated)
            return;
        _checks.StopOrdinaryChecks();
        _timers.Clear(IceTimer.Pace);
    }
}
