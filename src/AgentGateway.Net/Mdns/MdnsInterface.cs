using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace AgentGateway.Net.Mdns;

/// <summary>One of this host's interfaces by which multicast can leave.</summary>
/// <param name="Index">The system's number of it; one that comes back has another.</param>
/// <param name="Address">One of its addresses.</param>
internal readonly record struct MdnsInterface(int Index, IPAddress Address)
{
    private const int MaxInterfaces = 16;

    /// <summary>Those that there are now, with an address of the family; at most 16. Never fails.</summary>
    internal static IReadOnlyList<MdnsInterface> Read(AddressFamily family)
    {
        bool isIPv6 = family == AddressFamily.InterNetworkV6;
        var found = new List<MdnsInterface>();
        foreach (NetworkInterface candidate in HostInterfaces.TryReadUp() ?? [])
        {
            if (!candidate.SupportsMulticast)
                continue;
            IPInterfaceProperties properties = candidate.GetIPProperties();
            if (properties.UnicastAddresses.Select(a => a.Address).FirstOrDefault(a => a.AddressFamily == family) is { } address)
                found.Add(new MdnsInterface(isIPv6 ? properties.GetIPv6Properties().Index : properties.GetIPv4Properties().Index, address));
            if (found.Count == MaxInterfaces)
                break;
        }

        return found;
    }
}
