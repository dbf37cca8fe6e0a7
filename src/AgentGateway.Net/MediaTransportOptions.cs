using System.Net;
using AgentGateway.Net.Mdns;

namespace AgentGateway.Net;

/// <summary>Where media is received and what callers are told about it.</summary>
public sealed record MediaTransportOptions
{
    /// <summary>The address to bind: a wildcard (default) or one of this host's addresses.</summary>
    public IPAddress ListenAddress { get; init; } = IPAddress.Any;

    /// <summary>
    /// One UDP port per shard, 1..16 of them; every call of a shard shares its port. A shard is one thread, so use as
    /// many as there are cores to spare. Port 0 lets the system choose.
    /// </summary>
    public IReadOnlyList<int> Ports { get; init; } = [8081];

    /// <summary>
    /// Addresses to offer as candidates instead of those of the interfaces: the public address behind a 1:1 NAT, or
    /// 127.0.0.1 for a test. Empty: every interface's address, loopback last.
    /// </summary>
    public IReadOnlyList<IPAddress> AdvertisedAddresses { get; init; } = [];

    /// <summary>The port to offer when a NAT maps it to another; null for the bound one. Only with a single port.</summary>
    public int? AdvertisedPort { get; init; }

    /// <summary>Answer checks only (RFC 8445 section 2.5), which a server on a public address can; true by default.</summary>
    public bool IceLite { get; init; } = true;

    /// <summary>
    /// Whether ".local" names in callers' candidates are asked for by multicast DNS; only when <see cref="IceLite"/> is off, since a lite agent
    /// needs no candidates. Without it such callers are learned from their checks.
    /// </summary>
    public bool ResolveNames { get; init; } = true;

    /// <summary>Bounds of that, and where questions go.</summary>
    internal MdnsOptions Mdns { get; init; } = new();

    /// <summary>
    /// TCP ports for callers whose network lets no UDP pass (ICE-TCP, RFC 6544), one for each of <see cref="Ports"/>; they may be the same numbers.
    /// Empty for none; port 0 lets the system choose.
    /// </summary>
    public IReadOnlyList<int> TcpPorts { get; init; } = [];

    /// <summary>How long a TCP connection may take to show that it belongs to a call.</summary>
    public TimeSpan TcpHandshakeTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>TCP connections of callers at one time, on each port.</summary>
    public int MaxTcpConnections { get; init; } = 1024;

    /// <summary>
    /// STUN servers that are asked for the public address of each port, when <see cref="AdvertisedAddresses"/> is empty: callers are told
    /// what they say beside the interfaces' addresses.
    /// </summary>
    public IReadOnlyList<StunServer> StunServers { get; init; } = [];

    /// <summary>
    /// TURN servers on which each port keeps an allocation for all its calls. ICE is full then, whatever <see cref="IceLite"/> says: a lite
    /// agent could not open a relay's permissions.
    /// </summary>
    public IReadOnlyList<TurnServer> TurnServers { get; init; } = [];

    /// <summary>Offer and use relayed addresses only (the W3C's iceTransportPolicy "relay"): callers learn no address of this host.</summary>
    public bool RelayOnly { get; init; }

    /// <summary>
    /// How long a description waits for STUN and TURN servers that have not answered or failed yet, when later candidates cannot be told to the far end
    /// (RFC 9725 section 4.3 asks WHIP servers for complete answers). Zero does not wait.
    /// </summary>
    public TimeSpan GatheringTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Calls at one time; further offers are refused as overload.</summary>
    public int MaxConnections { get; init; } = 1000;

    /// <summary>
    /// Answered offers at one time whose callers are not connected yet; further ones are refused as overload. Bounds the memory that a flood of
    /// offers or handshakes can take.
    /// </summary>
    public int MaxConnecting { get; init; } = 256;

    /// <summary>
    /// Of those, the most whose offers came from one address (IPv6: one /64), so that one source cannot take the room of all. Loopback does not count:
    /// a proxy on this host speaks for everybody.
    /// </summary>
    public int MaxConnectingPerSource { get; init; } = 64;

    /// <summary>How long an answered offer may take to connect before it is closed.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
