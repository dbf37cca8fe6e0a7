using System.Buffers.Binary;

namespace AgentGateway.Rtc.Wire.Sctp;

/// <summary>The value of the Outgoing SSN Reset Request parameter (RFC 6525 section 4.1).</summary>
internal readonly ref struct OutgoingResetRequest
{
    public const int FixedSize = 12;

    private readonly ReadOnlySpan<byte> _streams;

    private OutgoingResetRequest(ReadOnlySpan<byte> value)
    {
        RequestSequence = BinaryPrimitives.ReadUInt32BigEndian(value);
        ResponseSequence = BinaryPrimitives.ReadUInt32BigEndian(value[4..]);
        LastTsn = BinaryPrimitives.ReadUInt32BigEndian(value[8..]);
        _streams = value[FixedSize..];
    }

    public uint RequestSequence { get; }

    public uint ResponseSequence { get; }

    /// <summary>The last TSN that the sender assigned before the reset.</summary>
    public uint LastTsn { get; }

    /// <summary>How many streams are named; none means all.</summary>
    public int StreamCount => _streams.Length / sizeof(ushort);

    public static bool TryParse(ReadOnlySpan<byte> value, out OutgoingResetRequest request)
    {
        if (value.Length < FixedSize || (value.Length - FixedSize) % sizeof(ushort) != 0)
        {
            request = default;
            return false;
        }

        request = new OutgoingResetRequest(value);
        return true;
    }

    public ushort Stream(int index) => BinaryPrimitives.ReadUInt16BigEndian(_streams[(index * sizeof(ushort))..]);

    public static void Write(Span<byte> value, uint requestSequence, uint responseSequence, uint lastTsn, ReadOnlySpan<ushort> streams)
    {
        BinaryPrimitives.WriteUInt32BigEndian(value, requestSequence);
        BinaryPrimitives.WriteUInt32BigEndian(value[4..], responseSequence);
        BinaryPrimitives.WriteUInt32BigEndian(value[8..], lastTsn);
        value = value[FixedSize..];
        foreach (ushort stream in streams)
        {
            BinaryPrimitives.WriteUInt16BigEndian(value, stream);
            value = value[sizeof(ushort)..];
        }
    }
}
