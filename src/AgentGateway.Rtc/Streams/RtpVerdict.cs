namespace AgentGateway.Rtc.Streams;

/// <summary>What an authentic RTP packet turned out to be.</summary>
internal enum RtpVerdict
{
    Audio,
    TelephoneEvent,
    Malformed,
    UnknownPayloadType,
    UnknownStream,
    NotReceiving,
}
