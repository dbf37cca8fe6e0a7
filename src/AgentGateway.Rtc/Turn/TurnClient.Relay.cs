using AgentGateway.Primitives;
using AgentGateway.Rtc.Primitives;
using AgentGateway.Rtc.Wire.Stun;

namespace AgentGateway.Rtc.Turn;

/// <summary>Datagrams to and from far ends, and the permissions and channels they need.</summary>
public sealed partial class TurnClient
{
    // RFC 8656 sections 9 and 12: a permission lives five minutes, a channel ten, and its number is nobody else's for five more.
    private static readonly TimeSpan PermissionLifetime = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ChannelLifetime = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan ChannelQuarantine = TimeSpan.FromMinutes(5);

    // A refresh in time for all its retransmissions, looked for in sweeps.
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RefreshMargin = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan IdleLimit = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Puts a datagram for a far end into the relay's envelope, in place. The first one to a new far end asks for a permission: drain
    /// <see cref="TryPollTransmit"/> before this packet is sent, and the server will have the permission when it comes. The first one
    /// that is no STUN message also asks for a channel.
    /// </summary>
    /// <param name="now">The time.</param>
    /// <param name="buffer">The datagram, and <see cref="MaxOverhead"/> bytes of room behind it.</param>
    /// <param name="length">Bytes of the datagram.</param>
    /// <param name="peer">The far end.</param>
    /// <param name="wrapped">Bytes of the packet for the server.</param>
    /// <returns>False when it was dropped, and counted.</returns>
    public bool TryWrap(Instant now, Span<byte> buffer, int length, in TransportAddress peer, out int wrapped)
    {
        wrapped = 0;
        if (State != TurnState.Allocated)
            return Drop(TurnDropReason.NotAllocated);
        if (peer.IsIPv4 != Relayed.IsIPv4)
            return Drop(TurnDropReason.WrongFamily);
        if (length <= 0 || buffer.Length - length < MaxOverhead)
            return Drop(TurnDropReason.TooLarge);
        if (!_peers.TryFind(peer, out TurnPeer? known) && (known = _peers.Add(now, peer, IdleLimit)) is null)
            return Drop(TurnDropReason.TooManyPeers);
        known.UsedAt = now;
        known.Permission.UsedAt = now;
        if (!EnsurePermission(now, known.Permission))
            return Drop(TurnDropReason.PeerRefused);
        _lastSentAt = now;
        if (known.ChannelState == GrantState.Granted)
        {
            buffer[..length].CopyTo(buffer[ChannelData.HeaderSize..]);
            wrapped = ChannelData.Write(buffer, known.Channel, length, _options.IsStream);
            Statistics.ChannelDataSent++;
            return true;
        }

        if (_options.UseChannels && buffer[0] > 3)
            WantChannel(now, known);
        wrapped = WriteSendIndication(buffer, length, peer);
        Statistics.IndicationsSent++;
        return true;
    }

    private static int WriteSendIndication(Span<byte> buffer, int length, in TransportAddress peer, StunTransactionId id)
    {
        // Header, XOR-PEER-ADDRESS, and the header of DATA; the datagram moves behind them first.
        int offset = 20 + 4 + 4 + (peer.IsIPv4 ? 4 : 16) + 4;
        buffer[..length].CopyTo(buffer[offset..]);
        var writer = new StunWriter(buffer, StunClass.Indication, StunMethod.Send, id);
        writer.AddXorAddress(StunAttributeType.XorPeerAddress, peer);
        writer.AddInPlace(StunAttributeType.Data, length);
        return writer.Length;
    }

    private int WriteSendIndication(Span<byte> buffer, int length, in TransportAddress peer) =>
        WriteSendIndication(buffer, length, peer, StunTransactionId.Create(_random));

    private bool Drop(TurnDropReason reason)
    {
        Statistics.CountDrop(reason);
        return false;
    }

    private bool EnsurePermission(Instant now, TurnPermission permission)
    {
        if (permission.State is GrantState.Granted or GrantState.Pending or GrantState.Wanted)
            return true;
        if (permission.State == GrantState.Refused && now - permission.DecidedAt < RefusalHold)
            return false;
        permission.State = GrantState.Wanted;
        _isWaiting = true;
        Finish(now);
        return true;
    }

