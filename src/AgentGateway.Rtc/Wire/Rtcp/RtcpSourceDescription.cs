using System.Buffers.Binary;

namespace AgentGateway.Rtc.Wire.Rtcp;

/// <summary>Reads SDES packets (RFC 3550 section 6.5).</summary>
public static class RtcpSourceDescription
{
    /// <summary>The item type of a canonical name.</summary>
    public const byte CnameItem = 1;

    /// <summary>Finds the CNAME of one source; false when it is not there or the packet is damaged before it.</summary>
    public static bool TryReadCname(in RtcpPacket packet, uint ssrc, out ReadOnlySpan<byte> cname)
    {
        cname = default;
        if (packet.Type != RtcpPacketType.SourceDescription)
            return false;
        ReadOnlySpan<byte> rest = packet.Body;
        for (int chunk = 0; chunk < packet.Count; chunk++)
        {
            if (rest.Length < sizeof(uint))
                return false;
            uint source = BinaryPrimitives.ReadUInt32BigEndian(rest);
            int offset = sizeof(uint);
            while (true)
            {
                if (offset >= rest.Length)
                    return false;
                byte type = rest[offset];
                if (type == 0)
                    break;
                if (offset + 2 > rest.Length || offset + 2 + rest[offset + 1] > rest.Length)
                    return false;
                if (type == CnameItem && source == ssrc)
                {
                    cname = rest.Slice(offset + 2, rest[offset + 1]);
                    return true;
                }

                offset += 2 + rest[offset + 1];
            }

            // One to four zero bytes end the chunk on a word boundary.
            offset = (offset + 4) & ~3;
            if (offset > rest.Length)
                return false;
            rest = rest[offset..];
        }

        return false;
    }
}
