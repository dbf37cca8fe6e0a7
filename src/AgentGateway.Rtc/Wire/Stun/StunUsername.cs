using System.Buffers.Binary;

namespace AgentGateway.Rtc.Wire.Stun;

/// <summary>Looks into a Binding request just far enough to find out for whom it is, for demultiplexing many sessions on one port.</summary>
public static class StunUsername
{
    /// <summary>The longest ice-ufrag (RFC 8839 section 5.4), in bytes.</summary>
    public const int MaxUfragLength = 256;

    // A check carries USERNAME among its first attributes; looking further only feeds a flood.
    private const int MaxAttributesScanned = 16;

    /// <summary>
    /// The receiver's ufrag: what stands before the colon of USERNAME (RFC 8445 section 7.2.2). Nothing is authenticated;
    /// use it to pick the session that then checks the message. Constant work, no allocation, never throws.
    /// </summary>
    /// <param name="datagram">Any datagram.</param>
    /// <param name="localUfrag">A slice of <paramref name="datagram"/>: 1..256 bytes, normally ASCII.</param>
    public static bool TryReadLocalUfrag(ReadOnlySpan<byte> datagram, out ReadOnlySpan<byte> localUfrag)
    {
        localUfrag = default;
        if (!IsBindingRequest(datagram))
            return false;
        int at = StunWire.HeaderSize;
        for (int i = 0; i < MaxAttributesScanned && datagram.Length - at >= StunWire.AttributeHeaderSize; i++)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(datagram[(at + 2)..]);
            ReadOnlySpan<byte> rest = datagram[(at + StunWire.AttributeHeaderSize)..];
            if (length > rest.Length)
                return false;
            if (BinaryPrimitives.ReadUInt16BigEndian(datagram[at..]) == (int)StunAttributeType.UserName)
                return TrySplit(rest[..length], out localUfrag, out _);
            at += StunWire.AttributeHeaderSize + Math.Min(StunWire.Pad(length), rest.Length);
        }

        return false;
    }

    /// <summary>Splits the value of USERNAME at its first colon; both parts are 1..256 bytes.</summary>
    public static bool TrySplit(ReadOnlySpan<byte> userName, out ReadOnlySpan<byte> receiver, out ReadOnlySpan<byte> sender)
    {
        int colon = userName.IndexOf((byte)':');
        if (colon is < 1 or > MaxUfragLength || userName.Length - colon - 1 is < 1 or > MaxUfragLength)
        {
            receiver = default;
            sender = default;
            return false;
        }

        receiver = userName[..colon];
        sender = userName[(colon + 1)..];
        return true;
    }

    /// <summary>Whether the header is that of a Binding request with the magic cookie.</summary>
    public static bool IsBindingRequest(ReadOnlySpan<byte> datagram) =>
        datagram.Length >= StunWire.HeaderSize
        && BinaryPrimitives.ReadUInt16BigEndian(datagram) == 0x0001
        && BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]) == StunWire.MagicCookie;
}
