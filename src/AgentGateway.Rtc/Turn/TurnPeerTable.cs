using System.Diagnostics.CodeAnalysis;
using AgentGateway.Primitives;
using AgentGateway.Rtc.Primitives;
using AgentGateway.Rtc.Wire.Stun;

namespace AgentGateway.Rtc.Turn;

/// <summary>The far ends of one allocation, their permissions and channels. Bounded; lookups allocate nothing.</summary>
internal sealed class TurnPeerTable(int maxPeers)
{
    private const int ChannelCount = ChannelData.MaxChannel - ChannelData.MinChannel + 1;

    private readonly Dictionary<TransportAddress, TurnPeer> _peers = [];
    private readonly Dictionary<TransportAddress, TurnPermission> _permissions = [];
    private readonly List<TurnPeer> _expired = [];
    private TurnPeer?[]? _channels;
    private int _nextChannel;

    public int Count => _peers.Count;

    public Dictionary<TransportAddress, TurnPeer>.ValueCollection Peers => _peers.Values;

    public Dictionary<TransportAddress, TurnPermission>.ValueCollection Permissions => _permissions.Values;

    public bool TryFind(in TransportAddress address, [NotNullWhen(true)] out TurnPeer? peer) => _peers.TryGetValue(address, out peer);

    public bool HasPermission(in TransportAddress address, [NotNullWhen(true)] out TurnPermission? permission) =>
        _permissions.TryGetValue(address with { Port = 0 }, out permission);

    public TurnPeer? FindChannel(ushort channel) =>
        _channels is null || channel is < ChannelData.MinChannel or > ChannelData.MaxChannel ? null : _channels[channel - ChannelData.MinChannel];

    /// <summary>Adds a far end; null when there are too many and none was idle for <paramref name="idle"/>.</summary>
    public TurnPeer? Add(Instant now, in TransportAddress address, TimeSpan idle)
    {
        if (_peers.Count >= maxPeers)
            RemoveIdle(now, idle);
        if (_peers.Count >= maxPeers)
            return null;
        TransportAddress host = address with { Port = 0 };
        if (!_permissions.TryGetValue(host, out TurnPermission? permission))
        {
            permission = new TurnPermission { Address = host };
            _permissions.Add(host, permission);
        }

        permission.Users++;
        var peer = new TurnPeer { Address = address, Permission = permission, UsedAt = now };
        _peers.Add(address, peer);
        return peer;
    }

    /// <summary>
    /// Gives the far end the number that was unused longest, so that the server's five minutes between two uses of a number have passed
    /// (RFC 8656 section 12); false when all are taken.
    /// </summary>
    public bool TryAssignChannel(TurnPeer peer)
    {
        _channels ??= new TurnPeer?[ChannelCount];
        for (int i = 0; i < ChannelCount; i++)
        {
            int index = (_nextChannel + i) % ChannelCount;
            if (_channels[index] is not null)
                continue;
            _channels[index] = peer;
            _nextChannel = index + 1;
            peer.Channel = (ushort)(ChannelData.MinChannel + index);
            return true;
        }

        return false;
    }

    public void ReleaseChannel(TurnPeer peer)
    {
        if (peer.Channel == 0)
            return;
        _channels![peer.Channel - ChannelData.MinChannel] = null;
        peer.Channel = 0;
        peer.ChannelState = GrantState.None;
    }

    /// <summary>Forgets far ends that were idle and have no channel, and permissions that nobody needs.</summary>
    public void RemoveIdle(Instant now, TimeSpan idle)
    {
        foreach (TurnPeer peer in _peers.Values)
        {
            bool isPending = peer.ChannelState is GrantState.Wanted or GrantState.Pending
                || peer.Permission.State is GrantState.Wanted or GrantState.Pending || peer.Permission.Refresh != GrantState.None;
            if (peer.Channel == 0 && !isPending && now - peer.UsedAt >= idle)
                _expired.Add(peer);
        }

        foreach (TurnPeer peer in _expired)
        {
            _peers.Remove(peer.Address);
            if (--peer.Permission.Users == 0)
                _permissions.Remove(peer.Permission.Address);
        }

        _expired.Clear();
    }

    public void Clear()
    {
        _peers.Clear();
        _permissions.Clear();
        _channels = null;
    }
}
