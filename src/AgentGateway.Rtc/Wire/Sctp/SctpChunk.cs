using System.Buffers.Binary;

namespace AgentGateway.Rtc.Wire.Sctp;

/// <summary>One chunk of a packet; valid as long as the packet.</summary>
internal readonly ref struct SctpChunk(ReadOnlySpan<byte> raw)
{
    public const int HeaderSize = 4;

    /// <summary>Header and value, without padding.</summary>
    public ReadOnlySpan<byte> Raw { get; } = raw;

    public SctpChunkType Type => (SctpChunkType)Raw[0];

    public byte Flags => Raw[1];

    public ReadOnlySpan<byte> Value => Raw[HeaderSize..];

    /// <summary>Writes a chunk header; the length includes it.</summary>
    public static void WriteHeader(Span<byte> destination, SctpChunkType type, byte flags, int length)
    {
        destination[0] = (byte)type;
        destination[1] = flags;
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)length);
    }
}
