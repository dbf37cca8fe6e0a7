namespace AgentGateway.Rtc.Wire.Rtcp;

/// <summary>RTCP packet types that are looked at.</summary>
public enum RtcpPacketType : byte
{
    /// <summary>SR, RFC 3550 section 6.4.1.</summary>
    SenderReport = 200,

    /// <summary>RR, RFC 3550 section 6.4.2.</summary>
    ReceiverReport = 201,

    /// <summary>SDES, RFC 3550 section 6.5.</summary>
    SourceDescription = 202,

    /// <summary>BYE, RFC 3550 section 6.6.</summary>
    Bye = 203,

    /// <summary>APP, RFC 3550 section 6.7.</summary>
    Application = 204,

    /// <summary>Transport layer feedback, RFC 4585 section 6.2.</summary>
    TransportFeedback = 205,

    /// <summary>Payload-specific feedback, RFC 4585 section 6.3.</summary>
    PayloadFeedback = 206,

    /// <summary>XR, RFC 3611.</summary>
    ExtendedReport = 207,
}
