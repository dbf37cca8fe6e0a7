namespace AgentGateway.Rtc.Wire.Rtp;

/// <summary>The header extension block of one packet in its one-byte or two-byte form (RFC 8285 section 4).</summary>
public readonly ref struct RtpExtensions
{
    /// <summary>The profile number of the one-byte form.</summary>
    public const ushort OneByteProfile = 0xBEDE;

    /// <summary>The profile number of the two-byte form; its low four bits are application bits.</summary>
    public const ushort TwoByteProfile = 0x1000;

    private readonly ReadOnlySpan<byte> _block;
    private readonly bool _twoByte;

    internal RtpExtensions(ushort profile, ReadOnlySpan<byte> block)
    {
        _twoByte = (profile & 0xFFF0) == TwoByteProfile;
        _block = _twoByte || profile == OneByteProfile ? block : default;
    }

    /// <summary>Walks all elements in wire order.</summary>
    public Enumerator GetEnumerator() => new(_block, _twoByte);

    /// <summary>The first element with a negotiated id; false when there is none or the block is damaged before it.</summary>
    /// <param name="id">1..14 in the one-byte form, 1..255 in the two-byte form.</param>
    /// <param name="value">The bytes of the element; may be empty in the two-byte form.</param>
    public bool TryFind(int id, out ReadOnlySpan<byte> value)
    {
        foreach (RtpExtension extension in this)
        {
            if (extension.Id == id)
            {
                value = extension.Value;
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>Walks the elements; stops at the first that does not fit.</summary>
    public ref struct Enumerator
    {
        private readonly bool _twoByte;
        private ReadOnlySpan<byte> _rest;

        internal Enumerator(ReadOnlySpan<byte> block, bool twoByte)
        {
            _rest = block;
            _twoByte = twoByte;
        }

        /// <summary>The element read last.</summary>
        public RtpExtension Current { get; private set; }

        /// <summary>Reads the next element.</summary>
        public bool MoveNext()
        {
            // A zero byte is padding in both forms and may stand between elements.
            while (_rest.Length > 0 && _rest[0] == 0)
                _rest = _rest[1..];
            if (_rest.Length == 0)
                return false;

            int id, length, header;
            if (_twoByte)
            {
                if (_rest.Length < 2)
                    return End();
                id = _rest[0];
                length = _rest[1];
                header = 2;
            }
            else
            {
                id = _rest[0] >> 4;
                length = (_rest[0] & 0x0F) + 1;
                header = 1;

                // Id 15 ends the block (RFC 8285 section 4.2); id 0 with a length is not padding and not an element either.
                if (id is 15 or 0)
                    return End();
            }

            if (header + length > _rest.Length)
                return End();
            Current = new RtpExtension(id, _rest.Slice(header, length));
            _rest = _rest[(header + length)..];
            return true;
        }

        private bool End()
        {
            _rest = default;
            return false;
        }
    }
}
