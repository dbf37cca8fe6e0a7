using AgentGateway.Rtc.Wire.Sdp;

namespace AgentGateway.Rtc.Peer.Description;

/// <summary>One media section of an offer of ours.</summary>
internal sealed record OfferedSection
{
    public required string Kind { get; init; }

    public required string? Mid { get; init; }

    public required string Protocol { get; init; }

    /// <summary>Formats to repeat in a section that is not in use.</summary>
    public IReadOnlyList<string> Formats { get; init; } = [];

    /// <summary>Our side of an audio section, or null.</summary>
    public RtcAudioSection? Audio { get; init; }

    /// <summary>What codecs, payload types and extensions are repeated because they are agreed on; null offers all of ours.</summary>
    public RemoteAudio? Terms { get; init; }

    /// <summary>Of the audio, seen from us.</summary>
    public SdpDirection Direction { get; init; }

    public bool IsData { get; init; }

    /// <summary>Whether data channels are written in the notation before RFC 8841.</summary>
    public bool IsLegacyData { get; init; }

    public bool IsUsed => Audio is not null || IsData;

    /// <summary>The payload type that the answer must give to a codec of ours.</summary>
    public byte PayloadTypeOf(RtcAudioCodec codec) => Terms?.PayloadType ?? codec.PayloadType;
}
