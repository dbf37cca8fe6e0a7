using System.Buffers.Binary;

namespace AgentGateway.Rtc.Wire.Stun;

/// <summary>Where messages end on a TCP or TLS stream to a TURN server (RFC 8489 section 6.2.2, RFC 8656 section 12.5): each tells its length.</summary>
public static class StunFraming
{
    /// <summary>The longest message a stream may carry: more is an error of the far end, and would have to be buffered.</summary>
    public const int MaxMessageSize = 2048;

    /// <summary>Looks at the start of what was received.</summary>
    /// <param name="received">Bytes from a message's first one on; may be incomplete.</param>
    /// <param name="size">Bytes of the first message, padding included; 0 when too few bytes are there to tell.</param>
    /// <returns>False when this is no message, or a too long one: the stream cannot be used any more.</returns>
    public static bool TryReadSize(ReadOnlySpan<byte> received, out int size)
    {
        size = 0;
        if (received.Length < ChannelData.HeaderSize)
            return received.IsEmpty || received[0] < 0x50;
        int length = BinaryPrimitives.ReadUInt16BigEndian(received[2..]);
        if ((received[0] & 0xC0) == 0)
            size = StunWire.HeaderSize + length;
        else if (ChannelData.IsChannelData(received))
            size = StunWire.Pad(ChannelData.HeaderSize + length);
        else
            return false;
        return size <= MaxMessageSize && ((received[0] & 0xC0) != 0 || (length & 3) == 0);
    }
}
