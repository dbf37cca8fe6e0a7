using AgentGateway.Primitives;
using AgentGateway.Rtc.Wire.Stun;

namespace AgentGateway.Rtc.Turn;

/// <summary>Requests: opened, written, repeated, given up.</summary>
public sealed partial class TurnClient
{
    private const int UdpProtocol = 17;

    /// <summary>How long a refused permission or channel is not asked for again.</summary>
    private static readonly TimeSpan RefusalHold = TimeSpan.FromSeconds(30);

    /// <summary>Everything that may follow from any input, in one place.</summary>
    private void Finish(Instant now)
    {
        if (_isWaiting && State == TurnState.Allocated)
            OpenWaiting(now);
        Instant? next = null;
        foreach (TurnTransaction transaction in _transactions)
        {
            if (transaction.IsOpen)
                next = Instant.Earliest(next, transaction.Schedule.DueAt);
        }

        if (next is { } at)
            _timers.Set(TurnTimer.Retransmit, at);
        else
            _timers.Clear(TurnTimer.Retransmit);
    }

    private bool Request(Instant now, TurnRequest kind, TurnPermission? permission = null, TurnPeer? peer = null)
    {
        foreach (TurnTransaction transaction in _transactions)
        {
            if (transaction.IsOpen)
                continue;
            transaction.Kind = kind;
            transaction.Permission = permission;
            transaction.Peer = peer;
            transaction.Challenges = 0;
            Send(now, transaction);
            return true;
        }

        return false;
    }

    /// <summary>Begins the transaction, or begins it again with new credentials.</summary>
    private void Send(Instant now, TurnTransaction transaction)
    {
        transaction.IsOpen = true;
        transaction.Id = StunTransactionId.Create(_random);
        transaction.Credentials = _credentials;
        transaction.IsDue = true;
        transaction.IsRepeated = false;
        transaction.Schedule = StunSchedule.Begin(now, _options.InitialRetransmissionTimeout, _options.IsStream);
        _lastSentAt = now;
    }

    private void RepeatRequests(Instant now)
    {
        foreach (TurnTransaction transaction in _transactions)
        {
            if (!transaction.IsOpen || transaction.Schedule.DueAt > now)
                continue;
            if (transaction.Schedule.TryRepeat(now))
            {
                transaction.IsDue = true;
                transaction.IsRepeated = true;
                continue;
            }

            GiveUp(now, transaction, TurnFailure.Timeout, 0);
            if (IsOver)
                return;
        }
    }

    /// <summary>The request failed for good: what that means depends on its kind.</summary>
    private void GiveUp(Instant now, TurnTransaction transaction, TurnFailure failure, int errorCode)
    {
        TurnPermission? permission = transaction.Permission;
        TurnPeer? peer = transaction.Peer;
        TurnRequest kind = transaction.Kind;
        transaction.Close();
        switch (kind)
        {
            case TurnRequest.Release:
                End();
                break;
            case TurnRequest.Cleanup:
                Request(now, TurnRequest.Allocate);
                break;
            case TurnRequest.CreatePermission:
                permission!.State = GrantState.Refused;
                permission.Refresh = GrantState.None;
                permission.DecidedAt = now;
                break;
            case TurnRequest.ChannelBind:
                // Without a channel data still passes, in indications.
                peer!.ChannelState = GrantState.Refused;
                peer.ChannelRefresh = GrantState.None;
                peer.ChannelDecidedAt = now;
                break;
            case TurnRequest.Refresh:
                Fail(failure == TurnFailure.Timeout ? failure : TurnFailure.AllocationLost, errorCode);
                break;
            default:
                Fail(failure, errorCode);
                break;
        }
    }

    /// <summary>Opens what waits for a free transaction.</summary>
    private void OpenWaiting(Instant now)
    {
        foreach (TurnPermission permission in _peers.Permissions)
        {
            bool isNew = permission.State == GrantState.Wanted;
            if (!isNew && permission.Refresh != GrantState.Wanted)
                continue;
            if (!Request(now, TurnRequest.CreatePermission, permission))
                return;
            if (isNew)
                permission.State = GrantState.Pending;
            else
                permission.Refresh = GrantState.Pending;
        }

        foreach (TurnPeer peer in _peers.Peers)
        {
            bool isNew = peer.ChannelState == GrantState.Wanted;
            if (!isNew && peer.ChannelRefresh != GrantState.Wanted)
                continue;
            if (!Request(now, TurnRequest.ChannelBind, peer: peer))
                return;
            if (isNew)
                peer.ChannelState = GrantState.Pending;
            else
                peer.ChannelRefresh = GrantState.Pending;
        }

        _isWaiting = false;
    }

    private int WriteRequest(Span<byte> buffer, TurnTransaction transaction)
    {
        StunMethod method = transaction.Kind switch
        {
            TurnRequest.Allocate => StunMethod.Allocate,
            TurnRequest.CreatePermission => StunMethod.CreatePermission,
            TurnRequest.ChannelBind => StunMethod.ChannelBind,
            _ => StunMethod.Refresh,
        };
        var writer = new StunWriter(buffer, StunClass.Request, method, transaction.Id);
        switch (transaction.Kind)
        {
            case TurnRequest.Allocate:
                writer.AddNumber(StunAttributeType.RequestedTransport, UdpProtocol << 24);
                writer.AddNumber(StunAttributeType.Lifetime, (uint)_options.RequestedLifetime.TotalSeconds);
                if (_options.Family != TurnAddressFamily.Default)
                    writer.AddNumber(StunAttributeType.RequestedAddressFamily, (uint)_options.Family << 24);
                break;
            case TurnRequest.Refresh:
                writer.AddNumber(StunAttributeType.Lifetime, (uint)_options.RequestedLifetime.TotalSeconds);
                break;
            case TurnRequest.CreatePermission:
                writer.AddXorAddress(StunAttributeType.XorPeerAddress, transaction.Permission!.Address);
                break;
            case TurnRequest.ChannelBind:
                writer.AddNumber(StunAttributeType.ChannelNumber, (uint)transaction.Peer!.Channel << 16);
                writer.AddXorAddress(StunAttributeType.XorPeerAddress, transaction.Peer.Address);
                break;
            default:
                writer.AddNumber(StunAttributeType.Lifetime, 0);
                break;
        }

        if (transaction.Credentials is { } credentials)
        {
            writer.AddAttribute(StunAttributeType.UserName, credentials.UserName);
            writer.AddAttribute(StunAttributeType.Realm, credentials.Realm);
            writer.AddAttribute(StunAttributeType.Nonce, credentials.Nonce);
            writer.AddIntegrity(credentials.Key);
        }

        writer.AddFingerprint();
        return writer.Overflowed ? 0 : writer.Length;
    }
}
