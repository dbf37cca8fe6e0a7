using System.Net;
using System.Net.Sockets;

namespace AgentGateway.Host.Doctor;

/// <summary>From where an address can be reached.</summary>
internal static class AddressReach
{
    internal const string Host = "this host";
    internal const string Network = "its network";
    internal const string Internet = "everywhere";

    private static readonly IPNetwork[] Private =
    [
        IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.168.0.0/16"), IPNetwork.Parse("100.64.0.0/10"),
        IPNetwork.Parse("169.254.0.0/16"), IPNetwork.Parse("fc00::/7"), IPNetwork.Parse("fe80::/10"),
    ];

    internal static string Of(IPAddress address)
    {
        if (IPAddress.IsLoopback(address))
            return Host;
        return Private.Any(n => n.BaseAddress.AddressFamily == address.AddressFamily && n.Contains(address)) ? Network : Internet;
    }

    /// <summary>Whether datagrams between two addresses can be of one family and of one reach; nothing is sent to find out.</summary>
    internal static bool MayMeet(IPAddress ours, IPAddress theirs)
    {
        if (ours.AddressFamily != theirs.AddressFamily || ours.AddressFamily is not (AddressFamily.InterNetwork or AddressFamily.InterNetworkV6))
            return false;

        // Whoever has a loopback address is on some host; on which cannot be known, so only loopback meets it.
        return IPAddress.IsLoopback(ours) == IPAddress.IsLoopback(theirs);
    }
}
