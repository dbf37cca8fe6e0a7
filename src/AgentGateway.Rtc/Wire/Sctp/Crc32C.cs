using System.Buffers.Binary;
using System.Numerics;

namespace AgentGateway.Rtc.Wire.Sctp;

/// <summary>CRC32C (Castagnoli) as SCTP uses it: RFC 9260 section 6.8 and appendix A.</summary>
internal static class Crc32C
{
    /// <summary>The checksum of a buffer.</summary>
    public static uint Compute(ReadOnlySpan<byte> data) => ~Append(uint.MaxValue, data);

    /// <summary>The checksum of a packet as if its checksum field (bytes 8..11) were zero.</summary>
    public static uint ComputePacket(ReadOnlySpan<byte> packet)
    {
        uint crc = Append(uint.MaxValue, packet[..SctpHeader.ChecksumOffset]);
        crc = BitOperations.Crc32C(crc, 0u);
        return ~Append(crc, packet[SctpHeader.Size..]);
    }

    private static uint Append(uint crc, ReadOnlySpan<byte> data)
    {
        while (data.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(data));
            data = data[sizeof(ulong)..];
        }

        foreach (byte value in data)
            crc = BitOperations.Crc32C(crc, value);
        return crc;
    }
}
