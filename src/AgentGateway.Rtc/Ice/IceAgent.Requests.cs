using System.Security.Cryptography;
using AgentGateway.Primitives;
using AgentGateway.Rtc.Primitives;
using AgentGateway.Rtc.Wire.Stun;

namespace AgentGateway.Rtc.Ice;

/// <summary>The far end's checks (RFC 8445 section 7.3).</summary>
public sealed partial class IceAgent
{
    /// <summary>
    /// A nomination of a worse pair is believed only when the present one was not nominated again for this long: an aggressive
    /// peer (RFC 5245) nominates everything at once and means the best; one that moves to another network keeps to the new pair.
    /// </summary>
    private static readonly TimeSpan NominationHold = TimeSpan.FromSeconds(3);

    private void HandleRequest(Instant now, in DatagramPath path, in StunMessage message)
    {
        if (!TryAuthenticate(message, out IceGeneration generation))
            return;
        Statistics.RequestsReceived++;
        if (message.UnknownRequiredCount > 0)
        {
            Answer(IceTransmitKind.UnknownAttributes, path, message, generation);
            return;
        }

        if (generation != _generation)
        {
            // The far end renews its consent on the old path while a restart is under way, and until it followed.
            Answer(IceTransmitKind.Success, path, message, generation);
            if (_timers[IceTimer.Retire] is not null)
                _timers.Set(IceTimer.Retire, now + RetireDelay);
            if (_selected is { } old && old.Generation == generation && old.Path == path)
                Heard(now, old);
            return;
        }

        if (!SettleRoles(path, message))
            return;
        Answer(IceTransmitKind.Success, path, message, generation);
        StartChecking(now);
        CandidatePair? pair = FindOrLearnPair(path, message.Priority);
        if (pair is null)
            return;
        if (message.UseCandidate)
            pair.NominatedAt = now;
        if (_options.Lite)
            HandleLiteRequest(now, pair, message.UseCandidate);
        else
            HandleFullRequest(now, pair, message.UseCandidate);
        Heard(now, pair);
    }

    private bool TryAuthenticate(in StunMessage message, out IceGeneration generation)
    {
        generation = _generation;
        if (!message.HasUserName || !message.HasIntegrity)
        {
            Statistics.CountDrop(IceDropReason.Unauthenticated);
            return false;
        }

        if (!StunUsername.TrySplit(message.UserName, out ReadOnlySpan<byte> receiver, out _) || !TryFindGeneration(receiver, out generation))
        {
            Statistics.CountDrop(IceDropReason.WrongUserName);
            return false;
        }

        if (!message.VerifyIntegrity(generation.Local.PasswordBytes))
        {
            Statistics.CountDrop(IceDropReason.WrongIntegrity);
            return false;
        }

        return true;
    }

    private bool TryFindGeneration(ReadOnlySpan<byte> ufrag, out IceGeneration generation)
    {
        generation = _generation;
        if (CryptographicOperations.FixedTimeEquals(ufrag, generation.Local.UfragBytes))
            return true;
        if (_previousGeneration is null || !CryptographicOperations.FixedTimeEquals(ufrag, _previousGeneration.Local.UfragBytes))
            return false;
        generation = _previousGeneration;
        return true;
    }

    /// <summary>Detects and repairs a role conflict (RFC 8445 section 7.3.1.1); false when the request was answered with 487.</summary>
    private bool SettleRoles(in DatagramPath path, in StunMessage message)
    {
        bool keepsRole;
        if (Role == IceRole.Controlling && message.IceControlling is { } theirs)
            keepsRole = _tieBreaker >= theirs;
        else if (Role == IceRole.Controlled && message.IceControlled is { } theirsToo)
            keepsRole = _options.Lite || _tieBreaker < theirsToo;
        else
            return true;
        Statistics.RoleConflicts++;
        if (keepsRole)
        {
            Answer(IceTransmitKind.RoleConflict, path, message, _generation);
            return false;
        }

        SwitchRole(Role == IceRole.Controlling ? IceRole.Controlled : IceRole.Controlling);
        return true;
    }

    private void HandleLiteRequest(Instant now, CandidatePair pair, bool useCandidate)
    {
        // A lite agent proves nothing itself: an authenticated check is all it ever learns about a path.
        pair.State = PairState.Succeeded;
        if (useCandidate)
            Nominate(now, pair);
        else if (!HasPresentSelection || now - _selected!.HeardAt >= _options.DisconnectedTimeout)
            Select(now, pair, nominated: false);
    }

    private void HandleFullRequest(Instant now, CandidatePair pair, bool useCandidate)
    {
        bool nominates = useCandidate && Role == IceRole.Controlled;
        if (pair.State == PairState.Succeeded)
        {
            if (nominates)
                Nominate(now, pair);
            else
                TakeOverFromFailing(now, pair);
            return;
        }

        pair.NominateOnSuccess |= nominates;
        // An unanswered check is repeated at once: their request has just opened the way (RFC 8445 section 7.3.1.4).
        pair.State = PairState.Waiting;
        pair.RetransmitAt = null;
        _checks.Trigger(pair);
    }

    private void Answer(IceTransmitKind kind, in DatagramPath path, in StunMessage message, IceGeneration generation) => Send(new IceTransmit
    {
        Kind = kind,
        Path = path,
        Id = message.TransactionId,
        Generation = generation,
        Unknown = message.UnknownRequired,
        UnknownCount = message.UnknownRequiredCount,
    });
}
