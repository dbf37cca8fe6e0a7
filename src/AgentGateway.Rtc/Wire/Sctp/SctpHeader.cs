using System.Buffers.Binary;

namespace AgentGateway.Rtc.Wire.Sctp;

/// <summary>The common header (RFC 9260 section 3.1).</summary>
internal readonly record struct SctpHeader(ushort SourcePort, ushort DestinationPort, uint VerificationTag, uint Checksum)
{
    public const int Size = 12;
    public const int ChecksumOffset = 8;

    public static bool TryParse(ReadOnlySpan<byte> packet, out SctpHeader header)
    {
        if (packet.Length < Size)
        {
            header = default;
            return false;
        }

        header = new SctpHeader(
            BinaryPrimitives.ReadUInt16BigEndian(packet),
            BinaryPrimitives.ReadUInt16BigEndian(packet[2..]),
            BinaryPrimitives.ReadUInt32BigEndian(packet[4..]),
            // The CRC is transmitted in reflected order, so that it reads as little-endian.
            BinaryPrimitives.ReadUInt32LittleEndian(packet[ChecksumOffset..]));
        return true;
    }
}
