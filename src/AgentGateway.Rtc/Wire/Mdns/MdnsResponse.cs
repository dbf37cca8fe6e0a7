using System.Buffers.Binary;
using System.Text;
using AgentGateway.Rtc.Primitives;

namespace AgentGateway.Rtc.Wire.Mdns;

/// <summary>Looks for the address of one name in a response (RFC 6762 sections 6 and 18). Never throws, whatever the bytes are.</summary>
public static class MdnsResponse
{
    private const int MaxRecords = 64;
    private const int MaxJumps = 8;

    // QR set; the bits for opcode and rcode must be zero in multicast DNS.
    private const ushort ResponseMask = 0xF80F;
    private const ushort Response = 0x8000;

    /// <summary>Finds the address; an IPv4 address is preferred to an IPv6 one.</summary>
    /// <param name="message">A datagram from anybody.</param>
    /// <param name="name">The name that was asked for.</param>
    /// <param name="id">The id of the message.</param>
    /// <param name="address">The address, with port 0.</param>
    /// <param name="timeToLive">How long the sender vouches for it.</param>
    /// <returns>False when the message is malformed, is no response, or does not tell.</returns>
    public static bool TryFindAddress(ReadOnlySpan<byte> message, string name, out ushort id, out TransportAddress address, out TimeSpan timeToLive)
    {
        id = 0;
        address = default;
        timeToLive = default;
        if (message.Length < MdnsWire.HeaderSize || (BinaryPrimitives.ReadUInt16BigEndian(message[2..]) & ResponseMask) != Response)
            return false;
        id = BinaryPrimitives.ReadUInt16BigEndian(message);
        int questions = BinaryPrimitives.ReadUInt16BigEndian(message[4..]);
        int records = BinaryPrimitives.ReadUInt16BigEndian(message[6..]) + BinaryPrimitives.ReadUInt16BigEndian(message[8..])
            + BinaryPrimitives.ReadUInt16BigEndian(message[10..]);
        if (questions > MaxRecords || records > MaxRecords)
            return false;
        int at = MdnsWire.HeaderSize;
        for (int i = 0; i < questions; i++)
        {
            if (!TrySkipName(message, ref at) || (at += 4) > message.Length)
                return false;
        }

        bool found = false;
        for (int i = 0; i < records; i++)
        {
            int nameAt = at;
            if (!TrySkipName(message, ref at) || at + 10 > message.Length)
                return false;
            ushort type = BinaryPrimitives.ReadUInt16BigEndian(message[at..]);

            // The top bit tells caches to forget what they had.
            int recordClass = BinaryPrimitives.ReadUInt16BigEndian(message[(at + 2)..]) & 0x7FFF;
            uint seconds = BinaryPrimitives.ReadUInt32BigEndian(message[(at + 4)..]);
            int length = BinaryPrimitives.ReadUInt16BigEndian(message[(at + 8)..]);
            at += 10;
            if (at + length > message.Length)
                return false;
            bool isAddress = (type == MdnsWire.TypeA && length == 4) || (type == MdnsWire.TypeAaaa && length == 16 && !found);
            if (isAddress && recordClass == MdnsWire.Internet && seconds > 0 && NameEquals(message, nameAt, name))
            {
                address = TransportAddress.FromBytes(message.Slice(at, length), 0);
                timeToLive = TimeSpan.FromSeconds(Math.Min(seconds, int.MaxValue));
                found = true;
                if (type == MdnsWire.TypeA)
                    return true;
            }

            at += length;
        }

        return found;
    }

    private static bool TrySkipName(ReadOnlySpan<byte> message, ref int at)
    {
        while (at < message.Length)
        {
            byte length = message[at];
            if (length >= 0xC0)
            {
                at += 2;
                return at <= message.Length;
            }

            if (length > MdnsName.MaxLabelLength)
                return false;
            at += 1 + length;
            if (length == 0)
                return true;
        }

        return false;
    }

    private static bool NameEquals(ReadOnlySpan<byte> message, int at, string name)
    {
        ReadOnlySpan<char> rest = name;
        int jumps = 0;
        while (at < message.Length)
        {
            byte length = message[at];
            if (length >= 0xC0)
            {
                if (at + 2 > message.Length || ++jumps > MaxJumps)
                    return false;
                int target = BinaryPrimitives.ReadUInt16BigEndian(message[at..]) & 0x3FFF;

                // A pointer leads back (RFC 1035 section 4.1.4); any other may run in circles.
                if (target >= at)
                    return false;
                at = target;
                continue;
            }

            if (length == 0)
                return rest.IsEmpty;
            int dot = rest.IndexOf('.');
            ReadOnlySpan<char> label = dot < 0 ? rest : rest[..dot];
            if (length != label.Length || at + 1 + length > message.Length || !Ascii.EqualsIgnoreCase(message.Slice(at + 1, length), label))
                return false;
            rest = dot < 0 ? default : rest[(dot + 1)..];
            at += 1 + length;
        }

        return false;
    }
}
