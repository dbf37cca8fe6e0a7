using System.Buffers.Binary;
using System.Text;

namespace AgentGateway.Rtc.Wire.Rtcp;

/// <summary>Appends packets to one compound datagram. Every step returns false and changes nothing when it does not fit.</summary>
public ref struct RtcpWriter
{
    private readonly Span<byte> _buffer;

    /// <summary>Starts an empty datagram.</summary>
    public RtcpWriter(Span<byte> buffer) => _buffer = buffer;

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    /// <summary>Appends an SR (RFC 3550 section 6.4.1).</summary>
    /// <param name="ssrc">Who reports.</param>
    /// <param name="ntp">Now, by the wall clock.</param>
    /// <param name="rtpTimestamp">Now, on the media clock.</param>
    /// <param name="packets">Packets sent, modulo 2^32.</param>
    /// <param name="octets">Payload bytes sent, modulo 2^32.</param>
    /// <param name="blocks">0..31 report blocks.</param>
    public bool TryAddSenderReport(
        uint ssrc, NtpTimestamp ntp, uint rtpTimestamp, uint packets, uint octets, scoped ReadOnlySpan<RtcpReportBlock> blocks)
    {
        if (!TryBegin(RtcpPacketType.SenderReport, blocks.Length, 24 + (blocks.Length * RtcpReportBlock.Length), out Span<byte> body))
            return false;
        BinaryPrimitives.WriteUInt32BigEndian(body, ssrc);
        BinaryPrimitives.WriteUInt64BigEndian(body[4..], ntp.Value);
        BinaryPrimitives.WriteUInt32BigEndian(body[12..], rtpTimestamp);
        BinaryPrimitives.WriteUInt32BigEndian(body[16..], packets);
        BinaryPrimitives.WriteUInt32BigEndian(body[20..], octets);
        WriteBlocks(body[24..], blocks);
        return true;
    }

    /// <summary>Appends an RR (RFC 3550 section 6.4.2).</summary>
    public bool TryAddReceiverReport(uint ssrc, scoped ReadOnlySpan<RtcpReportBlock> blocks)
    {
        if (!TryBegin(RtcpPacketType.ReceiverReport, blocks.Length, 4 + (blocks.Length * RtcpReportBlock.Length), out Span<byte> body))
            return false;
        BinaryPrimitives.WriteUInt32BigEndian(body, ssrc);
        WriteBlocks(body[4..], blocks);
        return true;
    }

    /// <summary>Appends an SDES with one CNAME (RFC 3550 section 6.5.1).</summary>
    /// <param name="ssrc">Whose name it is.</param>
    /// <param name="cname">At most 255 bytes in UTF-8.</param>
    public bool TryAddCname(uint ssrc, string cname)
    {
        int nameLength = Encoding.UTF8.GetByteCount(cname);
        if (nameLength > 255)
            return false;

        // At least one zero byte ends the item list; the chunk ends on a word boundary.
        int bodyLength = (4 + 2 + nameLength + 4) & ~3;
        if (!TryBegin(RtcpPacketType.SourceDescription, 1, bodyLength, out Span<byte> body))
            return false;
        body.Clear();
        BinaryPrimitives.WriteUInt32BigEndian(body, ssrc);
        body[4] = RtcpSourceDescription.CnameItem;
        body[5] = (byte)nameLength;
        Encoding.UTF8.GetBytes(cname, body[6..]);
        return true;
    }

    /// <summary>Appends a BYE for one source (RFC 3550 section 6.6).</summary>
    public bool TryAddBye(uint ssrc)
    {
        if (!TryBegin(RtcpPacketType.Bye, 1, sizeof(uint), out Span<byte> body))
            return false;
        BinaryPrimitives.WriteUInt32BigEndian(body, ssrc);
        return true;
    }

    private static void WriteBlocks(Span<byte> destination, ReadOnlySpan<RtcpReportBlock> blocks)
    {
        foreach (RtcpReportBlock block in blocks)
        {
            block.Write(destination);
            destination = destination[RtcpReportBlock.Length..];
        }
    }

    private bool TryBegin(RtcpPacketType type, int count, int bodyLength, out Span<byte> body)
    {
        body = default;
        if (count > 31 || Length + RtcpPacket.HeaderLength + bodyLength > _buffer.Length)
            return false;
        Span<byte> packet = _buffer[Length..];
        packet[0] = (byte)(0x80 | count);
        packet[1] = (byte)type;
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)(bodyLength / sizeof(uint)));
        body = packet.Slice(RtcpPacket.HeaderLength, bodyLength);
        Length += RtcpPacket.HeaderLength + bodyLength;
        return true;
    }
}
