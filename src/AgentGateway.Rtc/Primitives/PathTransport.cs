namespace AgentGateway.Rtc.Primitives;

/// <summary>What carries the datagrams of a path.</summary>
public enum PathTransport
{
    /// <summary>UDP, or a relay that is reached somehow.</summary>
    Udp,

    /// <summary>A TCP connection with the framing of RFC 4571 (ICE-TCP, RFC 6544).</summary>
    Tcp,
}
