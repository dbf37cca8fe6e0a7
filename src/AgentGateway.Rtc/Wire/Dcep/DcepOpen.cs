using System.Buffers.Binary;

namespace AgentGateway.Rtc.Wire.Dcep;

/// <summary>DATA_CHANNEL_OPEN (RFC 8832 section 5.1).</summary>
internal readonly ref struct DcepOpen
{
    public const byte MessageType = 3;
    public const int FixedSize = 12;

    public DcepReliability Reliability { get; init; }

    public bool Unordered { get; init; }

    public ushort Priority { get; init; }

    /// <summary>Retransmissions, or milliseconds, or nothing: by <see cref="Reliability"/>.</summary>
    public uint ReliabilityParameter { get; init; }

    /// <summary>UTF-8.</summary>
    public ReadOnlySpan<byte> Label { get; init; }

    /// <summary>UTF-8.</summary>
    public ReadOnlySpan<byte> Protocol { get; init; }

    public int Size => FixedSize + Label.Length + Protocol.Length;

    public static bool TryParse(ReadOnlySpan<byte> message, out DcepOpen open)
    {
        open = default;
        if (message.Length < FixedSize || message[0] != MessageType)
            return false;
        byte type = message[1];
        int reliability = type & 0x7F;
        if (reliability > (int)DcepReliability.LimitedLifetime)
            return false;
        int labelLength = BinaryPrimitives.ReadUInt16BigEndian(message[8..]);
        int protocolLength = BinaryPrimitives.ReadUInt16BigEndian(message[10..]);
        if (message.Length != FixedSize + labelLength + protocolLength)
            return false;
        open = new DcepOpen
        {
            Reliability = (DcepReliability)reliability,
            Unordered = (type & 0x80) != 0,
            Priority = BinaryPrimitives.ReadUInt16BigEndian(message[2..]),
            ReliabilityParameter = BinaryPrimitives.ReadUInt32BigEndian(message[4..]),
            Label = message.Slice(FixedSize, labelLength),
            Protocol = message.Slice(FixedSize + labelLength, protocolLength),
        };
        return true;
    }

    /// <summary>Writes <see cref="Size"/> bytes.</summary>
    public void Write(Span<byte> message)
    {
        message[0] = MessageType;
        message[1] = (byte)((byte)Reliability | (Unordered ? 0x80 : 0));
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], Priority);
        BinaryPrimitives.WriteUInt32BigEndian(message[4..], ReliabilityParameter);
        BinaryPrimitives.WriteUInt16BigEndian(message[8..], (ushort)Label.Length);
        BinaryPrimitives.WriteUInt16BigEndian(message[10..], (ushort)Protocol.Length);
        Label.CopyTo(message[FixedSize..]);
        Protocol.CopyTo(message[(FixedSize + Label.Length)..]);
    }
}
