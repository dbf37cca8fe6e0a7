using AgentGateway.Primitives;
using AgentGateway.Rtc.Primitives;
using AgentGateway.Rtc.Wire.Stun;

namespace AgentGateway.Rtc.Ice;

/// <summary>Our checks, their answers, and nomination (RFC 8445 sections 6.1.4, 7.2 and 8).</summary>
public sealed partial class IceAgent
{
    // Rm of RFC 8489 section 6.2.1: the last wait is this many initial timeouts.
    private const int LastWaitFactor = 16;

    /// <summary>Sends the next check when the pacing allows it, and sets the timers of what is left.</summary>
    private void Pump(Instant now)
    {
        if (_options.Lite || !IsActive || _generation.Remote is null)
            return;
        while (true)
        {
            if (_lastCheckAt is { } last && last + _options.PacingInterval > now)
            {
                if (_checks.HasWork())
                    _timers.SetIfUnset(IceTimer.Pace, last + _options.PacingInterval);
                break;
            }

            if (_checks.Next() is not { } pair)
                break;
            SendCheck(now, pair);
        }

        ScheduleRetransmission();
    }

    private void SendCheck(Instant now, CandidatePair pair)
    {
        _lastCheckAt = now;
        if (pair.State != PairState.Succeeded)
            pair.State = PairState.InProgress;
        TimeSpan load = _options.PacingInterval * _checks.CountPending();
        pair.RetransmissionTimeout = load > _options.InitialRetransmissionTimeout ? load : _options.InitialRetransmissionTimeout;
        pair.Transmissions = 1;
        pair.RetransmitAt = now + pair.RetransmissionTimeout;
        OpenAndSend(now, pair, pair.IsNominating && Role == IceRole.Controlling, isCheck: true);
    }

    private void OpenAndSend(Instant now, CandidatePair pair, bool useCandidate, bool isCheck)
    {
        StunTransactionId id = StunTransactionId.Create(_random);
        pair.Open(now, id, useCandidate, Role == IceRole.Controlling, isCheck);
        SendRequest(pair, id, useCandidate);
    }

    private void SendRequest(CandidatePair pair, StunTransactionId id, bool useCandidate) => Send(new IceTransmit
    {
        Kind = IceTransmitKind.Check,
        Path = pair.Path,
        Id = id,
        Generation = pair.Generation,
        Pair = pair,
        UseCandidate = useCandidate,
    });

    private void RetransmitChecks(Instant now)
    {
        for (int i = 0; i < _checks.Count; i++)
        {
            CandidatePair pair = _checks[i];
            if (pair.RetransmitAt is not { } due || due > now)
                continue;
            if (pair.Transmissions >= _options.MaxTransmissions)
            {
                FailPair(now, pair);
                continue;
            }

            pair.Transmissions++;
            bool last = pair.Transmissions >= _options.MaxTransmissions;
            TimeSpan doubled = pair.RetransmissionTimeout * 2;
            // The load on a long check list may ask for more than the cap.
            TimeSpan cap = pair.RetransmissionTimeout > _options.MaxRetransmissionTimeout ? pair.RetransmissionTimeout : _options.MaxRetransmissionTimeout;
            pair.RetransmissionTimeout = last ? _options.InitialRetransmissionTimeout * LastWaitFactor : doubled < cap ? doubled : cap;
            pair.RetransmitAt = now + pair.RetransmissionTimeout;
            pair.MarkRetransmitted();
            Statistics.Retransmissions++;
            SendRequest(pair, pair.CurrentId, pair.CurrentUseCandidate);
        }
    }

    private void ScheduleRetransmission()
    {
        Instant? next = null;
        for (int i = 0; i < _checks.Count; i++)
            next = Instant.Earliest(next, _checks[i].RetransmitAt);
        if (next is { } at)
            _timers.Set(IceTimer.Retransmit, at);
        else
            _timers.Clear(IceTimer.Retransmit);
    }

    private void FailPair(Instant now, CandidatePair pair)
    {
        pair.RetransmitAt = null;
        pair.State = PairState.Failed;
        pair.IsNominating = false;
        pair.NominateOnSuccess = false;
        EvaluateNomination(now);
    }

