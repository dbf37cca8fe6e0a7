using System.Buffers.Binary;

namespace AgentGateway.Rtc.Wire.Rtcp;

/// <summary>One packet of a compound datagram: its type, its 5-bit count or format, and the bytes behind the common header.</summary>
public readonly ref struct RtcpPacket
{
    /// <summary>The length of the common header, in bytes.</summary>
    public const int HeaderLength = 4;

    internal RtcpPacket(RtcpPacketType type, int count, ReadOnlySpan<byte> body)
    {
        Type = type;
        Count = count;
        Body = body;
    }

    /// <summary>The packet type; may be one that has no name here.</summary>
    public RtcpPacketType Type { get; }

    /// <summary>Report blocks, sources, chunks or the feedback format, by type; 0..31.</summary>
    public int Count { get; }

    /// <summary>Everything behind the common header, padding removed.</summary>
    public ReadOnlySpan<byte> Body { get; }

    /// <summary>
    /// Checks a whole datagram: version 2 everywhere, lengths that add up, padding only on the last packet (RFC 3550 appendix A.2).
    /// Reduced-size datagrams that do not start with a report are accepted (RFC 5506).
    /// </summary>
    public static bool IsWellFormed(ReadOnlySpan<byte> datagram)
    {
        if (datagram.Length < HeaderLength)
            return false;
        while (datagram.Length > 0)
        {
            if (!TryRead(ref datagram, out _))
                return false;
        }

        return true;
    }

    /// <summary>Takes the first packet off a datagram; false when nothing is left or the rest is damaged.</summary>
    public static bool TryRead(scoped ref ReadOnlySpan<byte> datagram, out RtcpPacket packet)
    {
        packet = default;
        if (datagram.Length < HeaderLength || (datagram[0] & 0xC0) != 0x80)
            return false;
        int length = (BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]) + 1) * sizeof(uint);
        if (length > datagram.Length)
            return false;
        int padding = 0;
        if ((datagram[0] & 0x20) != 0)
        {
            padding = datagram[length - 1];
            // Whole words (RFC 3550 section 6.4.1), except in transport feedback, which libwebrtc pads by single bytes.
            bool fits = (padding & 3) == 0 || datagram[1] == (byte)RtcpPacketType.TransportFeedback;
            if (padding == 0 || !fits || padding > length - HeaderLength || length != datagram.Length)
                return false;
        }

        packet = new RtcpPacket((RtcpPacketType)datagram[1], datagram[0] & 0x1F, datagram[HeaderLength..(length - padding)]);
        datagram = datagram[length..];
        return true;
    }

    /// <summary>Reads a BYE: the sources that leave, 4 bytes each.</summary>
    public bool TryReadBye(out ReadOnlySpan<byte> sources)
    {
        int length = Count * sizeof(uint);
        bool valid = Type == RtcpPacketType.Bye && length <= Body.Length;
        sources = valid ? Body[..length] : default;
        return valid;
    }
}
