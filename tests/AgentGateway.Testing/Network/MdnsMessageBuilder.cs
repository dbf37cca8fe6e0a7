using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace AgentGateway.Testing.Network;

/// <summary>Builds multicast DNS responses with address records, good and bad.</summary>
public sealed class MdnsMessageBuilder(ushort id)
{
    private readonly List<byte> _records = [];
    private ushort _count;

    public MdnsMessageBuilder Add(string name, string address, uint seconds = 120, ushort recordClass = 0x8001)
    {
        byte[] bytes = IPAddress.Parse(address).GetAddressBytes();
        foreach (string label in name.Split('.'))
        {
            _records.Add((byte)label.Length);
            _records.AddRange(Encoding.ASCII.GetBytes(label));
        }

        _records.Add(0);
        Span<byte> fixedPart = stackalloc byte[10];
        BinaryPrimitives.WriteUInt16BigEndian(fixedPart, (ushort)(bytes.Length == 4 ? 1 : 28));
        BinaryPrimitives.WriteUInt16BigEndian(fixedPart[2..], recordClass);
        BinaryPrimitives.WriteUInt32BigEndian(fixedPart[4..], seconds);
        BinaryPrimitives.WriteUInt16BigEndian(fixedPart[8..], (ushort)bytes.Length);
        _records.AddRange(fixedPart);
        _records.AddRange(bytes);
        _count++;
        return this;
    }

    public byte[] Build()
    {
        byte[] header = new byte[12];
        BinaryPrimitives.WriteUInt16BigEndian(header, id);
        header[2] = 0x84;
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(6), _count);
        return [.. header, .. _records];
    }
}
