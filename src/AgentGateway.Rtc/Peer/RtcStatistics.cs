using System.Collections.Immutable;

namespace AgentGateway.Rtc.Peer;

/// <summary>A snapshot of one peer's counters. Immutable: may be handed to other threads.</summary>
public sealed record RtcStatistics
{
    /// <summary>Datagrams handed to the driver.</summary>
    public long DatagramsSent { get; init; }

    /// <summary>Bytes of these, without UDP and IP headers.</summary>
    public long BytesSent { get; init; }

    /// <summary>Datagrams given by the driver, good or bad.</summary>
    public long DatagramsReceived { get; init; }

    /// <summary>Bytes of these, without UDP and IP headers.</summary>
    public long BytesReceived { get; init; }

    /// <summary>
    /// The counters of all sections together, those stopped included. What is no counter is the first section's that is received, and the
    /// first's that is sent for what the far end reports.
    /// </summary>
    public RtcAudioStatistics Audio { get; init; } = new();

    /// <summary>The audio sections in use, in their order.</summary>
    public ImmutableArray<RtcAudioStatistics> AudioSections { get; init; } = [];

    /// <summary>Authentic RTCP datagrams received.</summary>
    public long RtcpReceived { get; init; }

    /// <summary>Packets of ours that transport-wide feedback says arrived.</summary>
    public long TransportPacketsAcknowledged { get; init; }

    /// <summary>Packets of ours that it says were lost.</summary>
    public long TransportPacketsLost { get; init; }

    /// <summary>Feedback received and ignored: PLI, FIR, REMB, and what was not negotiated.</summary>
    public long RtcpFeedbackIgnored { get; init; }

    /// <summary>Parts of authentic RTCP datagrams that did not parse or have no meaning here.</summary>
    public long RtcpIgnored { get; init; }

    /// <summary>Messages sent on data channels.</summary>
    public long MessagesSent { get; init; }

    /// <summary>Messages received on data channels.</summary>
    public long MessagesReceived { get; init; }

    /// <summary>What was dropped, by reason; reasons that never occurred are absent.</summary>
    public ImmutableDictionary<RtcDropReason, long> Drops { get; init; } = ImmutableDictionary<RtcDropReason, long>.Empty;

    /// <summary>Drops inside ICE, DTLS and SCTP, named "ice.X", "dtls.X", "sctp.X".</summary>
    public ImmutableDictionary<string, long> EngineDrops { get; init; } = ImmutableDictionary<string, long>.Empty;

    /// <summary>The sum of all drops.</summary>
    public long TotalDrops => Drops.Values.Sum() + EngineDrops.Values.Sum();

    /// <summary>How often something was dropped for one reason.</summary>
    public long DropCount(RtcDropReason reason) => Drops.GetValueOrDefault(reason);
}
