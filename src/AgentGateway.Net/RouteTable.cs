using System.Runtime.InteropServices;
using AgentGateway.Rtc.Primitives;
using AgentGateway.Rtc.Wire.Stun;

namespace AgentGateway.Net;

/// <summary>
/// Which connection a datagram belongs to: by its path once that is known, else by the ufrag that a STUN binding request
/// names. A path is learned when the connection sends to it, which it does only for authenticated checks or checks of
/// its own; so a stranger cannot take routes, and each connection keeps a bounded number. One owner.
/// </summary>
internal sealed class RouteTable
{
    private const int MaxRoutesPerConnection = 32;

    private readonly Dictionary<DatagramPath, RtcConnection> _byPath = [];
    private readonly Dictionary<UInt128, RtcConnection> _byUfrag = [];

    internal RtcConnection? Find(in DatagramPath path, ReadOnlySpan<byte> datagram)
    {
        // A binding request names its owner, which also follows a NAT that gave an old caller's port to a new one.
        if (StunUsername.TryReadLocalUfrag(datagram, out ReadOnlySpan<byte> ufrag))
            return TryKey(ufrag, out UInt128 key) ? _byUfrag.GetValueOrDefault(key) : null;
        return _byPath.GetValueOrDefault(path);
    }

    /// <summary>Routes by the ufrags that the peer answers now, and no longer by those it gave up.</summary>
    /// <exception cref="InvalidOperationException">A ufrag cannot be told apart from another; the connection must end.</exception>
    internal void UpdateUfrags(RtcConnection connection)
    {
        string present = connection.Peer.IceUfrag;
        string? previous = connection.Peer.PreviousIceUfrag;
        for (int i = connection.Ufrags.Count - 1; i >= 0; i--)
        {
            string known = connection.Ufrags[i];
            if (known == present || known == previous)
                continue;
            Forget(known);
            connection.Ufrags.RemoveAt(i);
        }

        Add(connection, present);
        if (previous is not null)
            Add(connection, previous);
    }

    /// <summary>Notes that the connection sends to a path. The path of another live connection stays its own.</summary>
    internal void Use(RtcConnection connection, in DatagramPath path)
    {
        List<DatagramPath> routes = connection.Routes;
        if (routes.Count > 0 && routes[^1] == path)
            return;
        ref RtcConnection? owner = ref CollectionsMarshal.GetValueRefOrAddDefault(_byPath, path, out bool exists);
        if (exists && owner != connection && owner!.Peer.SelectedPath == path)
            return;
        if (owner == connection)
        {
            // Keep the path in use at the end, so that the check above is all that most packets cost.
            routes.Remove(path);
            routes.Add(path);
            return;
        }

        owner?.Routes.Remove(path);
        owner = connection;
        routes.Add(path);
        if (routes.Count > MaxRoutesPerConnection)
        {
            _byPath.Remove(routes[0]);
            routes.RemoveAt(0);
        }
    }

    internal void Remove(RtcConnection connection)
    {
        foreach (DatagramPath path in connection.Routes)
            _byPath.Remove(path);
        connection.Routes.Clear();
        foreach (string ufrag in connection.Ufrags)
            Forget(ufrag);
        connection.Ufrags.Clear();
    }

    private void Add(RtcConnection connection, string ufrag)
    {
        if (connection.Ufrags.Contains(ufrag))
            return;
        if (!TryKey(ufrag, out UInt128 key) || !_byUfrag.TryAdd(key, connection))
            throw new InvalidOperationException("A local ufrag must be 4 to 15 characters long and unique on its shard.");
        connection.Ufrags.Add(ufrag);
    }

    private void Forget(string ufrag)
    {
        if (TryKey(ufrag, out UInt128 key))
            _byUfrag.Remove(key);
    }

    private static bool TryKey(string ufrag, out UInt128 key)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (ufrag.Length <= 15)
            return TryKey(bytes[..System.Text.Encoding.ASCII.GetBytes(ufrag, bytes)], out key);
        key = default;
        return false;
    }

    // The length is part of the key, so that no two ufrags share one.
    private static bool TryKey(ReadOnlySpan<byte> ufrag, out UInt128 key)
    {
        key = (UInt128)ufrag.Length;
        if (ufrag.Length is < 4 or > 15)
            return false;
        foreach (byte b in ufrag)
            key = (key << 8) | b;
        return true;
    }
}
