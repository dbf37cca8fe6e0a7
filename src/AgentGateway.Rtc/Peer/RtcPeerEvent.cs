using AgentGateway.Rtc.Ice;
using AgentGateway.Rtc.Sctp;

namespace AgentGateway.Rtc.Peer;

/// <summary>One fact for the owner of a peer. Which members mean anything depends on <see cref="Kind"/>.</summary>
public readonly record struct RtcPeerEvent
{
    /// <summary>What happened.</summary>
    public required RtcPeerEventKind Kind { get; init; }

    /// <summary>The connection state.</summary>
    public RtcPeerState State { get; init; }

    /// <summary>Why a final state was reached.</summary>
    public RtcEndReason Reason { get; init; }

    /// <summary>Why the data channels ended.</summary>
    public SctpCloseReason DataReason { get; init; }

    /// <summary>The audio section that the event is about.</summary>
    public RtcAudioSection? Section { get; init; }

    /// <summary>The RTP sequence number extended to 64 bits; never negative; starts within 0..65535 for each stream.</summary>
    public long Sequence { get; init; }

    /// <summary>The RTP timestamp extended to 64 bits, in units of the codec's RTP clock (Opus: 48 kHz).</summary>
    public long Timestamp { get; init; }

    /// <summary>The stream.</summary>
    public uint Ssrc { get; init; }

    /// <summary>0..127.</summary>
    public byte PayloadType { get; init; }

    /// <summary>Whether the packet was lost and this is its copy from a later one (RFC 2198).</summary>
    public bool IsRecovered { get; init; }

    /// <summary>The key pressed: 0-9, *, #, A-D.</summary>
    public char Digit { get; init; }

    /// <summary>The RTP marker bit.</summary>
    public bool Marker { get; init; }

    /// <summary>The sender's RFC 6464 audio level, 0 (loudest) .. 127 (silence) in -dBov; null when the packet has none.</summary>
    public byte? AudioLevel { get; init; }

    /// <summary>
    /// The codec payload or the message. Audio: valid until the next <see cref="RtcPeer.Handle"/>; message: until the next
    /// <see cref="RtcPeer.TryPollEvent"/>.
    /// </summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>A candidate, with its ufrag.</summary>
    public IceCandidate? Candidate { get; init; }

    /// <summary>The channel's SCTP stream id.</summary>
    public ushort ChannelId { get; init; }

    /// <summary>What a newly opened channel promises: label, protocol, reliability.</summary>
    public DataChannelOptions? Channel { get; init; }

    /// <summary>Whether the far end opened the channel.</summary>
    public bool OpenedByRemote { get; init; }

    /// <summary>Whether a message is a string (UTF-8, not validated) rather than binary.</summary>
    public bool IsText { get; init; }
}
