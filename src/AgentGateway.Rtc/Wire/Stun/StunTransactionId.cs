using System.Buffers.Binary;
using AgentGateway.Primitives;

namespace AgentGateway.Rtc.Wire.Stun;

/// <summary>The 96-bit transaction id that ties a response to its request (RFC 8489 section 5).</summary>
/// <param name="High">The first 4 bytes in network order.</param>
/// <param name="Low">The last 8 bytes in network order.</param>
public readonly record struct StunTransactionId(uint High, ulong Low)
{
    /// <summary>Bytes on the wire.</summary>
    public const int Size = 12;

    /// <summary>Draws a new id.</summary>
    public static StunTransactionId Create(IRandomSource random) => new(random.NextUInt32(), random.NextUInt64());

    /// <summary>Reads the first 12 bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The span is shorter.</exception>
    public static StunTransactionId Read(ReadOnlySpan<byte> source) =>
        new(BinaryPrimitives.ReadUInt32BigEndian(source), BinaryPrimitives.ReadUInt64BigEndian(source[4..]));

    /// <summary>Writes 12 bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The span is shorter.</exception>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination, High);
        BinaryPrimitives.WriteUInt64BigEndian(destination[4..], Low);
    }
}
