namespace AgentGateway.Rtc.Wire.Rtp;

/// <summary>The names of known header extensions in a=extmap lines.</summary>
public static class RtpExtensionUri
{
    /// <summary>Client-to-mixer audio level (RFC 6464).</summary>
    public const string AudioLevel = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";

    /// <summary>The media section a stream belongs to (RFC 9143 section 15).</summary>
    public const string Mid = "urn:ietf:params:rtp-hdrext:sdes:mid";

    /// <summary>The id of a simulcast stream (RFC 8852); read over, never sent.</summary>
    public const string StreamId = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";

    /// <summary>Absolute send time, 6.18 fixed point seconds.</summary>
    public const string AbsoluteSendTime = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time";

    /// <summary>Transport-wide sequence number of transport-cc.</summary>
    public const string TransportSequence = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";
}
