namespace AgentGateway.Rtc.Primitives;

/// <summary>
/// The two ends of a datagram's way, seen from this host: for a received one Local is where it arrived and Remote who
/// sent it; for one to be sent Local is the source to use and Remote the destination. Local may be an address on a TURN server.
/// </summary>
/// <param name="Local">This host's address and port.</param>
/// <param name="Remote">The far end's address and port.</param>
public readonly record struct DatagramPath(TransportAddress Local, TransportAddress Remote)
{
    /// <summary>What carries the datagrams; ports of UDP and TCP are different things, so it is part of the identity.</summary>
    public PathTransport Transport { get; init; }
}
