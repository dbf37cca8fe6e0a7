namespace AgentGateway.Net;

/// <summary>How a TURN server is reached.</summary>
public enum TurnTransport
{
    /// <summary>UDP, over the shard's own socket.</summary>
    Udp,

    /// <summary>A TCP connection per shard.</summary>
    Tcp,

    /// <summary>A TLS connection per shard.</summary>
    Tls,
}
