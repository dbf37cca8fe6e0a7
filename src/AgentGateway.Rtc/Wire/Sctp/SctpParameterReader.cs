using System.Buffers.Binary;

namespace AgentGateway.Rtc.Wire.Sctp;

/// <summary>Walks type-length-value parameters or error causes (RFC 9260 section 3.2.1).</summary>
internal ref struct SctpParameterReader(ReadOnlySpan<byte> parameters)
{
    private const int HeaderSize = 4;

    private ReadOnlySpan<byte> _rest = parameters;

    /// <summary>Whether everything was read; false after a length that cannot be.</summary>
    public readonly bool AtEnd => _rest.IsEmpty;

    /// <summary>Takes the next parameter: its type, its value, and both with the header but without padding.</summary>
    public bool TryRead(out ushort type, out ReadOnlySpan<byte> value, out ReadOnlySpan<byte> raw)
    {
        if (_rest.Length >= HeaderSize)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(_rest[2..]);
            if (length >= HeaderSize && length <= _rest.Length)
            {
                type = BinaryPrimitives.ReadUInt16BigEndian(_rest);
                raw = _rest[..length];
                value = raw[HeaderSize..];
                _rest = _rest[Math.Min((length + 3) & ~3, _rest.Length)..];
                return true;
            }
        }

        type = 0;
        value = default;
        raw = default;
        return false;
    }
}
