using System.Buffers.Binary;

namespace AgentGateway.Rtc.Wire.Sctp;

/// <summary>Writes type-length-value parameters or error causes into a buffer that the caller made large enough.</summary>
internal ref struct SctpParameterWriter(Span<byte> buffer)
{
    private const int HeaderSize = 4;

    private readonly Span<byte> _buffer = buffer;

    /// <summary>Bytes written, padding of the last parameter included.</summary>
    public int Length { get; private set; }

    public readonly int Remaining => _buffer.Length - Length;

    public readonly ReadOnlySpan<byte> Written => _buffer[..Length];

    /// <summary>Adds a parameter and returns its value's bytes, zeroed, to be filled.</summary>
    public Span<byte> Add(ushort type, int valueLength)
    {
        int padded = (HeaderSize + valueLength + 3) & ~3;
        Span<byte> parameter = _buffer.Slice(Length, padded);
        parameter.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(parameter, type);
        BinaryPrimitives.WriteUInt16BigEndian(parameter[2..], (ushort)(HeaderSize + valueLength));
        Length += padded;
        return parameter.Slice(HeaderSize, valueLength);
    }

    public Span<byte> Add(SctpParameterType type, int valueLength) => Add((ushort)type, valueLength);

    public Span<byte> Add(SctpErrorCause cause, int valueLength) => Add((ushort)cause, valueLength);
}
