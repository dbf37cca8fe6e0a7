using AgentGateway.Primitives;
using AgentGateway.Rtc.Wire.Stun;

namespace AgentGateway.Rtc.Ice;

/// <summary>The selected pair, consent to send on it (RFC 7675) and keep-alives.</summary>
public sealed partial class IceAgent
{
    /// <summary>
    /// How long the old generation outlives the nomination of a new pair and the last check that names it: the far end may learn of the
    /// nomination later, by a lost answer, or not get through itself; it sends and checks on the old path until then.
    /// </summary>
    private static readonly TimeSpan RetireDelay = TimeSpan.FromSeconds(10);

    /// <summary>Whether a pair of the present generation is selected; one from before a restart only bridges the gap.</summary>
    private bool HasPresentSelection => _selected is not null && _selected.Generation == _generation;

    private void Nominate(Instant now, CandidatePair pair)
    {
        pair.NominateOnSuccess = false;
        pair.IsNominating = false;
        pair.IsNominated = true;
        if (_previousGeneration is not null)
            _timers.SetIfUnset(IceTimer.Retire, now + RetireDelay);
        if (_nominated && _selected is { } present && present != pair
            && pair.Priority < present.Priority && now - present.NominatedAt < NominationHold)
            return;
        bool first = !_nominated;
        Select(now, pair, nominated: true);
        if (!first || _options.Lite)
            return;
        _checks.StopOrdinaryChecks();
        _timers.Clear(IceTimer.Nomination);
        _timers.Clear(IceTimer.Pace);
    }

    private void Select(Instant now, CandidatePair pair, bool nominated)
    {
        _nominated = nominated;
        if (pair == _selected)
            return;
        bool proven = pair.HeardAt == now && !_options.Lite;
        if (_previousGeneration is not null && !HasPresentSelection)
            _replaced = _selected;
        _selected = pair;
        _timers.Clear(IceTimer.Connect);
        RenewConsent(now);
        if (_options.Lite)
            _timers.Set(IceTimer.KeepAlive, now + _options.KeepAliveInterval);
        else
            _timers.Set(IceTimer.Consent, proven ? now + Jittered(_options.ConsentInterval) : now);
        _events.Enqueue(new IceEvent(IceEventKind.SelectedPathChanged, State, pair.Path));
        SetState(IceState.Connected);
    }

    /// <summary>An authenticated request came: proof of life, and for a lite agent all the consent it can have.</summary>
    private void Heard(Instant now, CandidatePair pair)
    {
        pair.HeardAt = now;
        if (pair != _selected)
            return;
        if (_options.Lite)
        {
            RenewConsent(now);
            return;
        }

        _timers.Set(IceTimer.Silence, now + _options.DisconnectedTimeout);
        if (State == IceState.Disconnected)
            SetState(IceState.Connected);
    }

    private void RenewConsent(Instant now)
    {
        _consentedAt = now;
        if (!_options.Lite)
            _timers.Set(IceTimer.Failover, now + _options.FailoverTimeout);
        EndFailover();
        _timers.Set(IceTimer.ConsentExpiry, now + _options.ConsentTimeout);
        _timers.Set(IceTimer.Silence, now + _options.DisconnectedTimeout);
        if (State == IceState.Disconnected)
            SetState(IceState.Connected);
    }

    private TimeSpan Jittered(TimeSpan mean) => mean * (0.8 + (0.4 * _random.NextDouble()));

    private void SendConsentCheck(Instant now)
    {
        if (_selected is null)
            return;
        // Never repeated with the same transaction id (RFC 7675 section 5.1): the next one comes soon enough.
        OpenAndSend(now, _selected, useCandidate: false, isCheck: false);
        _timers.Set(IceTimer.Consent, now + Jittered(_options.ConsentRetryInterval));
    }

    private void SendKeepAlive(Instant now)
    {
        if (_selected is null)
            return;
        Send(new IceTransmit
        {
            Kind = IceTransmitKind.Indication,
            Path = _selected.Path,
            Id = StunTransactionId.Create(_random),
            Generation = _selected.Generation,
        });
        _timers.Set(IceTimer.KeepAlive, now + _options.KeepAliveInterval);
    }
}
