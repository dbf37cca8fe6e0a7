using AgentGateway.Primitives;
using AgentGateway.Rtc.Primitives;
using AgentGateway.Rtc.Wire.Stun;

namespace AgentGateway.Rtc.Turn;

/// <summary>The server's answers.</summary>
public sealed partial class TurnClient
{
    private static readonly TimeSpan MaxLifetime = TimeSpan.FromHours(24);

    private void HandleResponse(Instant now, in StunMessage message)
    {
        TurnTransaction? transaction = FindOpen(message);
        if (transaction is null)
        {
            Statistics.CountDrop(TurnDropReason.UnknownTransaction);
            return;
        }

        int code = message.Class == StunClass.ErrorResponse ? message.ErrorCode : 0;
        if (!IsAuthentic(message, transaction, code))
        {
            Statistics.CountDrop(TurnDropReason.WrongIntegrity);
            return;
        }

        Statistics.ResponsesReceived++;
        if (message.Class == StunClass.ErrorResponse)
            HandleError(now, transaction, message, code);
        else if (message.UnknownRequiredCount > 0)
            GiveUp(now, transaction, TurnFailure.BadAnswer, 0);
        else
            HandleSuccess(now, transaction, message);
    }

    private TurnTransaction? FindOpen(in StunMessage message)
    {
        StunMethod method = message.Method;
        foreach (TurnTransaction transaction in _transactions)
        {
            if (transaction.IsOpen && transaction.Id == message.TransactionId)
            {
                StunMethod expected = transaction.Kind switch
                {
                    TurnRequest.Allocate => StunMethod.Allocate,
                    TurnRequest.CreatePermission => StunMethod.CreatePermission,
                    TurnRequest.ChannelBind => StunMethod.ChannelBind,
                    _ => StunMethod.Refresh,
                };
                return method == expected ? transaction : null;
            }
        }

        return null;
    }

    /// <summary>
    /// What we signed must be answered signed (RFC 8489 section 9.2.5). A challenge cannot be: the server does not know who we are yet. An
    /// unsigned request is answered unsigned; nobody off the path knows its transaction id.
    /// </summary>
    private static bool IsAuthentic(in StunMessage message, TurnTransaction transaction, int code)
    {
        if (transaction.Credentials is not { } credentials)
            return true;
        return message.HasIntegrity ? message.VerifyIntegrity(credentials.Key) : code is 401 or 438;
    }

    private void HandleError(Instant now, TurnTransaction transaction, in StunMessage message, int code)
    {
        if (code is 401 or 438)
        {
            HandleChallenge(now, transaction, message, code);
            return;
        }

        if (transaction.Kind == TurnRequest.Allocate && code == 437 && !_cleanedUp)
        {
            // An allocation of an earlier life of this address and port: give it back, then ask again (RFC 8656 section 7.4 would have
            // us take another port, but the port is all calls').
            _cleanedUp = true;
            transaction.Kind = TurnRequest.Cleanup;
            transaction.Challenges = 0;
            Send(now, transaction);
            return;
        }

        if (transaction.Kind == TurnRequest.Allocate && code == 300)
        {
            message.TryGetAddress(StunAttributeType.AlternateServer, out TransportAddress alternate);
            Fail(TurnFailure.TryAlternate, code, alternate);
            return;
        }

        if (code == 437 && transaction.Kind is TurnRequest.CreatePermission or TurnRequest.ChannelBind)
        {
            Fail(TurnFailure.AllocationLost, code);
            return;
        }

        GiveUp(now, transaction, ToFailure(code), code);
    }

