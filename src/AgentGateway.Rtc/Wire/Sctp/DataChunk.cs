using System.Buffers.Binary;

namespace AgentGateway.Rtc.Wire.Sctp;

/// <summary>A DATA chunk (RFC 9260 section 3.3.1).</summary>
internal readonly ref struct DataChunk
{
    /// <summary>Chunk header and fixed fields.</summary>
    public const int Overhead = 16;

    public const byte EndFlag = 1;
    public const byte BeginFlag = 2;
    public const byte UnorderedFlag = 4;
    public const byte ImmediateFlag = 8;

    private const int FixedSize = 12;

    public byte Flags { get; init; }

    public uint Tsn { get; init; }

    public ushort StreamId { get; init; }

    public ushort StreamSequence { get; init; }

    public uint PayloadProtocol { get; init; }

    public ReadOnlySpan<byte> Payload { get; init; }

    public bool IsBegin => (Flags & BeginFlag) != 0;

    public bool IsEnd => (Flags & EndFlag) != 0;

    public bool IsUnordered => (Flags & UnorderedFlag) != 0;

    /// <summary>Bytes that a chunk with a payload of this length takes in a packet.</summary>
    public static int SizeFor(int payloadLength) => Overhead + ((payloadLength + 3) & ~3);

    /// <summary>Parses the chunk; an empty payload is left to the caller to judge.</summary>
    public static bool TryParse(in SctpChunk chunk, out DataChunk data)
    {
        ReadOnlySpan<byte> value = chunk.Value;
        if (value.Length < FixedSize)
        {
            data = default;
            return false;
        }

        data = new DataChunk
        {
            Flags = chunk.Flags,
            Tsn = BinaryPrimitives.ReadUInt32BigEndian(value),
            StreamId = BinaryPrimitives.ReadUInt16BigEndian(value[4..]),
            StreamSequence = BinaryPrimitives.ReadUInt16BigEndian(value[6..]),
            PayloadProtocol = BinaryPrimitives.ReadUInt32BigEndian(value[8..]),
            Payload = value[FixedSize..],
        };
        return true;
    }

    /// <summary>Adds the chunk to a packet that has room for it.</summary>
    public void Write(ref SctpPacketWriter writer)
    {
        Span<byte> value = writer.AddChunk(SctpChunkType.Data, Flags, FixedSize + Payload.Length);
        BinaryPrimitives.WriteUInt32BigEndian(value, Tsn);
        BinaryPrimitives.WriteUInt16BigEndian(value[4..], StreamId);
        BinaryPrimitives.WriteUInt16BigEndian(value[6..], StreamSequence);
        BinaryPrimitives.WriteUInt32BigEndian(value[8..], PayloadProtocol);
        Payload.CopyTo(value[FixedSize..]);
    }
}
