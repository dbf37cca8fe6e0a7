using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace AgentGateway.Net;

/// <summary>
/// The addresses of this host that a caller could reach, in the order of preference: IPv4, IPv6, loopback last (a
/// browser on this machine gathers no loopback candidate, so loopback alone would never connect). Read again whenever
/// the system says that addresses changed. Thread-safe.
/// </summary>
internal sealed class HostAddresses : IDisposable
{
    // More candidates only lengthen every answer and every caller's check list (RFC 8421 section 3 advises the same).
    private const int MaxAddresses = 16;

    private readonly Lock _gate = new();
    private readonly Func<NetworkInterface[]?> _read;
    private IReadOnlyList<IPAddress> _last = [];
    private bool _isCurrent;

    /// <param name="read">For tests; null for the system's.</param>
    internal HostAddresses(Func<NetworkInterface[]?>? read = null)
    {
        _read = read ?? HostInterfaces.TryReadUp;
        NetworkChange.NetworkAddressChanged += Invalidate;
    }

    /// <summary>Those there are now; the last known ones while they cannot be read.</summary>
    internal IReadOnlyList<IPAddress> Current
    {
        get
        {
            lock (_gate)
            {
                if (!_isCurrent && _read() is { } interfaces)
                {
                    _last = Select(interfaces);
                    _isCurrent = true;
                }

                return _last;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => NetworkChange.NetworkAddressChanged -= Invalidate;

    private static List<IPAddress> Select(NetworkInterface[] interfaces) => interfaces
        .SelectMany(i => i.GetIPProperties().UnicastAddresses)
        .Select(a => a.Address)
        .Where(a => a.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6
            && !a.IsIPv6LinkLocal && !a.IsIPv6Multicast)
        .Select(a => a.AddressFamily == AddressFamily.InterNetworkV6 ? new IPAddress(a.GetAddressBytes()) : a)
        .Distinct()
        .OrderBy(a => IPAddress.IsLoopback(a))
        .ThenBy(a => a.AddressFamily == AddressFamily.InterNetworkV6)
        .Take(MaxAddresses)
        .ToList();

    private void Invalidate(object? sender, EventArgs e)
    {
        // Waits for a reading that is under way: what it found may be old.
        lock (_gate)
            _isCurrent = false;
    }
}
