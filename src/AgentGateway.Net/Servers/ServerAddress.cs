using System.Net;
using System.Net.Sockets;
using AgentGateway.Rtc.Primitives;

namespace AgentGateway.Net.Servers;

/// <summary>Finds the address of a server that is asked over a shard's socket.</summary>
internal static class ServerAddress
{
    /// <summary>IPv4 first; IPv6 only when the socket can.</summary>
    /// <exception cref="SocketException">There is no such name, or no address of a family that the socket has.</exception>
    internal static async Task<TransportAddress> ResolveAsync(string host, int port, AddressFamily socket, CancellationToken cancellation)
    {
        IPAddress[] addresses = IPAddress.TryParse(host, out IPAddress? literal) ? [literal] : await Dns.GetHostAddressesAsync(host, cancellation);
        IPAddress? chosen = addresses
            .Where(a => a.AddressFamily == AddressFamily.InterNetwork || (a.AddressFamily == socket && socket == AddressFamily.InterNetworkV6))
            .OrderBy(a => a.AddressFamily == AddressFamily.InterNetworkV6)
            .FirstOrDefault();
        return chosen is null ? throw new SocketException((int)SocketError.AddressFamilyNotSupported) : TransportAddress.From(chosen, (ushort)port);
    }
}
