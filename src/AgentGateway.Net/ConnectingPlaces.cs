using System.Net;
using System.Net.Sockets;

namespace AgentGateway.Net;

/// <summary>
/// Places for answered offers whose callers are not connected yet, bounded together and for each address that offers come from, so that a flood from
/// one of them leaves room for the others. Thread-safe.
/// </summary>
internal sealed class ConnectingPlaces(int max, int maxPerSource)
{
    // Whoever has one IPv6 address has its /64.
    private const int NetworkBytes = 8;

    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _bySource = [];
    private int _count;

    /// <summary>Places taken.</summary>
    internal int Count => Volatile.Read(ref _count);

    /// <summary>Whether an offer from there would get a place now.</summary>
    internal bool HasRoom(IPAddress? source)
    {
        lock (_gate)
            return HasRoomFor(Normalize(source));
    }

    /// <summary>Takes a place; <see cref="Release"/> gives it back.</summary>
    internal bool TryTake(IPAddress? source)
    {
        IPAddress? key = Normalize(source);
        lock (_gate)
        {
            if (!HasRoomFor(key))
                return false;
            _count++;
            if (key is not null)
                _bySource[key] = _bySource.GetValueOrDefault(key) + 1;
            return true;
        }
    }

    /// <summary>Gives a place back.</summary>
    internal void Release(IPAddress? source)
    {
        IPAddress? key = Normalize(source);
        lock (_gate)
        {
            _count--;
            if (key is null)
                return;
            int left = _bySource[key] - 1;
            if (left == 0)
                _bySource.Remove(key);
            else
                _bySource[key] = left;
        }
    }

    private bool HasRoomFor(IPAddress? key) => _count < max && (key is null || _bySource.GetValueOrDefault(key) < maxPerSource);

    // A proxy on this host speaks for everybody behind it: offers from loopback have no source.
    private static IPAddress? Normalize(IPAddress? source)
    {
        if (source is null || IPAddress.IsLoopback(source))
            return null;
        if (source.IsIPv4MappedToIPv6)
            return IPAddress.IsLoopback(source.MapToIPv4()) ? null : source.MapToIPv4();
        if (source.AddressFamily != AddressFamily.InterNetworkV6)
            return source;
        byte[] bytes = source.GetAddressBytes();
        bytes.AsSpan(NetworkBytes).Clear();
        return new IPAddress(bytes);
    }
}
