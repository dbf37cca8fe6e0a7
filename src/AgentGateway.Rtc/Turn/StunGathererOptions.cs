namespace AgentGateway.Rtc.Turn;

/// <summary>Settings of a <see cref="StunGatherer"/>.</summary>
public sealed record StunGathererOptions
{
    /// <summary>How often the server is asked again, which keeps the NAT's mapping and notices a new one (RFC 8445 section 11); zero for never.</summary>
    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long to wait after the server did not answer at all.</summary>
    public TimeSpan RetryInterval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The first retransmission timeout (RFC 8489 section 6.2.1: 500 ms).</summary>
    public TimeSpan InitialRetransmissionTimeout { get; init; } = TimeSpan.FromMilliseconds(500);
}
