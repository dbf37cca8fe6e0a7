namespace AgentGateway.Rtc.Wire.Dcep;

/// <summary>DATA_CHANNEL_ACK (RFC 8832 section 5.2): one byte.</summary>
internal static class DcepAck
{
    public const byte MessageType = 2;

    public static bool IsAck(ReadOnlySpan<byte> message) => message.Length >= 1 && message[0] == MessageType;
}
