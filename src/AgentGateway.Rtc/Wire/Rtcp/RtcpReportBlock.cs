using System.Buffers.Binary;

namespace AgentGateway.Rtc.Wire.Rtcp;

/// <summary>What a receiver says about one stream (RFC 3550 section 6.4.1).</summary>
/// <param name="Ssrc">The stream.</param>
/// <param name="FractionLost">Lost since the last report, in 1/256.</param>
/// <param name="CumulativeLost">Lost since the start, -8388608..8388607; negative when duplicates outweigh losses.</param>
/// <param name="HighestSequence">Cycles in the upper 16 bits, sequence number in the lower.</param>
/// <param name="Jitter">In units of the RTP clock.</param>
/// <param name="LastSenderReport">The middle 32 bits of the NTP time of the last SR received; 0 when none was.</param>
/// <param name="DelaySinceLastSenderReport">In 1/65536 s.</param>
public readonly record struct RtcpReportBlock(
    uint Ssrc,
    byte FractionLost,
    int CumulativeLost,
    uint HighestSequence,
    uint Jitter,
    uint LastSenderReport,
    uint DelaySinceLastSenderReport)
{
    /// <summary>Bytes on the wire.</summary>
    public const int Length = 24;

    /// <summary>The largest value of <see cref="CumulativeLost"/>.</summary>
    public const int MaxCumulativeLost = 0x7F_FFFF;

    /// <summary>The smallest value of <see cref="CumulativeLost"/>.</summary>
    public const int MinCumulativeLost = -0x80_0000;

    internal static RtcpReportBlock Read(ReadOnlySpan<byte> block)
    {
        uint loss = BinaryPrimitives.ReadUInt32BigEndian(block[4..]);
        return new RtcpReportBlock(
            BinaryPrimitives.ReadUInt32BigEndian(block),
            (byte)(loss >> 24),
            (int)(loss << 8) >> 8,
            BinaryPrimitives.ReadUInt32BigEndian(block[8..]),
            BinaryPrimitives.ReadUInt32BigEndian(block[12..]),
            BinaryPrimitives.ReadUInt32BigEndian(block[16..]),
            BinaryPrimitives.ReadUInt32BigEndian(block[20..]));
    }

    internal void Write(Span<byte> block)
    {
        int lost = Math.Clamp(CumulativeLost, MinCumulativeLost, MaxCumulativeLost);
        BinaryPrimitives.WriteUInt32BigEndian(block, Ssrc);
        BinaryPrimitives.WriteUInt32BigEndian(block[4..], ((uint)FractionLost << 24) | ((uint)lost & 0xFF_FFFF));
        BinaryPrimitives.WriteUInt32BigEndian(block[8..], HighestSequence);
        BinaryPrimitives.WriteUInt32BigEndian(block[12..], Jitter);
        BinaryPrimitives.WriteUInt32BigEndian(block[16..], LastSenderReport);
        BinaryPrimitives.WriteUInt32BigEndian(block[20..], DelaySinceLastSenderReport);
    }
}
