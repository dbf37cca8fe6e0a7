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

    private volatile IReadOnlyList<IPAddress>? _cached;

    internal HostAddresses() => NetworkChange.NetworkAddressChanged += Invalidate;

    internal IReadOnlyList<IPAddress> Current => _cached ??= Read();

    /// <inheritdoc/>
    public void Dispose() => NetworkChange.NetworkAddressChanged -= Invalidate;

    private static List<IPAddress> Read() => NetworkInterface.GetAllNetworkInterfaces()
        .Where(i => i.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown)
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

    private void Invalidate(object? sender, EventArgs e) => _cached = null;
}
