using System.Buffers.Binary;
using System.Security.Cryptography;
using AgentGateway.Rtc.Primitives;

namespace AgentGateway.Rtc.Wire.Stun;

/// <summary>
/// A parsed view over the bytes of one STUN message (RFC 8489). It copies and allocates nothing and lives as long as the
/// bytes stay unchanged. Parsing checks the structure and FINGERPRINT; MESSAGE-INTEGRITY is checked on demand, because the
/// key depends on what is inside. Of a repeated attribute the first counts; what follows MESSAGE-INTEGRITY is ignored,
/// except FINGERPRINT.
/// </summary>
public readonly ref struct StunMessage
{
    /// <summary>More attributes than this are refused; a connectivity check has about eight.</summary>
    public const int MaxAttributes = 64;

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly int _userName;
    private readonly int _xorMappedAddress;
    private readonly int _mappedAddress;
    private readonly int _errorCode;
    private readonly int _integrity;
    private readonly StunUnknownAttributes _unknown;

    private StunMessage(ReadOnlySpan<byte> bytes, scoped in Scan scan)
    {
        _bytes = bytes;
        int type = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        Class = (StunClass)(((type >> 4) & 1) | ((type >> 7) & 2));
        Method = (StunMethod)((type & 0xF) | ((type >> 1) & 0x70) | ((type >> 2) & 0xF80));
        TransactionId = StunTransactionId.Read(bytes[8..]);
        _userName = scan.UserName;
        _xorMappedAddress = scan.XorMappedAddress;
        _mappedAddress = scan.MappedAddress;
        _errorCode = scan.ErrorCode;
        _integrity = scan.Integrity;
        _unknown = scan.Unknown;
        UnknownRequiredCount = scan.UnknownCount;
        HasFingerprint = scan.HasFingerprint;
        UseCandidate = scan.UseCandidate;
        Priority = scan.Priority;
        IceControlling = scan.Controlling;
        IceControlled = scan.Controlled;
    }

    /// <summary>Request, indication or response.</summary>
    public StunClass Class { get; }

    /// <summary>The method; not necessarily one this enum names.</summary>
    public StunMethod Method { get; }

    /// <summary>Ties a response to its request.</summary>
    public StunTransactionId TransactionId { get; }

    /// <summary>Whether USERNAME is present; it may still be empty.</summary>
    public bool HasUserName => _userName != 0;

    /// <summary>The bytes of USERNAME; empty when absent.</summary>
    public ReadOnlySpan<byte> UserName => Value(_userName);

    /// <summary>PRIORITY, or null.</summary>
    public uint? Priority { get; }

    /// <summary>Whether USE-CANDIDATE is present.</summary>
    public bool UseCandidate { get; }

    /// <summary>The tie-breaker of ICE-CONTROLLING, or null.</summary>
    public ulong? IceControlling { get; }

    /// <summary>The tie-breaker of ICE-CONTROLLED, or null.</summary>
    public ulong? IceControlled { get; }

    /// <summary>Whether MESSAGE-INTEGRITY is present.</summary>
    public bool HasIntegrity => _integrity != 0;

    /// <summary>Whether FINGERPRINT is present; it was then correct.</summary>
    public bool HasFingerprint { get; }

    /// <summary>How many attributes must be understood and are not; <see cref="UnknownRequired"/> lists the first of them.</summary>
    public int UnknownRequiredCount { get; }

    /// <summary>The numbers of the first <see cref="StunUnknownAttributes.Capacity"/> unknown attributes; unused slots are 0.</summary>
    public StunUnknownAttributes UnknownRequired => _unknown;

    /// <summary>The code of ERROR-CODE (300..699), or 0.</summary>
    public int ErrorCode
    {
        get
        {
            ReadOnlySpan<byte> value = Value(_errorCode);
            return value.Length < 4 ? 0 : ((value[2] & 7) * 100) + value[3];
        }
    }

    /// <summary>Parses a whole datagram. Never throws; false and a reason for anything that is no well-formed message.</summary>
    public static bool TryParse(ReadOnlySpan<byte> datagram, out StunMessage message, out StunParseError error)
    {
        message = default;
        error = CheckHeader(datagram);
        if (error != StunParseError.None)
            return false;
        Scan scan = default;
        error = scan.Run(datagram);
        if (error != StunParseError.None)
            return false;
        message = new StunMessage(datagram, scan);
        return true;
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{byte}, out StunMessage, out StunParseError)"/>
    public static bool TryParse(ReadOnlySpan<byte> datagram, out StunMessage message) => TryParse(datagram, out message, out _);

    /// <summary>
    /// Whether MESSAGE-INTEGRITY is present and right for this key; compared in constant time.
    /// </summary>
    /// <param name="key">The short-term password in UTF-8, or the long-term key.</param>
    public bool VerifyIntegrity(ReadOnlySpan<byte> key)
    {
        if (_integrity == 0 || _integrity > StunWire.MaxAuthenticatedSize)
            return false;
        Span<byte> expected = stackalloc byte[StunWire.IntegritySize];
        StunWire.ComputeIntegrity(_bytes, _integrity, key, expected);
        return CryptographicOperations.FixedTimeEquals(expected, Value(_integrity));
    }

    /// <summary>XOR-MAPPED-ADDRESS, or MAPPED-ADDRESS of an old server.</summary>
    public bool TryGetMappedAddress(out TransportAddress address)
    {
        if (_xorMappedAddress != 0)
            return TryReadAddress(Value(_xorMappedAddress), xor: true, out address);
        return TryReadAddress(Value(_mappedAddress), xor: false, out address);
    }

    /// <summary>
    /// An address attribute: XOR-RELAYED-ADDRESS and XOR-PEER-ADDRESS of TURN, or ALTERNATE-SERVER, which stands in plain.
    /// False when it is absent or malformed.
    /// </summary>
    public bool TryGetAddress(StunAttributeType type, out TransportAddress address)
    {
        address = default;
        bool isPlain = type is StunAttributeType.AlternateServer or StunAttributeType.MappedAddress;
        return TryGetAttribute(type, out ReadOnlySpan<byte> value) && TryReadAddress(value, !isPlain, out address);
    }

    /// <summary>An attribute of 32 bits, such as LIFETIME; false when it is absent or has another length.</summary>
    public bool TryGetUInt32(StunAttributeType type, out uint value)
    {
        value = 0;
        return TryGetAttribute(type, out ReadOnlySpan<byte> bytes) && BinaryPrimitives.TryReadUInt32BigEndian(bytes, out value) && bytes.Length == 4;
    }

    /// <summary>The bytes of the first attribute of a type that stands before MESSAGE-INTEGRITY.</summary>
    public bool TryGetAttribute(StunAttributeType type, out ReadOnlySpan<byte> value)
    {
        int end = _integrity != 0 ? _integrity : _bytes.Length;
        for (int at = StunWire.HeaderSize; at < end; at += StunWire.AttributeHeaderSize + StunWire.Pad(Value(at).Length))
        {
            if (BinaryPrimitives.ReadUInt16BigEndian(_bytes[at..]) == (int)type)
            {
                value = Value(at);
                return true;
            }
        }

        value = default;
        return false;
    }

    private static StunParseError CheckHeader(ReadOnlySpan<byte> datagram)
    {
        if (datagram.Length < StunWire.HeaderSize)
            return StunParseError.TooShort;
        if ((datagram[0] & 0xC0) != 0 || BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]) != StunWire.MagicCookie)
            return StunParseError.NotStun;
        int length = BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]);
        return (length & 3) != 0 || length + StunWire.HeaderSize != datagram.Length ? StunParseError.BadLength : StunParseError.None;
    }

    private ReadOnlySpan<byte> Value(int offset) => offset == 0
        ? default
        : _bytes.Slice(offset + StunWire.AttributeHeaderSize, BinaryPrimitives.ReadUInt16BigEndian(_bytes[(offset + 2)..]));

    private bool TryReadAddress(ReadOnlySpan<byte> value, bool xor, out TransportAddress address)
    {
        address = default;
        if (value.Length < 4)
            return false;
        int size = value[1] switch { 1 => 4, 2 => 16, _ => -1 };
        if (value.Length != 4 + size)
            return false;
        ushort port = BinaryPrimitives.ReadUInt16BigEndian(value[2..]);
        Span<byte> ip = stackalloc byte[16];
        ip = ip[..size];
        value[4..].CopyTo(ip);
        if (xor)
        {
            // The mask is the magic cookie followed by the transaction id: bytes 4..19 of the header.
            port ^= (ushort)(StunWire.MagicCookie >> 16);
            for (int i = 0; i < size; i++)
                ip[i] ^= _bytes[4 + i];
        }

        address = TransportAddress.FromBytes(ip, port);
        return true;
    }

    /// <summary>One pass over the attributes; offsets are those of the attribute header, 0 means absent.</summary>
    private struct Scan
    {
        public int UserName;
        public int XorMappedAddress;
        public int MappedAddress;
        public int ErrorCode;
        public int Integrity;
        public int UnknownCount;
        public bool HasFingerprint;
        public bool UseCandidate;
        public uint? Priority;
        public ulong? Controlling;
        public ulong? Controlled;
        public StunUnknownAttributes Unknown;

        public StunParseError Run(ReadOnlySpan<byte> bytes)
        {
            int count = 0;
            int at = StunWire.HeaderSize;

            // What TURN means nothing to ICE: a Binding request that demands it is refused.
            bool isTurn = (BinaryPrimitives.ReadUInt16BigEndian(bytes) & 0x3EEF) != (int)StunMethod.Binding;
            while (at < bytes.Length)
            {
                if (bytes.Length - at < StunWire.AttributeHeaderSize || HasFingerprint)
                    return HasFingerprint ? StunParseError.BadFingerprint : StunParseError.BadAttribute;
                if (++count > MaxAttributes)
                    return StunParseError.TooManyAttributes;
                int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 2)..]);
                int next = at + StunWire.AttributeHeaderSize + StunWire.Pad(length);
                if (next > bytes.Length)
                    return StunParseError.BadAttribute;
                StunParseError error = Take(bytes, at, length, isTurn);
                if (error != StunParseError.None)
                    return error;
                at = next;
            }

            return StunParseError.None;
        }

        private StunParseError Take(ReadOnlySpan<byte> bytes, int at, int length, bool isTurn)
        {
            int type = BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);
            ReadOnlySpan<byte> value = bytes.Slice(at + StunWire.AttributeHeaderSize, length);
            if (type == (int)StunAttributeType.Fingerprint)
                return TakeFingerprint(bytes, at, value);
            if (Integrity != 0)
                return StunParseError.None;
            switch ((StunAttributeType)type)
            {
                case StunAttributeType.UserName:
                    SetFirst(ref UserName, at);
                    return length <= 513 ? StunParseError.None : StunParseError.BadAttribute;
                case StunAttributeType.XorMappedAddress:
                    SetFirst(ref XorMappedAddress, at);
                    return StunParseError.None;
                case StunAttributeType.MappedAddress:
                    SetFirst(ref MappedAddress, at);
                    return StunParseError.None;
                case StunAttributeType.ErrorCode:
                    SetFirst(ref ErrorCode, at);
                    return StunParseError.None;
                case StunAttributeType.MessageIntegrity:
                    Integrity = at;
                    return length == StunWire.IntegritySize ? StunParseError.None : StunParseError.BadAttribute;
                case StunAttributeType.UseCandidate:
                    UseCandidate = true;
                    return StunParseError.None;
                case StunAttributeType.Priority:
                    if (length != 4)
                        return StunParseError.BadAttribute;
                    Priority ??= BinaryPrimitives.ReadUInt32BigEndian(value);
                    return StunParseError.None;
                case StunAttributeType.IceControlling:
                    if (length != 8)
                        return StunParseError.BadAttribute;
                    Controlling ??= BinaryPrimitives.ReadUInt64BigEndian(value);
                    return StunParseError.None;
                case StunAttributeType.IceControlled:
                    if (length != 8)
                        return StunParseError.BadAttribute;
                    Controlled ??= BinaryPrimitives.ReadUInt64BigEndian(value);
                    return StunParseError.None;
                case StunAttributeType.UnknownAttributes:
                case StunAttributeType.Realm:
                case StunAttributeType.Nonce:
                case StunAttributeType.MessageIntegritySha256:
                    return StunParseError.None;
                default:
                    if (type < 0x8000 && !(isTurn && IsTurn((StunAttributeType)type)))
                        AddUnknown((ushort)type);
                    return StunParseError.None;
            }
        }

        private StunParseError TakeFingerprint(ReadOnlySpan<byte> bytes, int at, ReadOnlySpan<byte> value)
        {
            HasFingerprint = true;
            bool matches = value.Length == StunWire.FingerprintSize
                && BinaryPrimitives.ReadUInt32BigEndian(value) == StunWire.ComputeFingerprint(bytes, at);
            return matches ? StunParseError.None : StunParseError.BadFingerprint;
        }

        private static bool IsTurn(StunAttributeType type) => type is StunAttributeType.ChannelNumber or StunAttributeType.Lifetime
            or StunAttributeType.XorPeerAddress or StunAttributeType.Data or StunAttributeType.XorRelayedAddress
            or StunAttributeType.RequestedAddressFamily or StunAttributeType.RequestedTransport;

        private void AddUnknown(ushort type)
        {
            if (UnknownCount < StunUnknownAttributes.Capacity)
                Unknown[UnknownCount] = type;
            UnknownCount++;
        }

        private static void SetFirst(ref int field, int at) => field = field == 0 ? at : field;
    }
}
