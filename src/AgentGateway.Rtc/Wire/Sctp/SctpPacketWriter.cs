using System.Buffers.Binary;

namespace AgentGateway.Rtc.Wire.Sctp;

/// <summary>Builds one packet in the caller's buffer: header, chunks with padding, checksum.</summary>
internal ref struct SctpPacketWriter
{
    private readonly Span<byte> _buffer;

    /// <param name="buffer">The room for the packet; rounded down to a multiple of 4.</param>
    /// <param name="sourcePort">Our port.</param>
    /// <param name="destinationPort">The peer's port.</param>
    /// <param name="verificationTag">The peer's tag.</param>
    public SctpPacketWriter(Span<byte> buffer, ushort sourcePort, ushort destinationPort, uint verificationTag)
    {
        _buffer = buffer[..(buffer.Length & ~3)];
        BinaryPrimitives.WriteUInt16BigEndian(_buffer, sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[2..], destinationPort);
        BinaryPrimitives.WriteUInt32BigEndian(_buffer[4..], verificationTag);
        Length = SctpHeader.Size;
    }

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    public readonly bool IsEmpty => Length == SctpHeader.Size;

    /// <summary>How large a chunk, header included, still fits.</summary>
    public readonly int Remaining => _buffer.Length - Length;

    /// <summary>Adds a chunk and returns its value's bytes to be filled; the padding is zeroed, the value is not.</summary>
    public Span<byte> AddChunk(SctpChunkType type, byte flags, int valueLength)
    {
        int length = SctpChunk.HeaderSize + valueLength;
        Span<byte> chunk = _buffer.Slice(Length, (length + 3) & ~3);
        SctpChunk.WriteHeader(chunk, type, flags, length);
        chunk[length..].Clear();
        Length += chunk.Length;
        return chunk[SctpChunk.HeaderSize..length];
    }

    /// <summary>Adds a chunk that was encoded before, header included, padding excluded.</summary>
    public void AddEncoded(ReadOnlySpan<byte> chunk) =>
        chunk[SctpChunk.HeaderSize..].CopyTo(AddChunk((SctpChunkType)chunk[0], chunk[1], chunk.Length - SctpChunk.HeaderSize));

    /// <summary>Writes the checksum, or zero where RFC 9653 allows it, and returns the packet's length.</summary>
    public readonly int Finish(bool zeroChecksum)
    {
        Span<byte> packet = _buffer[..Length];
        uint checksum = zeroChecksum ? 0 : Crc32C.ComputePacket(packet);
        BinaryPrimitives.WriteUInt32LittleEndian(packet[SctpHeader.ChecksumOffset..], checksum);
        return Length;
    }
}