    private void WantChannel(Instant now, TurnPeer peer)
    {
        bool mayAsk = peer.ChannelState == GrantState.None
            || (peer.ChannelState == GrantState.Refused && now - peer.ChannelDecidedAt >= ChannelLifetime);
        if (!mayAsk || (peer.Channel == 0 && !_peers.TryAssignChannel(peer)))
            return;
        peer.ChannelState = GrantState.Wanted;
        _isWaiting = true;
        Finish(now);
    }

    private TurnInput HandleChannelData(ReadOnlySpan<byte> packet, out TurnData data)
    {
        data = default;
        if (!ChannelData.TryParse(packet, out ushort channel, out int length))
        {
            Statistics.CountDrop(TurnDropReason.Malformed);
            return TurnInput.None;
        }

        if (_peers.FindChannel(channel) is not { } peer || peer.ChannelState is not (GrantState.Granted or GrantState.Pending))
        {
            Statistics.CountDrop(State == TurnState.Allocated ? TurnDropReason.UnknownChannel : TurnDropReason.NotAllocated);
            return TurnInput.None;
        }

        Statistics.ChannelDataReceived++;
        data = new TurnData(peer.Address, ChannelData.HeaderSize, length);
        return TurnInput.Data;
    }

    private TurnInput HandleDataIndication(ReadOnlySpan<byte> packet, in StunMessage message, out TurnData data)
    {
        data = default;
        if (State != TurnState.Allocated)
        {
            Statistics.CountDrop(TurnDropReason.NotAllocated);
            return TurnInput.None;
        }

        if (message.UnknownRequiredCount > 0 || !message.TryGetAddress(StunAttributeType.XorPeerAddress, out TransportAddress peer)
            || !message.TryGetAttribute(StunAttributeType.Data, out ReadOnlySpan<byte> bytes) || !packet.Overlaps(bytes, out int offset))
        {
            Statistics.CountDrop(TurnDropReason.Malformed);
            return TurnInput.None;
        }

        // Any port of an address with a permission may send (RFC 8656 section 11.4).
        if (!_peers.HasPermission(peer, out _))
        {
            Statistics.CountDrop(TurnDropReason.UnknownPeer);
            return TurnInput.None;
        }

        Statistics.IndicationsReceived++;
        data = new TurnData(peer, offset, bytes.Length);
        return TurnInput.Data;
    }

    /// <summary>Renews the permissions that were used since the last grant, lets the others lapse.</summary>
    private void RefreshPermissions(Instant now)
    {
        foreach (TurnPermission permission in _peers.Permissions)
        {
            if (permission.State != GrantState.Granted || permission.Refresh != GrantState.None)
                continue;
            TimeSpan age = now - permission.DecidedAt;
            if (age >= PermissionLifetime)
                permission.State = GrantState.None;
            else if (age >= PermissionLifetime - RefreshMargin && permission.UsedAt > permission.DecidedAt)
                permission.Refresh = GrantState.Wanted;
            _isWaiting |= permission.Refresh == GrantState.Wanted;
        }

        _peers.RemoveIdle(now, IdleLimit);
        if (_peers.Count > 0)
            _timers.Set(TurnTimer.PermissionRefresh, now + SweepInterval);
    }

    /// <summary>The same for channels, whose numbers are kept a while longer.</summary>
    private void RefreshChannels(Instant now)
    {
        bool any = false;
        foreach (TurnPeer peer in _peers.Peers)
        {
            if (peer.Channel == 0)
                continue;
            TimeSpan age = now - peer.ChannelDecidedAt;
            if (peer.ChannelState == GrantState.Granted && peer.ChannelRefresh == GrantState.None)
            {
                if (age >= ChannelLifetime)
                    peer.ChannelState = GrantState.None;
                else if (age >= ChannelLifetime - RefreshMargin && now - peer.UsedAt < IdleLimit)
                    peer.ChannelRefresh = GrantState.Wanted;
                _isWaiting |= peer.ChannelRefresh == GrantState.Wanted;
            }

            if (peer.ChannelState is GrantState.None or GrantState.Refused && age >= ChannelLifetime + ChannelQuarantine)
                _peers.ReleaseChannel(peer);
            any |= peer.Channel != 0;
        }

        if (any)
            _timers.Set(TurnTimer.ChannelRefresh, now + SweepInterval);
    }
}
