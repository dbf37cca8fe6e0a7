using System.Security.Cryptography.X509Certificates;
using AgentGateway.Rtc.Turn;

namespace AgentGateway.Net;

/// <summary>A TURN server that relays calls.</summary>
public sealed record TurnServer
{
    /// <summary>A name or an IP address; TLS certificates must be for it.</summary>
    public required string Host { get; init; }

    /// <summary>Its port: usually 3478, for TLS 5349.</summary>
    public required int Port { get; init; }

    /// <summary>How it is reached.</summary>
    public TurnTransport Transport { get; init; }

    /// <summary>The user name of the long-term credentials.</summary>
    public required string UserName { get; init; }

    /// <summary>The password.</summary>
    public required string Password { get; init; }

    /// <summary>What the relayed address shall be.</summary>
    public TurnAddressFamily Family { get; init; }

    /// <summary>With TLS: certificates that are trusted instead of the system's authorities; empty for those.</summary>
    public IReadOnlyList<X509Certificate2> TrustedRoots { get; init; } = [];
}
