namespace AgentGateway.Rtc.Peer;

/// <summary>Why a datagram or packet had no effect.</summary>
public enum RtcDropReason
{
    /// <summary>A zero-length datagram.</summary>
    Empty,

    /// <summary>Its first byte belongs to no protocol of RFC 7983 that is used here.</summary>
    UnknownProtocol,

    /// <summary>It came after the peer ended.</summary>
    Ended,

    /// <summary>DTLS, RTP or RTCP from a path that passed no ICE check.</summary>
    UnverifiedPath,

    /// <summary>DTLS came before ICE was ready and did not fit into the small buffer for such.</summary>
    EarlyDtlsOverflow,

    /// <summary>DTLS came before a description told whom to expect.</summary>
    NoDescription,

    /// <summary>RTP or RTCP before the DTLS handshake ended.</summary>
    MediaBeforeKeys,

    /// <summary>An SRTP packet too short or malformed to be authenticated.</summary>
    RtpMalformed,

    /// <summary>An SRTP packet with a wrong tag.</summary>
    RtpForged,

    /// <summary>An SRTP packet seen before, or too old to tell.</summary>
    RtpReplayed,

    /// <summary>An authentic RTP packet with an unknown payload type.</summary>
    UnknownPayloadType,

    /// <summary>An authentic RTP packet of a stream that is not the negotiated audio.</summary>
    UnknownStream,

    /// <summary>An authentic RTP packet although the direction does not allow it.</summary>
    NotReceiving,

    /// <summary>An SRTCP packet too short or malformed to be authenticated.</summary>
    RtcpMalformed,

    /// <summary>An SRTCP packet with a wrong tag.</summary>
    RtcpForged,

    /// <summary>An SRTCP packet seen before, or too old to tell.</summary>
    RtcpReplayed,

    /// <summary>An SCTP packet although no data channels were negotiated.</summary>
    UnexpectedData,

    /// <summary>An event was not polled before the next one needed its place.</summary>
    EventOverflow,

    /// <summary>A candidate that could not be parsed.</summary>
    CandidateMalformed,

    /// <summary>An outgoing packet that could not be encrypted or had no path.</summary>
    SendFailed,
}
