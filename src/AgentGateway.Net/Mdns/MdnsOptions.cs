using System.Net;

namespace AgentGateway.Net.Mdns;

/// <summary>Bounds of an <see cref="MdnsResolver"/>.</summary>
internal sealed record MdnsOptions
{
    /// <summary>Where questions go and answers come from: RFC 6762's groups of IPv4 and IPv6 (section 3), or single responders.</summary>
    public IReadOnlyList<IPEndPoint> Groups { get; init; } = [new(IPAddress.Parse("224.0.0.251"), 5353), new(IPAddress.Parse("ff02::fb"), 5353)];

    /// <summary>How long an answer is waited for; a name that nobody knows costs this once.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// When the question is first repeated, since multicast over Wi-Fi is often lost and a browser that just began to listen is slow; each
    /// further time takes twice as long (RFC 6762 section 5.2).
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
