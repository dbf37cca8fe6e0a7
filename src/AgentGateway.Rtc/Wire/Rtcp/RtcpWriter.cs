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

    /// <summary>Appends a generic NACK (RFC 4585 section 6.2.1).</summary>
    /// <param name="sender">Who asks.</param>
    /// <param name="media">The stream.</param>
    /// <param name="lost">At least one sequence number, ascending modulo 2^16.</param>
    public bool TryAddNack(uint sender, uint media, scoped ReadOnlySpan<ushort> lost)
    {
        int entries = 0;
        for (int i = 0; i < lost.Length; entries++)
            i = EndOfNackEntry(lost, i, out _);
        if (entries == 0 || !TryBegin(RtcpPacketType.TransportFeedback, 1, 8 + (entries * sizeof(uint)), out Span<byte> body))
            return false;
        BinaryPrimitives.WriteUInt32BigEndian(body, sender);
        BinaryPrimitives.WriteUInt32BigEndian(body[4..], media);
        body = body[8..];
        for (int i = 0; i < lost.Length; body = body[sizeof(uint)..])
        {
            BinaryPrimitives.WriteUInt16BigEndian(body, lost[i]);
            i = EndOfNackEntry(lost, i, out ushort mask);
            BinaryPrimitives.WriteUInt16BigEndian(body[2..], mask);
        }

        return true;
    }

    /// <summary>Appends an XR with a receiver reference time (RFC 3611 section 4.4).</summary>
    public bool TryAddReferenceTime(uint ssrc, NtpTimestamp now)
    {
        if (!TryBegin(RtcpPacketType.ExtendedReport, 0, 16, out Span<byte> body))
            return false;
        BinaryPrimitives.WriteUInt32BigEndian(body, ssrc);
        BinaryPrimitives.WriteUInt32BigEndian(body[4..], ((uint)RtcpExtendedReport.ReferenceTimeBlock << 24) | 2);
        BinaryPrimitives.WriteUInt64BigEndian(body[8..], now.Value);
        return true;
    }

    /// <summary>Appends an XR that answers a receiver reference time (RFC 3611 section 4.5).</summary>
    /// <param name="ssrc">Who reports.</param>
    /// <param name="source">Who sent the reference time.</param>
    /// <param name="lastReferenceTime">The middle 32 bits of it.</param>
    /// <param name="delay">How long ago it came, in 1/65536 s.</param>
    public bool TryAddDelay(uint ssrc, uint source, uint lastReferenceTime, uint delay)
    {
        if (!TryBegin(RtcpPacketType.ExtendedReport, 0, 20, out Span<byte> body))
            return false;
        BinaryPrimitives.WriteUInt32BigEndian(body, ssrc);
        BinaryPrimitives.WriteUInt32BigEndian(body[4..], ((uint)RtcpExtendedReport.DelayBlock << 24) | 3);
        BinaryPrimitives.WriteUInt32BigEndian(body[8..], source);
        BinaryPrimitives.WriteUInt32BigEndian(body[12..], lastReferenceTime);
        BinaryPrimitives.WriteUInt32BigEndian(body[16..], delay);
        return true;
    }

    /// <summary>Appends transport-wide feedback whose control information was built elsewhere; it has to be the last packet.</summary>
    /// <param name="sender">Who reports.</param>
    /// <param name="media">A stream of the far end, or 0.</param>
    /// <param name="control">The feedback control information, of any length.</param>
    public bool TryAddTransportFeedback(uint sender, uint media, scoped ReadOnlySpan<byte> control)
    {
        int padding = -control.Length & 3;
        if (!TryBegin(RtcpPacketType.TransportFeedback, 15, 8 + control.Length + padding, out Span<byte> body))
            return false;
        BinaryPrimitives.WriteUInt32BigEndian(body, sender);
        BinaryPrimitives.WriteUInt32BigEndian(body[4..], media);
        control.CopyTo(body[8..]);
        if (padding == 0)
            return true;
        body[^padding..].Clear();
        body[^1] = (byte)padding;
        _buffer[Length - body.Length - RtcpPacket.HeaderLength] |= 0x20;
        return true;
    }

    // One entry names a packet and, by bits, any of the sixteen behind it.
    private static int EndOfNackEntry(ReadOnlySpan<ushort> lost, int start, out ushort mask)
    {
        mask = 0;
        int i = start + 1;
        for (; i < lost.Length && (ushort)(lost[i] - lost[start]) is >= 1 and <= 16; i++)
            mask |= (ushort)(1 << ((ushort)(lost[i] - lost[start]) - 1));
        return i;
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
