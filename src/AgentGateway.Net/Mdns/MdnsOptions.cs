using System.Net;
using System.Net.Sockets;

namespace AgentGateway.Net.Mdns;

/// <summary>Bounds of an <see cref="MdnsResolver"/>.</summary>
internal sealed record MdnsOptions
{
    /// <summary>Where questions go and answers come from: RFC 6762's groups of IPv4 and IPv6 (section 3), or single responders.</summary>
    public IReadOnlyList<IPEndPoint> Groups { get; init; } = [new(IPAddress.Parse("224.0.0.251"), 5353), new(IPAddress.Parse("ff02::fb"), 5353)];

    /// <summary>The host's interfaces for multicast of a family at the moment; must not fail.</summary>
    public Func<AddressFamily, IReadOnlyList<MdnsInterface>> Interfaces { get; init; } = MdnsInterface.Read;

    /// <summary>
    /// How long an answer is waited for; a name that nobody knows costs this once. Long enough for a caller's machine that is busy starting its
    /// browser: ICE waits longer still, and a call that connects late is better than none.
    /// </summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// When the question is first repeated; each further time takes twice as long (RFC 6762 section 5.2). Multicast over Wi-Fi is often lost, and
    /// a responder says the same to everybody only once a second (section 6): a browser that has just announced a name is silent that long.
    /// </summary>
    public TimeSpan RepeatAfter { get; init; } = TimeSpan.FromMilliseconds(350);

    /// <summary>The longest time an answer is believed, whatever it says of itself.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a name that nobody answered for is not asked for again.</summary>
    public TimeSpan UnknownAge { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Names asked for at one time; more are unknown.</summary>
    public int MaxPending { get; init; } = 64;

    /// <summary>Names remembered.</summary>
    public int MaxCached { get; init; } = 256;
}
