using System.Buffers.Binary;
using System.Text;

namespace AgentGateway.Rtc.Wire.Mdns;

/// <summary>Writes a question for the addresses of one name (RFC 6762 section 5.1).</summary>
public static class MdnsQuery
{
    /// <summary>The largest query, in bytes.</summary>
    public const int MaxSize = MdnsWire.HeaderSize + (2 * (MdnsName.MaxLength + 2 + 4));

    // The top bit of the class asks for an answer to us alone (RFC 6762 section 5.4).
    private const ushort UnicastInternet = 0x8000 | MdnsWire.Internet;

    /// <summary>Asks for the IPv4 and the IPv6 address of a name.</summary>
    /// <param name="buffer">At least <see cref="MaxSize"/> bytes.</param>
    /// <param name="id">Answers to a port of our own repeat it (RFC 6762 section 6.7).</param>
    /// <param name="name">One that passes <see cref="MdnsName.IsValid"/>.</param>
    /// <returns>Bytes written.</returns>
    /// <exception cref="ArgumentException">The name is no such name.</exception>
    public static int Write(Span<byte> buffer, ushort id, string name)
    {
        if (!MdnsName.IsValid(name))
            throw new ArgumentException("The name is not one label before .local.", nameof(name));
        buffer[..MdnsWire.HeaderSize].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(buffer, id);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[4..], 2);
        int at = MdnsWire.HeaderSize;
        at = WriteQuestion(buffer, at, name, MdnsWire.TypeA);
        return WriteQuestion(buffer, at, name, MdnsWire.TypeAaaa);
    }

    private static int WriteQuestion(Span<byte> buffer, int at, string name, ushort type)
    {
        foreach (Range part in name.AsSpan().Split('.'))
        {
            ReadOnlySpan<char> label = name.AsSpan(part);
            buffer[at++] = (byte)label.Length;
            at += Encoding.ASCII.GetBytes(label, buffer[at..]);
        }

        buffer[at++] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(buffer[at..], type);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[(at + 2)..], UnicastInternet);
        return at + 4;
    }
}
