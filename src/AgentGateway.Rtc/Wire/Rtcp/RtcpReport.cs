using System.Buffers.Binary;

namespace AgentGateway.Rtc.Wire.Rtcp;

/// <summary>A view of a sender or receiver report (RFC 3550 section 6.4).</summary>
public readonly ref struct RtcpReport
{
    private const int SenderInfoLength = 20;

    private readonly ReadOnlySpan<byte> _blocks;

    private RtcpReport(uint ssrc, bool isSender, ReadOnlySpan<byte> info, ReadOnlySpan<byte> blocks)
    {
        Ssrc = ssrc;
        IsSender = isSender;
        _blocks = blocks;
        if (!isSender)
            return;
        NtpTimestamp = new NtpTimestamp(BinaryPrimitives.ReadUInt64BigEndian(info));
        RtpTimestamp = BinaryPrimitives.ReadUInt32BigEndian(info[8..]);
        PacketCount = BinaryPrimitives.ReadUInt32BigEndian(info[12..]);
        OctetCount = BinaryPrimitives.ReadUInt32BigEndian(info[16..]);
    }

    /// <summary>Who reports.</summary>
    public uint Ssrc { get; }

    /// <summary>Whether this is an SR; otherwise the four sender fields are zero.</summary>
    public bool IsSender { get; }

    /// <summary>When the report was sent, by the sender's wall clock.</summary>
    public NtpTimestamp NtpTimestamp { get; }

    /// <summary>The same moment on the media clock.</summary>
    public uint RtpTimestamp { get; }

    /// <summary>Packets sent since the start, modulo 2^32.</summary>
    public uint PacketCount { get; }

    /// <summary>Payload bytes sent since the start, modulo 2^32.</summary>
    public uint OctetCount { get; }

    /// <summary>0..31.</summary>
    public int BlockCount => _blocks.Length / RtcpReportBlock.Length;

    /// <summary>One report block.</summary>
    public RtcpReportBlock Block(int index) => RtcpReportBlock.Read(_blocks.Slice(index * RtcpReportBlock.Length, RtcpReportBlock.Length));

    /// <summary>Reads an SR or RR; profile-specific extensions behind the blocks are skipped.</summary>
    public static bool TryRead(scoped in RtcpPacket packet, out RtcpReport report)
    {
        report = default;
        bool isSender = packet.Type == RtcpPacketType.SenderReport;
        if (!isSender && packet.Type != RtcpPacketType.ReceiverReport)
            return false;
        int fixedLength = sizeof(uint) + (isSender ? SenderInfoLength : 0);
        int blocksLength = packet.Count * RtcpReportBlock.Length;
        if (packet.Body.Length < fixedLength + blocksLength)
            return false;
        report = new RtcpReport(
            BinaryPrimitives.ReadUInt32BigEndian(packet.Body),
            isSender,
            packet.Body[sizeof(uint)..fixedLength],
            packet.Body.Slice(fixedLength, blocksLength));
        return true;
    }
}
