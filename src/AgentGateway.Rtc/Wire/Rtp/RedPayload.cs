using System.Buffers.Binary;

namespace AgentGateway.Rtc.Wire.Rtp;

/// <summary>Reads and writes payloads of redundant audio data (RFC 2198). Pure; nothing is copied on reading.</summary>
public static class RedPayload
{
    /// <summary>The most blocks that are read or written, the primary included.</summary>
    public const int MaxBlocks = 4;

    /// <summary>The largest redundant block, in bytes: 10 bits of length.</summary>
    public const int MaxBlockLength = 1023;

    /// <summary>The oldest redundant block, in units of the RTP clock before the packet: 14 bits.</summary>
    public const int MaxTimestampOffset = 0x3FFF;

    private const int HeaderLength = 4;

    /// <summary>Reads the blocks, the oldest first and the primary last.</summary>
    /// <param name="payload">The payload of a RED packet.</param>
    /// <param name="blocks">At least <see cref="MaxBlocks"/> places.</param>
    /// <param name="count">1..<see cref="MaxBlocks"/>.</param>
    /// <returns>False when headers or lengths do not fit, or there are too many blocks.</returns>
    public static bool TryRead(ReadOnlySpan<byte> payload, Span<RedBlock> blocks, out int count)
    {
        count = 0;
        int offset = 0;
        while (true)
        {
            if (offset >= payload.Length || count == MaxBlocks)
                return false;
            byte first = payload[offset];
            if ((first & 0x80) == 0)
            {
                blocks[count++] = new RedBlock(first, 0, 0, 0);
                offset++;
                break;
            }

            if (offset + HeaderLength > payload.Length)
                return false;
            uint header = BinaryPrimitives.ReadUInt32BigEndian(payload[offset..]);
            blocks[count++] = new RedBlock((byte)(first & 0x7F), (int)(header >> 10) & MaxTimestampOffset, 0, (int)(header & MaxBlockLength));
            offset += HeaderLength;
        }

        for (int i = 0; i < count; i++)
        {
            int length = i == count - 1 ? payload.Length - offset : blocks[i].Length;
            if (offset + length > payload.Length)
                return false;
            blocks[i] = blocks[i] with { Start = offset, Length = length };
            offset += length;
        }

        return true;
    }

    /// <summary>Writes the header of a redundant block; those of all blocks come before the blocks themselves.</summary>
    /// <param name="destination">At least 4 bytes.</param>
    /// <param name="payloadType">0..127.</param>
    /// <param name="timestampOffset">0..<see cref="MaxTimestampOffset"/>.</param>
    /// <param name="length">0..<see cref="MaxBlockLength"/>.</param>
    /// <returns>The bytes written.</returns>
    public static int WriteHeader(Span<byte> destination, byte payloadType, int timestampOffset, int length)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination, 0x8000_0000 | ((uint)payloadType << 24) | ((uint)timestampOffset << 10) | (uint)length);
        return HeaderLength;
    }
}
