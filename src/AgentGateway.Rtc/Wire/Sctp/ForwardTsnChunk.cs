using System.Buffers.Binary;

namespace AgentGateway.Rtc.Wire.Sctp;

/// <summary>The value of FORWARD TSN (RFC 3758 section 3.2).</summary>
internal readonly ref struct ForwardTsnChunk
{
    public const int FixedSize = 4;
    public const int EntrySize = 4;

    private readonly ReadOnlySpan<byte> _entries;

    private ForwardTsnChunk(ReadOnlySpan<byte> value)
    {
        NewCumulativeTsn = BinaryPrimitives.ReadUInt32BigEndian(value);
        _entries = value[FixedSize..];
    }

    public uint NewCumulativeTsn { get; }

    public int EntryCount => _entries.Length / EntrySize;

    public static bool TryParse(ReadOnlySpan<byte> value, out ForwardTsnChunk chunk)
    {
        if (value.Length < FixedSize || (value.Length - FixedSize) % EntrySize != 0)
        {
            chunk = default;
            return false;
        }

        chunk = new ForwardTsnChunk(value);
        return true;
    }

    /// <summary>A stream and the last sequence number skipped on it.</summary>
    public (ushort StreamId, ushort StreamSequence) Entry(int index)
    {
        ReadOnlySpan<byte> entry = _entries.Slice(index * EntrySize, EntrySize);
        return (BinaryPrimitives.ReadUInt16BigEndian(entry), BinaryPrimitives.ReadUInt16BigEndian(entry[2..]));
    }

    public static void Write(Span<byte> value, uint newCumulativeTsn, ReadOnlySpan<(ushort StreamId, ushort StreamSequence)> entries)
    {
        BinaryPrimitives.WriteUInt32BigEndian(value, newCumulativeTsn);
        value = value[FixedSize..];
        foreach ((ushort streamId, ushort streamSequence) in entries)
        {
            BinaryPrimitives.WriteUInt16BigEndian(value, streamId);
            BinaryPrimitives.WriteUInt16BigEndian(value[2..], streamSequence);
            value = value[EntrySize..];
        }
    }
}
