using System.Buffers.Binary;

namespace AgentGateway.Rtc.Wire.Sctp;

/// <summary>The value of SACK (RFC 9260 section 3.3.4).</summary>
internal readonly ref struct SackChunk
{
    public const int FixedSize = 12;
    public const int BlockSize = 4;

    private readonly ReadOnlySpan<byte> _blocks;

    private SackChunk(ReadOnlySpan<byte> value, int blocks)
    {
        CumulativeTsn = BinaryPrimitives.ReadUInt32BigEndian(value);
        ReceiverWindow = BinaryPrimitives.ReadUInt32BigEndian(value[4..]);
        _blocks = value.Slice(FixedSize, blocks * BlockSize);
    }

    public uint CumulativeTsn { get; }

    public uint ReceiverWindow { get; }

    public int BlockCount => _blocks.Length / BlockSize;

    public static bool TryParse(ReadOnlySpan<byte> value, out SackChunk sack)
    {
        if (value.Length >= FixedSize)
        {
            int blocks = BinaryPrimitives.ReadUInt16BigEndian(value[8..]);
            int duplicates = BinaryPrimitives.ReadUInt16BigEndian(value[10..]);
            if (value.Length >= FixedSize + ((blocks + duplicates) * BlockSize))
            {
                sack = new SackChunk(value, blocks);
                return true;
            }
        }

        sack = default;
        return false;
    }

    /// <summary>A gap ack block: offsets from the cumulative TSN, both inclusive.</summary>
    public (ushort Start, ushort End) Block(int index)
    {
        ReadOnlySpan<byte> block = _blocks.Slice(index * BlockSize, BlockSize);
        return (BinaryPrimitives.ReadUInt16BigEndian(block), BinaryPrimitives.ReadUInt16BigEndian(block[2..]));
    }

    /// <summary>Writes a whole SACK value: fixed fields, blocks, duplicates.</summary>
    public static void Write(
        Span<byte> value, uint cumulativeTsn, uint receiverWindow, ReadOnlySpan<(ushort Start, ushort End)> blocks, ReadOnlySpan<uint> duplicates)
    {
        BinaryPrimitives.WriteUInt32BigEndian(value, cumulativeTsn);
        BinaryPrimitives.WriteUInt32BigEndian(value[4..], receiverWindow);
        BinaryPrimitives.WriteUInt16BigEndian(value[8..], (ushort)blocks.Length);
        BinaryPrimitives.WriteUInt16BigEndian(value[10..], (ushort)duplicates.Length);
        value = value[FixedSize..];
        foreach ((ushort start, ushort end) in blocks)
        {
            BinaryPrimitives.WriteUInt16BigEndian(value, start);
            BinaryPrimitives.WriteUInt16BigEndian(value[2..], end);
            value = value[BlockSize..];
        }

        foreach (uint duplicate in duplicates)
        {
            BinaryPrimitives.WriteUInt32BigEndian(value, duplicate);
            value = value[BlockSize..];
        }
    }
}
