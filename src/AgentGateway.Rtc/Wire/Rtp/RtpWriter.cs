using System.Buffers.Binary;

namespace AgentGateway.Rtc.Wire.Rtp;

/// <summary>
/// Writes one RTP packet front to back into the caller's buffer: fixed header, then CSRCs, then extensions (one-byte form, or two-byte
/// form when asked for), then the payload. Every step returns false and changes nothing when it does not fit.
/// </summary>
public ref struct RtpWriter
{
    private readonly Span<byte> _buffer;
    private int _extensionStart;
    private bool _extensionsClosed;
    private bool _twoByte;

    private RtpWriter(Span<byte> buffer)
    {
        _buffer = buffer;
        Length = RtpPacket.FixedHeaderLength;
    }

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    /// <summary>Starts a packet; false when not even the fixed header fits.</summary>
    /// <param name="buffer">Where to write.</param>
    /// <param name="payloadType">0..127.</param>
    /// <param name="marker">The marker bit.</param>
    /// <param name="sequence">The wire sequence number.</param>
    /// <param name="timestamp">The wire timestamp.</param>
    /// <param name="ssrc">The synchronization source.</param>
    /// <param name="writer">The writer behind the fixed header.</param>
    public static bool TryStart(
        Span<byte> buffer, byte payloadType, bool marker, ushort sequence, uint timestamp, uint ssrc, out RtpWriter writer)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payloadType, (byte)127);
        if (buffer.Length < RtpPacket.FixedHeaderLength)
        {
            writer = default;
            return false;
        }

        buffer[0] = 0x80;
        buffer[1] = (byte)(payloadType | (marker ? 0x80 : 0));
        BinaryPrimitives.WriteUInt16BigEndian(buffer[2..], sequence);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[4..], timestamp);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[8..], ssrc);
        writer = new RtpWriter(buffer);
        return true;
    }

    /// <summary>Adds a contributing source; at most 15, before any extension.</summary>
    public bool TryAddContributingSource(uint csrc)
    {
        int count = _buffer[0] & 0x0F;
        if (count == 15 || _extensionStart != 0 || _extensionsClosed || Length + sizeof(uint) > _buffer.Length)
            return false;
        BinaryPrimitives.WriteUInt32BigEndian(_buffer[Length..], csrc);
        _buffer[0]++;
        Length += sizeof(uint);
        return true;
    }

    /// <summary>Makes the extensions of this packet use the two-byte form; before the first of them.</summary>
    public void UseTwoByteExtensions() => _twoByte = _extensionStart == 0 || _twoByte;

    /// <summary>Adds an extension element, before the payload.</summary>
    /// <param name="id">1..14, in the two-byte form 1..255.</param>
    /// <param name="value">1..16 bytes, in the two-byte form 0..255.</param>
    public bool TryAddExtension(int id, scoped ReadOnlySpan<byte> value)
    {
        bool valid = _twoByte ? id is >= 1 and <= 255 && value.Length <= 255 : id is >= 1 and <= 14 && value.Length is >= 1 and <= 16;
        if (!valid || _extensionsClosed)
            return false;
        int header = _extensionStart == 0 ? 4 : 0;

        // Room for the padding to a word boundary is asked for too, so that closing the block cannot fail.
        if (Length + header + (_twoByte ? 2 : 1) + value.Length + 3 > _buffer.Length)
            return false;
        if (header != 0)
        {
            _buffer[0] |= 0x10;
            BinaryPrimitives.WriteUInt16BigEndian(_buffer[Length..], _twoByte ? RtpExtensions.TwoByteProfile : RtpExtensions.OneByteProfile);
            Length += 4;
            _extensionStart = Length;
        }

        if (_twoByte)
        {
            _buffer[Length++] = (byte)id;
            _buffer[Length++] = (byte)value.Length;
        }
        else
        {
            _buffer[Length++] = (byte)((id << 4) | (value.Length - 1));
        }

        value.CopyTo(_buffer[Length..]);
        Length += value.Length;
        return true;
    }

    /// <summary>Adds the payload and ends the packet.</summary>
    public bool TryFinish(scoped ReadOnlySpan<byte> payload)
    {
        CloseExtensions();
        if (Length + payload.Length > _buffer.Length)
            return false;
        payload.CopyTo(_buffer[Length..]);
        Length += payload.Length;
        return true;
    }

    /// <summary>Adds padding behind the payload (RFC 3550 section 5.1), after <see cref="TryFinish"/>.</summary>
    /// <param name="length">1..255 bytes, the count byte included.</param>
    public bool TryPad(int length)
    {
        if (length is < 1 or > 255 || !_extensionsClosed || Length + length > _buffer.Length)
            return false;
        _buffer.Slice(Length, length - 1).Clear();
        _buffer[Length + length - 1] = (byte)length;
        _buffer[0] |= 0x20;
        Length += length;
        return true;
    }

    private void CloseExtensions()
    {
        if (_extensionsClosed)
            return;
        _extensionsClosed = true;
        if (_extensionStart == 0)
            return;
        while (((Length - _extensionStart) & 3) != 0)
            _buffer[Length++] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[(_extensionStart - 2)..], (ushort)((Length - _extensionStart) / sizeof(uint)));
    }
}
