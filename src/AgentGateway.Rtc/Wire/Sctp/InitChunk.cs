using System.Buffers.Binary;

namespace AgentGateway.Rtc.Wire.Sctp;

/// <summary>The value of INIT and INIT ACK (RFC 9260 sections 3.3.2 and 3.3.3).</summary>
internal readonly ref struct InitChunk
{
    public const int FixedSize = 16;

    public uint InitiateTag { get; init; }

    public uint ReceiverWindow { get; init; }

    public ushort OutboundStreams { get; init; }

    public ushort InboundStreams { get; init; }

    public uint InitialTsn { get; init; }

    public ReadOnlySpan<byte> Parameters { get; init; }

    public static bool TryParse(ReadOnlySpan<byte> value, out InitChunk init)
    {
        if (value.Length < FixedSize)
        {
            init = default;
            return false;
        }

        init = new InitChunk
        {
            InitiateTag = BinaryPrimitives.ReadUInt32BigEndian(value),
            ReceiverWindow = BinaryPrimitives.ReadUInt32BigEndian(value[4..]),
            OutboundStreams = BinaryPrimitives.ReadUInt16BigEndian(value[8..]),
            InboundStreams = BinaryPrimitives.ReadUInt16BigEndian(value[10..]),
            InitialTsn = BinaryPrimitives.ReadUInt32BigEndian(value[12..]),
            Parameters = value[FixedSize..],
        };
        return true;
    }

    /// <summary>Writes <see cref="FixedSize"/> bytes and the parameters.</summary>
    public void Write(Span<byte> value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(value, InitiateTag);
        BinaryPrimitives.WriteUInt32BigEndian(value[4..], ReceiverWindow);
        BinaryPrimitives.WriteUInt16BigEndian(value[8..], OutboundStreams);
        BinaryPrimitives.WriteUInt16BigEndian(value[10..], InboundStreams);
        BinaryPrimitives.WriteUInt32BigEndian(value[12..], InitialTsn);
        Parameters.CopyTo(value[FixedSize..]);
    }
}
