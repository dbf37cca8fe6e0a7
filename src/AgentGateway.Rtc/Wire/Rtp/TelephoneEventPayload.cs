using System.Buffers.Binary;

namespace AgentGateway.Rtc.Wire.Rtp;

/// <summary>The payload of a telephone-event packet (RFC 4733 section 2.3).</summary>
/// <param name="Event">0..9 digits, 10 star, 11 hash, 12..15 A to D; others are other tones.</param>
/// <param name="IsEnd">Whether the tone is over.</param>
/// <param name="Volume">0 (loudest) .. 63, in -dBm0.</param>
/// <param name="Duration">How long the tone has lasted, in units of the RTP clock.</param>
public readonly record struct TelephoneEventPayload(byte Event, bool IsEnd, byte Volume, ushort Duration)
{
    /// <summary>Bytes on the wire.</summary>
    public const int Length = 4;

    private const string Digits = "0123456789*#ABCD";

    /// <summary>The key on a telephone, or null for another tone.</summary>
    public char? Digit => Event < Digits.Length ? Digits[Event] : null;

    /// <summary>The event of a key: 0-9, *, #, A-D; null for any other character.</summary>
    public static byte? EventOf(char digit)
    {
        int index = Digits.IndexOf(char.ToUpperInvariant(digit), StringComparison.Ordinal);
        return index < 0 ? null : (byte)index;
    }

    /// <summary>Reads the first event of a payload; several in one packet are allowed but not used by anybody.</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, out TelephoneEventPayload result)
    {
        if (payload.Length < Length)
        {
            result = default;
            return false;
        }

        result = new TelephoneEventPayload(
            payload[0], (payload[1] & 0x80) != 0, (byte)(payload[1] & 0x3F), BinaryPrimitives.ReadUInt16BigEndian(payload[2..]));
        return true;
    }

    /// <summary>Writes <see cref="Length"/> bytes.</summary>
    public void Write(Span<byte> payload)
    {
        payload[0] = Event;
        payload[1] = (byte)((IsEnd ? 0x80 : 0) | (Volume & 0x3F));
        BinaryPrimitives.WriteUInt16BigEndian(payload[2..], Duration);
    }
}
