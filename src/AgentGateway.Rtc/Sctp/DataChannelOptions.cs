namespace AgentGateway.Rtc.Sctp;

/// <summary>What a data channel promises (RFC 8832 section 5.1, W3C RTCDataChannelInit).</summary>
public sealed record DataChannelOptions
{
    /// <summary>The name the application gives it; not unique.</summary>
    public string Label { get; init; } = "";

    /// <summary>The sub-protocol, or empty.</summary>
    public string Protocol { get; init; } = "";

    /// <summary>Whether messages arrive in the order they were sent.</summary>
    public bool Ordered { get; init; } = true;

    /// <summary>How often a message's pieces are retransmitted before it is given up; null for no limit. Excludes <see cref="MaxPacketLifeTime"/>.</summary>
    public uint? MaxRetransmits { get; init; }

    /// <summary>How long a message may be (re)transmitted, in whole milliseconds; null for no limit. Excludes <see cref="MaxRetransmits"/>.</summary>
    public TimeSpan? MaxPacketLifeTime { get; init; }

    /// <summary>RFC 8831 section 6.4: 128 below normal, 256 normal, 512 high, 1024 extra high. Announced to the peer.</summary>
    public ushort Priority { get; init; } = 256;

    /// <summary>
    /// The stream, when both applications agreed on it out of band (W3C "negotiated"): no OPEN message is sent and the
    /// channel is open once the association is. Null lets the association choose and sends an OPEN.
    /// </summary>
    public ushort? NegotiatedId { get; init; }

    /// <summary>The buffered amount, in bytes, at or below which <see cref="SctpEventKind.BufferedAmountLow"/> is raised when it falls.</summary>
    public long BufferedAmountLowThreshold { get; init; }
}
