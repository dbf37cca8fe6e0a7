using System.Buffers.Binary;

namespace AgentGateway.Rtc.Wire.Sctp;

/// <summary>Walks the chunks behind a common header (RFC 9260 section 3.2).</summary>
internal ref struct SctpChunkReader(ReadOnlySpan<byte> chunks)
{
    private ReadOnlySpan<byte> _rest = chunks;

    /// <summary>Whether every chunk's length is at least 4 and lies within the packet, and there is at least one.</summary>
    public static bool IsWellFormed(ReadOnlySpan<byte> chunks)
    {
        SctpChunkReader reader = new(chunks);
        int count = 0;
        while (reader.TryRead(out _))
            count++;
        return count > 0 && reader._rest.IsEmpty;
    }

    /// <summary>Takes the next chunk; false at the end or at one whose length cannot be.</summary>
    public bool TryRead(out SctpChunk chunk)
    {
        if (_rest.Length >= SctpChunk.HeaderSize)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(_rest[2..]);
            if (length >= SctpChunk.HeaderSize && length <= _rest.Length)
            {
                chunk = new SctpChunk(_rest[..length]);
                // Some senders leave out the padding of the last chunk.
                _rest = _rest[Math.Min((length + 3) & ~3, _rest.Length)..];
                return true;
            }
        }

        chunk = default;
        return false;
    }
}
