using System.Buffers.Binary;

namespace AgentGateway.Rtc.Wire.Stun;

/// <summary>The ChannelData message of TURN (RFC 8656 section 12.4): a channel number, a length, and the bytes.</summary>
public static class ChannelData
{
    /// <summary>Bytes before the data.</summary>
    public const int HeaderSize = 4;

    /// <summary>The first channel number.</summary>
    public const ushort MinChannel = 0x4000;

    /// <summary>The last channel number (RFC 8656 section 12; RFC 5766 had more, whose first bytes now mean other protocols).</summary>
    public const ushort MaxChannel = 0x4FFF;

    /// <summary>Whether a packet from a TURN server is ChannelData by its first byte (RFC 7983).</summary>
    public static bool IsChannelData(ReadOnlySpan<byte> packet) => !packet.IsEmpty && packet[0] is >= 0x40 and <= 0x4F;

    /// <summary>Reads the header; false when the data runs past the end. Padding behind the data is allowed.</summary>
    public static bool TryParse(ReadOnlySpan<byte> packet, out ushort channel, out int length)
    {
        channel = 0;
        length = 0;
        if (!IsChannelData(packet) || packet.Length < HeaderSize)
            return false;
        channel = BinaryPrimitives.ReadUInt16BigEndian(packet);
        length = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        return length <= packet.Length - HeaderSize;
    }

    /// <summary>Writes the header before data that stands at <see cref="HeaderSize"/>, and zeros behind it when padding is asked for.</summary>
    /// <param name="packet">Header, data, and room for up to 3 bytes of padding.</param>
    /// <param name="channel">The channel.</param>
    /// <param name="length">Bytes of data, 0..65535.</param>
    /// <param name="pad">Streams need messages whose size is a multiple of four (RFC 8656 section 12.5).</param>
    /// <returns>The size of the message.</returns>
    public static int Write(Span<byte> packet, ushort channel, int length, bool pad)
    {
        BinaryPrimitives.WriteUInt16BigEndian(packet, channel);
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)length);
        int end = HeaderSize + length;
        if (!pad)
            return end;
        int padded = StunWire.Pad(end);
        packet[end..padded].Clear();
        return padded;
    }
}
