using System.Buffers.Binary;

namespace AgentGateway.Rtc.Wire.Rtcp;

/// <summary>A view of an extended report (RFC 3611): the two blocks that measure a round trip to who does not send.</summary>
public readonly ref struct RtcpExtendedReport
{
    /// <summary>The block type of a receiver reference time (section 4.4).</summary>
    public const byte ReferenceTimeBlock = 4;

    /// <summary>The block type of delays since the last such (section 4.5).</summary>
    public const byte DelayBlock = 5;

    internal const int BlockHeaderLength = 4;
    internal const int DelayEntryLength = 12;

    private readonly ReadOnlySpan<byte> _blocks;

    private RtcpExtendedReport(uint ssrc, ReadOnlySpan<byte> blocks)
    {
        Ssrc = ssrc;
        _blocks = blocks;
    }

    /// <summary>Who reports.</summary>
    public uint Ssrc { get; }

    /// <summary>Reads the fixed part; false when it is no XR or a block's length does not fit.</summary>
    public static bool TryRead(scoped in RtcpPacket packet, out RtcpExtendedReport report)
    {
        report = default;
        if (packet.Type != RtcpPacketType.ExtendedReport || packet.Body.Length < sizeof(uint))
            return false;
        ReadOnlySpan<byte> rest = packet.Body[sizeof(uint)..];
        while (!rest.IsEmpty)
        {
            if (!TryReadBlock(ref rest, out _, out _))
                return false;
        }

        report = new RtcpExtendedReport(BinaryPrimitives.ReadUInt32BigEndian(packet.Body), packet.Body[sizeof(uint)..]);
        return true;
    }

    /// <summary>The reference time that the far end wants back, if it sent one.</summary>
    public bool TryGetReferenceTime(out NtpTimestamp time)
    {
        ReadOnlySpan<byte> rest = _blocks;
        while (TryReadBlock(ref rest, out byte type, out ReadOnlySpan<byte> content))
        {
            if (type != ReferenceTimeBlock || content.Length < sizeof(ulong))
                continue;
            time = new NtpTimestamp(BinaryPrimitives.ReadUInt64BigEndian(content));
            return true;
        }

        time = default;
        return false;
    }

    /// <summary>What came back of our own reference time.</summary>
    /// <param name="ssrc">Who we are.</param>
    /// <param name="lastReferenceTime">The middle 32 bits of the NTP time we sent; 0 when none arrived there.</param>
    /// <param name="delay">How long ago it arrived, in 1/65536 s.</param>
    public bool TryGetDelay(uint ssrc, out uint lastReferenceTime, out uint delay)
    {
        ReadOnlySpan<byte> rest = _blocks;
        while (TryReadBlock(ref rest, out byte type, out ReadOnlySpan<byte> content))
        {
            for (; type == DelayBlock && content.Length >= DelayEntryLength; content = content[DelayEntryLength..])
            {
                if (BinaryPrimitives.ReadUInt32BigEndian(content) != ssrc)
                    continue;
                lastReferenceTime = BinaryPrimitives.ReadUInt32BigEndian(content[4..]);
                delay = BinaryPrimitives.ReadUInt32BigEndian(content[8..]);
                return true;
            }
        }

        lastReferenceTime = 0;
        delay = 0;
        return false;
    }

    private static bool TryReadBlock(ref ReadOnlySpan<byte> rest, out byte type, out ReadOnlySpan<byte> content)
    {
        type = 0;
        content = default;
        if (rest.Length < BlockHeaderLength)
            return false;
        int length = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]) * sizeof(uint);
        if (BlockHeaderLength + length > rest.Length)
            return false;
        type = rest[0];
        content = rest.Slice(BlockHeaderLength, length);
        rest = rest[(BlockHeaderLength + length)..];
        return true;
    }
}
