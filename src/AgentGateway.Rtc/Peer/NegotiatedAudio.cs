using AgentGateway.Rtc.Wire.Sdp;

namespace AgentGateway.Rtc.Peer;

/// <summary>What both sides agreed on for audio.</summary>
public sealed record NegotiatedAudio
{
    /// <summary>The codec's name as in a=rtpmap: "opus".</summary>
    public required string Codec { get; init; }

    /// <summary>The payload type of both directions.</summary>
    public required byte PayloadType { get; init; }

    /// <summary>The RTP clock in Hz: 48000 for Opus.</summary>
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

    /// <summary>The telephone-event payload type at the codec's clock, or null.</summary>
    public byte? TelephoneEventPayloadType { get; init; }

    /// <summary>The id of the audio-level extension, or null when it was not negotiated.</summary>
    public int? AudioLevelExtension { get; init; }

    /// <summary>The id of the mid extension, or null when it was not negotiated.</summary>
    public int? MidExtension { get; init; }

    /// <summary>The mid of the audio section.</summary>
    public string Mid { get; init; } = "";
}