    private void HandleResponse(Instant now, in DatagramPath path, in StunMessage message)
    {
        CandidatePair? pair = FindOpen(message.TransactionId);
        if (pair is null)
        {
            Statistics.CountDrop(IceDropReason.UnknownTransaction);
            return;
        }

        if (!message.VerifyIntegrity(pair.Generation.Remote!.PasswordBytes))
        {
            Statistics.CountDrop(IceDropReason.WrongIntegrity);
            return;
        }

        TransportAddress mapped = default;
        if (message.Class == StunClass.SuccessResponse && (message.UnknownRequiredCount > 0 || !message.TryGetMappedAddress(out mapped)))
        {
            Statistics.CountDrop(IceDropReason.Malformed);
            return;
        }

        OpenCheck check = pair.Take(message.TransactionId);
        Statistics.ResponsesReceived++;
        if (path != pair.Path)
        {
            Statistics.CountDrop(IceDropReason.AsymmetricResponse);
            if (pair.State != PairState.Succeeded)
                FailPair(now, pair);
            return;
        }

        if (message.Class == StunClass.SuccessResponse)
            HandleSuccess(now, pair, check, mapped);
        else
            HandleError(now, pair, check, message.ErrorCode);
    }

    private CandidatePair? FindOpen(StunTransactionId id)
    {
        if (_selected is not null && _selected.HasOpen(id))
            return _selected;
        for (int i = 0; i < _checks.Count; i++)
        {
            if (_checks[i].HasOpen(id))
                return _checks[i];
        }

        return null;
    }

    private void HandleError(Instant now, CandidatePair pair, in OpenCheck check, int code)
    {
        if (code != 487 || pair.Generation != _generation)
        {
            // A refused consent check just does not renew the consent.
            if (pair.State != PairState.Succeeded || check.UseCandidate)
                FailPair(now, pair);
            return;
        }

        Statistics.RoleConflicts++;
        IceRole sentAs = check.Controlling ? IceRole.Controlling : IceRole.Controlled;
        if (sentAs == Role)
        {
            SwitchRole(Role == IceRole.Controlling ? IceRole.Controlled : IceRole.Controlling);
            _tieBreaker = _random.NextUInt64();
        }

        pair.RetransmitAt = null;
        if (pair.State != PairState.Succeeded)
            pair.State = PairState.Waiting;
        _checks.Trigger(pair);
    }

    private void HandleSuccess(Instant now, CandidatePair pair, in OpenCheck check, in TransportAddress mapped)
    {
        pair.HeardAt = now;
        if (pair == _selected || _selected is null)
            RoundTripTime = check.Retransmitted ? RoundTripTime : now - check.SentAt;
        if (pair == _selected)
        {
            RenewConsent(now);
            _timers.Set(IceTimer.Consent, now + Jittered(_options.ConsentInterval));
        }

        if (pair.Generation != _generation)
            return;
        LearnReflexive(mapped);
        // The answer to an older check leaves a nominating one under way.
        if (!pair.IsNominating || check.UseCandidate)
            pair.RetransmitAt = null;
        pair.State = PairState.Succeeded;
        _checks.Thaw(pair);
        _firstSuccessAt ??= now;
        if (!HasPresentSelection)
            Select(now, pair, nominated: false);
        if (Role == IceRole.Controlling ? check.UseCandidate && pair.IsNominating : pair.NominateOnSuccess)
            Nominate(now, pair);
        else
            EvaluateNomination(now);
        TakeOverFromFailing(now, pair);
    }

    private void LearnReflexive(in TransportAddress mapped)
    {
        foreach (IceCandidate candidate in _localCandidates)
        {
            if (candidate.Address == mapped || candidate.Base == mapped)
                return;
        }

        ReflexiveAddress = mapped;
    }

    /// <summary>
    /// Regular nomination (RFC 8445 section 8.1.1): the best working pair, once nothing better is pending or the delay is over.
    /// Data flows on the first working pair meanwhile, so waiting costs nothing.
    /// </summary>
    private void EvaluateNomination(Instant now)
    {
        if (Role != IceRole.Controlling || _nominated || _options.Lite || _firstSuccessAt is not { } first)
            return;
        CandidatePair? best = null;
        bool betterPending = false;
        for (int i = 0; i < _checks.Count; i++)
        {
            CandidatePair pair = _checks[i];
            if (pair.IsNominating)
                return;
            if (best is null && pair.State == PairState.Succeeded)
                best = pair;
            else if (best is null)
                betterPending |= pair.State != PairState.Failed;
        }

        if (best is null)
            return;
        if (betterPending && now < first + _options.NominationDelay)
        {
            _timers.SetIfUnset(IceTimer.Nomination, first + _options.NominationDelay);
            return;
        }

        best.IsNominating = true;
        _checks.Trigger(best);
    }
}