    /// <summary>401 asks for credentials, 438 for a fresh nonce: the same request again, signed anew, a few times at most.</summary>
    private void HandleChallenge(Instant now, TurnTransaction transaction, in StunMessage message, int code)
    {
        message.TryGetAttribute(StunAttributeType.Realm, out ReadOnlySpan<byte> realm);
        message.TryGetAttribute(StunAttributeType.Nonce, out ReadOnlySpan<byte> nonce);
        bool wasSigned = transaction.Credentials is not null;
        bool isStale = code == 438 && wasSigned;
        if (isStale)
            Statistics.StaleNonces++;

        // A signed request that is not stale and still refused was signed with the wrong password. One more try covers a server that
        // changed its realm or says 401 for an old nonce.
        int allowed = isStale ? MaxChallenges : wasSigned ? 1 : MaxChallenges;
        TurnCredentials? renewed = transaction.Challenges >= allowed + (wasSigned && !isStale ? 1 : 0) ? null
            : isStale && realm.IsEmpty ? transaction.Credentials!.WithNonce(nonce)
            : TurnCredentials.Create(_options, realm, nonce);
        if (renewed is null)
        {
            GiveUp(now, transaction, isStale ? TurnFailure.StaleNonce : TurnFailure.Unauthorized, code);
            return;
        }

        // Others that were under way when the nonce changed may have brought a newer one already; any fresh one will do.
        _credentials = renewed;
        transaction.Challenges++;
        Send(now, transaction);
    }

    private void HandleSuccess(Instant now, TurnTransaction transaction, in StunMessage message)
    {
        TurnRequest kind = transaction.Kind;
        TurnPermission? permission = transaction.Permission;
        TurnPeer? peer = transaction.Peer;
        switch (kind)
        {
            case TurnRequest.Allocate:
                TakeAllocation(now, transaction, message);
                return;
            case TurnRequest.Refresh:
                transaction.Close();
                TakeLifetime(now, message);
                return;
            case TurnRequest.Release or TurnRequest.Cleanup:
                GiveUp(now, transaction, TurnFailure.None, 0);
                return;
            case TurnRequest.CreatePermission:
                permission!.State = GrantState.Granted;
                permission.Refresh = GrantState.None;
                permission.DecidedAt = now;
                Statistics.PermissionsGranted++;
                _timers.SetIfUnset(TurnTimer.PermissionRefresh, now + SweepInterval);
                break;
            default:
                peer!.ChannelState = GrantState.Granted;
                peer.ChannelRefresh = GrantState.None;
                peer.ChannelDecidedAt = now;
                Statistics.ChannelsBound++;
                _timers.SetIfUnset(TurnTimer.ChannelRefresh, now + SweepInterval);
                break;
        }

        transaction.Close();
    }

    private void TakeAllocation(Instant now, TurnTransaction transaction, in StunMessage message)
    {
        transaction.Close();
        if (!message.TryGetAddress(StunAttributeType.XorRelayedAddress, out TransportAddress relayed) || relayed.Port == 0 || relayed.IsUnspecified
            || !message.TryGetMappedAddress(out TransportAddress mapped))
        {
            Fail(TurnFailure.BadAnswer);
            return;
        }

        Relayed = relayed;
        Mapped = mapped;
        State = TurnState.Allocated;
        TakeLifetime(now, message);
        if (_options.KeepAliveInterval > TimeSpan.Zero)
            _timers.Set(TurnTimer.KeepAlive, now + _options.KeepAliveInterval);
        _events.Enqueue(new TurnEvent { Kind = TurnEventKind.Allocated, Relayed = relayed, Mapped = mapped });
    }

    private void TakeLifetime(Instant now, in StunMessage message)
    {
        Lifetime = message.TryGetUInt32(StunAttributeType.Lifetime, out uint seconds) && seconds > 0 ? TimeSpan.FromSeconds(seconds) : _options.RequestedLifetime;
        if (Lifetime > MaxLifetime)
            Lifetime = MaxLifetime;

        // A minute leaves time for all retransmissions; a short life is refreshed at half of it.
        TimeSpan margin = TimeSpan.FromMinutes(1);
        _timers.Set(TurnTimer.AllocationRefresh, now + (Lifetime >= 2 * margin ? Lifetime - margin : Lifetime / 2));
    }

    private static TurnFailure ToFailure(int code) => code switch
    {
        300 => TurnFailure.TryAlternate,
        403 => TurnFailure.Forbidden,
        437 => TurnFailure.AllocationMismatch,
        440 => TurnFailure.AddressFamilyNotSupported,
        441 => TurnFailure.WrongCredentials,
        442 => TurnFailure.UnsupportedTransport,
        486 => TurnFailure.QuotaReached,
        508 => TurnFailure.InsufficientCapacity,
        _ => TurnFailure.Refused,
    };
}
