using System.Net;
using AgentGateway.Net;

namespace AgentGateway.Host.Configuration;

/// <summary>Configuration section "Media": where calls' packets go.</summary>
public sealed class MediaOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Media";

    private const int MaxShards = 16;
    private const int MaxIceServers = 16;
    private const int MaxTurnServers = 4;

    /// <summary>Address to bind: 0.0.0.0 (all interfaces) or one of this host's addresses.</summary>
    public string ListenAddress { get; set; } = "0.0.0.0";

    /// <summary>UDP ports, one media thread each; all calls share them. Empty means 8081; 0 lets the system choose.</summary>
    public IList<int> Ports { get; } = [];

    /// <summary>Addresses told to callers instead of the interfaces' own: the public one behind NAT.</summary>
    public IList<string> AdvertisedAddresses { get; } = [];

    /// <summary>The port told to callers when a NAT maps it; only with a single port.</summary>
    public int? AdvertisedPort { get; set; }

    /// <summary>
    /// Whether the gateway only answers ICE checks, which suits an address that callers can reach; false lets it check callers' candidates
    /// too, for a gateway behind a NAT.
    /// </summary>
    public bool IceLite { get; set; } = true;

    /// <summary>Whether ".local" names in callers' candidates are resolved by multicast DNS; only without <see cref="IceLite"/>.</summary>
    public bool ResolveNames { get; set; } = true;

    /// <summary>
    /// TCP ports for callers whose network lets no UDP pass, one for each UDP port, in their order; they may be the same numbers. Empty means none; 0 lets the
    /// system choose.
    /// </summary>
    public IList<int> TcpPorts { get; } = [];

    /// <summary>
    /// A STUN server, such as stun:stun.example:3478, that is asked for this host's public address, which callers are then told beside the interfaces' own.
    /// Only without AdvertisedAddresses; null for none.
    /// </summary>
    public string? StunServer { get; set; }

    /// <summary>TURN servers, at most 4, that the gateway itself uses to be reached by; empty for none.</summary>
    public IList<TurnServerOptions> TurnServers { get; } = [];

    /// <summary>Whether callers are offered relayed addresses only and learn none of this host's; needs TurnServers.</summary>
    public bool RelayOnly { get; set; }

    /// <summary>STUN and TURN servers that WHIP clients are told to use, at most 16; empty for none.</summary>
    public IList<IceServerOptions> IceServers { get; } = [];

    /// <summary>Calls at one time, 1..100000.</summary>
    public int MaxCalls { get; set; } = 1000;

    /// <summary>Answered offers at one time whose callers are not connected yet, 1..100000; further ones get 503.</summary>
    public int MaxConnecting { get; set; } = 256;

    /// <summary>Of those, the most that one address may have, 1..100000; loopback, where a proxy may be, has no such limit.</summary>
    public int MaxConnectingPerSource { get; set; } = 64;

    /// <summary>How long an answered offer may take to connect before it is given up, 1 s to 5 minutes.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Whether the gateway calls itself before it says that it is ready, so that its first callers do not wait for code to be compiled. It takes three
    /// quarters of a second, most of it while the engines load.
    /// </summary>
    public bool WarmUp { get; set; } = true;

    internal IEnumerable<string> Validate()
    {
        if (!IPAddress.TryParse(ListenAddress, out _))
            yield return $"{Section}:ListenAddress is '{ListenAddress}'; expected an IP address such as 0.0.0.0.";
        if (Ports.Count > MaxShards || Ports.Any(p => p is < 0 or > 65535))
            yield return $"{Section}:Ports must hold at most {MaxShards} numbers of 0..65535.";
        foreach (string address in AdvertisedAddresses.Where(a => !IPAddress.TryParse(a, out _)))
            yield return $"{Section}:AdvertisedAddresses has '{address}'; expected IP addresses.";
        if (AdvertisedPort is < 1 or > 65535)
            yield return $"{Section}:AdvertisedPort is {AdvertisedPort}; expected 1..65535.";
        if (AdvertisedPort is not null && Ports.Count > 1)
            yield return $"{Section}:AdvertisedPort goes with a single port only.";
        if (MaxCalls is < 1 or > 100_000)
            yield return $"{Section}:MaxCalls is {MaxCalls}; expected 1..100000.";
        if (MaxConnecting is < 1 or > 100_000)
            yield return $"{Section}:MaxConnecting is {MaxConnecting}; expected 1..100000.";
        if (MaxConnectingPerSource is < 1 or > 100_000)
            yield return $"{Section}:MaxConnectingPerSource is {MaxConnectingPerSource}; expected 1..100000.";
        if (ConnectTimeout < TimeSpan.FromSeconds(1) || ConnectTimeout > TimeSpan.FromMinutes(5))
            yield return $"{Section}:ConnectTimeout is {ConnectTimeout}; expected 00:00:01 to 00:05:00.";
        if (TcpPorts.Count > Math.Max(1, Ports.Count) || TcpPorts.Any(p => p is < 0 or > 65535))
            yield return $"{Section}:TcpPorts must hold numbers of 0..65535, and not more than there are Ports.";
        if (StunServer is not null && (!IceServerUrl.TryParse(StunServer, out IceServerUrl? stun) || stun!.IsTurn))
            yield return $"{Section}:StunServer is '{StunServer}'; expected stun:host:port.";
        if (StunServer is not null && AdvertisedAddresses.Count > 0)
            yield return $"{Section}:StunServer and {Section}:AdvertisedAddresses exclude each other.";
        if (TurnServers.Count > MaxTurnServers)
            yield return $"{Section}:TurnServers must hold at most {MaxTurnServers} servers.";
        if (TurnServers.DistinctBy(s => s.Url, StringComparer.OrdinalIgnoreCase).Count() != TurnServers.Count)
            yield return $"{Section}:TurnServers has the same Url twice; one allocation serves all calls.";
        foreach (string problem in TurnServers.SelectMany((s, i) => s.Validate($"{Section}:TurnServers:{i}")))
            yield return problem;
        if (RelayOnly && TurnServers.Count == 0)
            yield return $"{Section}:RelayOnly needs {Section}:TurnServers.";
        if (IceServers.Count > MaxIceServers)
            yield return $"{Section}:IceServers must hold at most {MaxIceServers} servers.";
        foreach (string problem in IceServers.SelectMany((s, i) => s.Validate($"{Section}:IceServers:{i}")))
            yield return problem;
    }

    internal MediaTransportOptions ToTransportOptions() => new()
    {
        ListenAddress = IPAddress.Parse(ListenAddress),
        Ports = Ports.Count == 0 ? [8081] : [.. Ports],
        AdvertisedAddresses = [.. AdvertisedAddresses.Select(IPAddress.Parse)],
        AdvertisedPort = AdvertisedPort,
        MaxConnections = MaxCalls,
        MaxConnecting = MaxConnecting,
        MaxConnectingPerSource = MaxConnectingPerSource,
        ConnectTimeout = ConnectTimeout,
        IceLite = IceLite,
        ResolveNames = ResolveNames,
        TcpPorts = [.. TcpPorts],
        StunServers = IceServerUrl.TryParse(StunServer, out IceServerUrl? stun) ? [new StunServer(stun!.Host, stun.Port)] : [],
        TurnServers = [.. TurnServers.Select(s => s.ToServer())],
        RelayOnly = RelayOnly,
    };
}
