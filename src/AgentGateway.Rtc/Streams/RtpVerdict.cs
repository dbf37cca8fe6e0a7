namespace AgentGateway.Rtc.Streams;

/// <summary>What an authentic RTP packet turned out to be.</summary>
internal enum RtpVerdict
{
    Audio,
    TelephoneEvent,
    ComfortNoise,

    /// <summary>Its copy came before it, in a later packet; other copies may still have come with it.</summary>
    Duplicate,
    Malformed,
    UnknownPayloadType,
    UnknownStream,
    NotReceiving,
}
