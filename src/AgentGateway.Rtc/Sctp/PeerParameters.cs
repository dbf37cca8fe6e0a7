namespace AgentGateway.Rtc.Sctp;

/// <summary>What the peer announced in INIT or INIT ACK.</summary>
internal readonly record struct PeerParameters
{
    public uint Tag { get; init; }

    public uint InitialTsn { get; init; }

    public uint ReceiverWindow { get; init; }

    public ushort OutboundStreams { get; init; }

    public ushort InboundStreams { get; init; }

    public bool SupportsForwardTsn { get; init; }

    public bool SupportsReconfig { get; init; }

    public bool AcceptsZeroChecksum { get; init; }
}
