using System.Buffers.Binary;
using AgentGateway.Rtc.Primitives;

namespace AgentGateway.Rtc.Wire.Stun;

/// <summary>
/// Writes one STUN message into the caller's buffer, attribute by attribute, without allocating. When the buffer is too
/// small nothing more is written and <see cref="Overflowed"/> becomes true. Order: attributes, then
/// <see cref="AddIntegrity"/>, then <see cref="AddFingerprint"/>.
/// </summary>
public ref struct StunWriter
{
    private readonly Span<byte> _buffer;

    /// <summary>Begins a message with an empty body.</summary>
    public StunWriter(Span<byte> buffer, StunClass messageClass, StunMethod method, StunTransactionId transactionId)
    {
        _buffer = buffer;
        if (buffer.Length < StunWire.HeaderSize)
        {
            Overflowed = true;
            return;
        }

        int c = (int)messageClass;
        int m = (int)method;
        int type = (m & 0xF) | ((c & 1) << 4) | ((m & 0x70) << 1) | ((c & 2) << 7) | ((m & 0xF80) << 2);
        BinaryPrimitives.WriteUInt16BigEndian(buffer, (ushort)type);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[4..], StunWire.MagicCookie);
        transactionId.Write(buffer[8..]);
        Length = StunWire.HeaderSize;
        WriteLength();
    }

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    /// <summary>Whether something did not fit; the message must not be sent.</summary>
    public bool Overflowed { get; private set; }

    /// <summary>Adds any attribute, padded with zeros.</summary>
    public void AddAttribute(StunAttributeType type, scoped ReadOnlySpan<byte> value)
    {
        Span<byte> reserved = Reserve(type, value.Length);
        if (!reserved.IsEmpty)
            value.CopyTo(reserved);
    }

    /// <summary>An attribute of 32 bits, such as LIFETIME.</summary>
    public void AddNumber(StunAttributeType type, uint value) => AddUInt32(type, value);

    /// <summary>
    /// An attribute whose value the caller has put in place already, <see cref="Length"/> + 4 bytes behind the start of the buffer: so
    /// relayed data is not copied twice.
    /// </summary>
    public void AddInPlace(StunAttributeType type, int length) => Reserve(type, length);

    /// <summary>USERNAME as "first:second".</summary>
    public void AddUserName(scoped ReadOnlySpan<byte> first, scoped ReadOnlySpan<byte> second)
    {
        Span<byte> value = Reserve(StunAttributeType.UserName, first.Length + 1 + second.Length);
        if (value.IsEmpty)
            return;
        first.CopyTo(value);
        value[first.Length] = (byte)':';
        second.CopyTo(value[(first.Length + 1)..]);
    }

    /// <summary>PRIORITY.</summary>
    public void AddPriority(uint priority) => AddUInt32(StunAttributeType.Priority, priority);

    /// <summary>USE-CANDIDATE.</summary>
    public void AddUseCandidate() => Reserve(StunAttributeType.UseCandidate, 0);

    /// <summary>ICE-CONTROLLING with its tie-breaker.</summary>
    public void AddIceControlling(ulong tieBreaker) => AddUInt64(StunAttributeType.IceControlling, tieBreaker);

    /// <summary>ICE-CONTROLLED with its tie-breaker.</summary>
    public void AddIceControlled(ulong tieBreaker) => AddUInt64(StunAttributeType.IceControlled, tieBreaker);

    /// <summary>XOR-MAPPED-ADDRESS.</summary>
    public void AddXorMappedAddress(scoped in TransportAddress address) => AddXorAddress(StunAttributeType.XorMappedAddress, address);

    /// <summary>An attribute in the form of XOR-MAPPED-ADDRESS, such as XOR-PEER-ADDRESS of TURN.</summary>
    public void AddXorAddress(StunAttributeType type, scoped in TransportAddress address)
    {
        Span<byte> ip = stackalloc byte[16];
        ip = ip[..address.WriteAddress(ip)];
        Span<byte> value = Reserve(type, 4 + ip.Length);
        if (value.IsEmpty)
            return;
        value[0] = 0;
        value[1] = (byte)(ip.Length == 4 ? 1 : 2);
        BinaryPrimitives.WriteUInt16BigEndian(value[2..], (ushort)(address.Port ^ (StunWire.MagicCookie >> 16)));
        for (int i = 0; i < ip.Length; i++)
            value[4 + i] = (byte)(ip[i] ^ _buffer[4 + i]);
    }

    /// <summary>ERROR-CODE.</summary>
    /// <param name="code">300..699.</param>
    /// <param name="reason">UTF-8, for humans.</param>
    public void AddErrorCode(int code, scoped ReadOnlySpan<byte> reason)
    {
        Span<byte> value = Reserve(StunAttributeType.ErrorCode, 4 + reason.Length);
        if (value.IsEmpty)
            return;
        value[0] = 0;
        value[1] = 0;
        value[2] = (byte)(code / 100);
        value[3] = (byte)(code % 100);
        reason.CopyTo(value[4..]);
    }

    /// <summary>UNKNOWN-ATTRIBUTES.</summary>
    public void AddUnknownAttributes(scoped ReadOnlySpan<ushort> types)
    {
        Span<byte> value = Reserve(StunAttributeType.UnknownAttributes, types.Length * 2);
        for (int i = 0; i < types.Length && !value.IsEmpty; i++)
            BinaryPrimitives.WriteUInt16BigEndian(value[(i * 2)..], types[i]);
    }

    /// <summary>MESSAGE-INTEGRITY over everything so far.</summary>
    /// <param name="key">The short-term password in UTF-8, or the long-term key.</param>
    public void AddIntegrity(scoped ReadOnlySpan<byte> key)
    {
        int offset = Length;
        if (offset > StunWire.MaxAuthenticatedSize)
        {
            Overflowed = true;
            return;
        }

        Span<byte> value = Reserve(StunAttributeType.MessageIntegrity, StunWire.IntegritySize);
        if (!value.IsEmpty)
            StunWire.ComputeIntegrity(_buffer, offset, key, value);
    }

    /// <summary>FINGERPRINT; must be the last one.</summary>
    public void AddFingerprint()
    {
        int offset = Length;
        Span<byte> value = Reserve(StunAttributeType.Fingerprint, StunWire.FingerprintSize);
        if (!value.IsEmpty)
            BinaryPrimitives.WriteUInt32BigEndian(value, StunWire.ComputeFingerprint(_buffer, offset));
    }

    private void AddUInt32(StunAttributeType type, uint number)
    {
        Span<byte> value = Reserve(type, 4);
        if (!value.IsEmpty)
            BinaryPrimitives.WriteUInt32BigEndian(value, number);
    }

    private void AddUInt64(StunAttributeType type, ulong number)
    {
        Span<byte> value = Reserve(type, 8);
        if (!value.IsEmpty)
            BinaryPrimitives.WriteUInt64BigEndian(value, number);
    }

    /// <summary>Writes the attribute header, zeroes the padding, updates the message length; empty when it does not fit.</summary>
    private Span<byte> Reserve(StunAttributeType type, int length)
    {
        int padded = StunWire.Pad(length);
        if (Overflowed || _buffer.Length - Length < StunWire.AttributeHeaderSize + padded)
        {
            Overflowed = true;
            return default;
        }

        Span<byte> attribute = _buffer[Length..];
        BinaryPrimitives.WriteUInt16BigEndian(attribute, (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(attribute[2..], (ushort)length);
        Span<byte> value = attribute.Slice(StunWire.AttributeHeaderSize, padded);
        value[length..].Clear();
        Length += StunWire.AttributeHeaderSize + padded;
        WriteLength();
        return value[..length];
    }

    private readonly void WriteLength() => BinaryPrimitives.WriteUInt16BigEndian(_buffer[2..], (ushort)(Length - StunWire.HeaderSize));
}
