namespace AgentGateway.Rtc.Wire.Dcep;

/// <summary>Payload protocol identifiers of data channels (RFC 8831 section 8).</summary>
internal enum PayloadProtocol : uint
{
    Dcep = 50,
    String = 51,
    BinaryPartial = 52,
    Binary = 53,
    StringPartial = 54,
    StringEmpty = 56,
    BinaryEmpty = 57,
}
