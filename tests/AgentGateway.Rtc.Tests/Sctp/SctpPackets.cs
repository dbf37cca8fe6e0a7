using System.Buffers.Binary;
using AgentGateway.Rtc.Wire.Sctp;

namespace AgentGateway.Rtc.Tests.Sctp;

/// <summary>Makes packets by hand.</summary>
internal static class SctpPackets
{
    /// <summary>Writes the right checksum into a packet.</summary>
    public static byte[] Seal(byte[] packet)
    {
        if (packet.Length >= 12)
            BinaryPrimitives.WriteUInt32LittleEndian(packet.AsSpan(8), Crc32C.ComputePacket(packet));
        return packet;
    }

    /// <summary>A packet with the header of another one and the given chunks.</summary>
    public static byte[] WithChunks(byte[] like, params byte[][] chunks)
    {
        List<byte> packet = [.. like[..12]];
        foreach (byte[] chunk in chunks)
        {
            packet.AddRange(chunk);
            while (packet.Count % 4 != 0)
                packet.Add(0);
        }

        return Seal([.. packet]);
    }

    /// <summary>A chunk with the right length field.</summary>
    public static byte[] Chunk(byte type, byte flags, params byte[] value)
    {
        byte[] chunk = new byte[4 + value.Length];
        chunk[0] = type;
        chunk[1] = flags;
        BinaryPrimitives.WriteUInt16BigEndian(chunk.AsSpan(2), (ushort)chunk.Length);
        value.CopyTo(chunk, 4);
        return chunk;
    }

    /// <summary>A DATA chunk.</summary>
    public static byte[] Data(uint tsn, ushort stream, ushort sequence, uint protocol, byte flags, params byte[] payload)
    {
        byte[] value = new byte[12 + payload.Length];
        BinaryPrimitives.WriteUInt32BigEndian(value, tsn);
        BinaryPrimitives.WriteUInt16BigEndian(value.AsSpan(4), stream);
        BinaryPrimitives.WriteUInt16BigEndian(value.AsSpan(6), sequence);
        BinaryPrimitives.WriteUInt32BigEndian(value.AsSpan(8), protocol);
        payload.CopyTo(value, 12);
        return Chunk(0, flags, value);
    }

    /// <summary>A packet with one SACK.</summary>
    public static byte[] Sack(byte[] like, uint cumulative, uint window, params (ushort Start, ushort End)[] blocks)
    {
        byte[] value = new byte[12 + (blocks.Length * 4)];
        SackChunk.Write(value, cumulative, window, blocks, []);
        return WithChunks(like, Chunk(3, 0, value));
    }

    /// <summary>The TSN that an end will use next; before its first DATA the one announced in its INIT or INIT ACK.</summary>
    public static uint NextTsn(End end)
    {
        uint[] tsns = [.. end.Sent.SelectMany(p => p.Tsns)];
        if (tsns.Length > 0)
            return tsns.Aggregate((a, b) => (int)(b - a) > 0 ? b : a) + 1;
        byte[] init = end.Sent.SelectMany(p => p.ChunksOf(1).Concat(p.ChunksOf(2))).Last();
        return BinaryPrimitives.ReadUInt32BigEndian(init.AsSpan(16));
    }
}
