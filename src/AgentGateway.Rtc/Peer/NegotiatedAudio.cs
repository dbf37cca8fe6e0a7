using AgentGateway.Rtc.Wire.Sdp;

namespace AgentGateway.Rtc.Peer;

/// <summary>What both sides agreed on for an audio section.</summary>
public sealed record NegotiatedAudio
{
    /// <summary>The codec's name as in <see cref="RtcAudioCodec.Name"/>: "opus", "G722", "PCMU" or "PCMA".</summary>
    public required string Codec { get; init; }

    /// <summary>The payload type of both directions.</summary>
    public required byte PayloadType { get; init; }

    /// <summary>The RTP clock in Hz: 48000 for Opus, 8000 for all others.</summary>
    public required int ClockRate { get; init; }

    /// <summary>Who may send, seen from us.</summary>
    public required SdpDirection Direction { get; init; }

    /// <summary>Whether the far end can use in-band FEC that we send (its fmtp useinbandfec).</summary>
    public bool Fec { get; init; }

    /// <summary>Whether the far end likes DTX from us (its fmtp usedtx).</summary>
    public bool Dtx { get; init; }

    /// <summary>Whether the far end prefers to receive stereo (its fmtp stereo).</summary>
    public bool Stereo { get; init; }

    /// <summary>The highest average bitrate the far end wants, in bit/s, or null.</summary>
    public int? MaxAverageBitrate { get; init; }

    /// <summary>The packet time the far end prefers (a=ptime); 20 ms when it says nothing. 10..120 ms.</summary>
    public TimeSpan PacketTime { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>The payload type of redundant audio data (RFC 2198), or null.</summary>
    public byte? RedPayloadType { get; init; }

    /// <summary>The payload type of comfort noise (RFC 3389), or null.</summary>
    public byte? ComfortNoisePayloadType { get; init; }

    /// <summary>The telephone-event payload type, or null.</summary>
    public byte? TelephoneEventPayloadType { get; init; }

    /// <summary>The clock of telephone events in Hz; tones can be sent when it is <see cref="ClockRate"/>.</summary>
    public int TelephoneEventClockRate { get; init; }

    /// <summary>Whether lost packets are asked for and sent again (RFC 4585 generic NACK).</summary>
    public bool Nack { get; init; }

    /// <summary>Whether arrival times are told for all packets of the transport (transport-cc).</summary>
    public bool TransportFeedback { get; init; }

    /// <summary>Whether a side that only receives measures the round trip as well (RFC 3611).</summary>
    public bool ReferenceTime { get; init; }

    /// <summary>Whether RTCP may come without a report in front (RFC 5506).</summary>
    public bool ReducedSizeRtcp { get; init; }

    /// <summary>The id of the audio-level extension, or null when it was not negotiated.</summary>
    public int? AudioLevelExtension { get; init; }

    /// <summary>The id of the mid extension, or null when it was not negotiated.</summary>
    public int? MidExtension { get; init; }

    /// <summary>The id of the absolute send time extension, or null when it was not negotiated.</summary>
    public int? AbsoluteSendTimeExtension { get; init; }

    /// <summary>The id of the transport-wide sequence number, or null when it was not negotiated.</summary>
    public int? TransportSequenceExtension { get; init; }

    /// <summary>The mid of the audio section; empty when it has none.</summary>
    public string Mid { get; init; } = "";

    /// <summary>The media stream that the far end's track belongs to (a=msid, RFC 8830): in a room, who speaks. Null when nothing or "-" is said.</summary>
    public string? RemoteStreamId { get; init; }

    /// <summary>The far end's track (a=msid), or null.</summary>
    public string? RemoteTrackId { get; init; }

    internal IReadOnlyList<uint> RemoteSources { get; init; } = [];

    /// <summary>Whether nothing differs that matters beyond the packets' bookkeeping.</summary>
    internal bool IsSameAs(NegotiatedAudio other) => this with { RemoteSources = other.RemoteSources } == other;
}
