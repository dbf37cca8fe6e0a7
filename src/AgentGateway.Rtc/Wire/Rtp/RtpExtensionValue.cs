using System.Buffers.Binary;
using System.Text;

namespace AgentGateway.Rtc.Wire.Rtp;

/// <summary>Reads and writes the values of known header extensions.</summary>
public static class RtpExtensionValue
{
    /// <summary>The longest mid that is looked at, in bytes; RFC 8859 wants them short, this is the limit of the one-byte form.</summary>
    public const int MaxMidLength = 16;

    /// <summary>Reads an audio level (RFC 6464 section 3).</summary>
    /// <param name="value">The extension's bytes.</param>
    /// <param name="level">0 (loudest) .. 127 (silence), in -dBov.</param>
    /// <param name="voice">What the sender's voice activity detector says.</param>
    public static bool TryReadAudioLevel(ReadOnlySpan<byte> value, out byte level, out bool voice)
    {
        // The two-byte form may pad to more bytes; only the first one counts.
        if (value.Length == 0)
        {
            level = 127;
            voice = false;
            return false;
        }

        level = (byte)(value[0] & 0x7F);
        voice = (value[0] & 0x80) != 0;
        return true;
    }

    /// <summary>The one byte of an audio level.</summary>
    /// <param name="level">0..127 in -dBov; larger values are cut.</param>
    /// <param name="voice">Whether the packet contains voice.</param>
    public static byte AudioLevel(byte level, bool voice) => (byte)(Math.Min(level, (byte)127) | (voice ? 0x80 : 0));

    /// <summary>Reads the transport-wide sequence number.</summary>
    public static bool TryReadTransportSequence(ReadOnlySpan<byte> value, out ushort sequence)
    {
        bool fits = value.Length >= sizeof(ushort);
        sequence = fits ? BinaryPrimitives.ReadUInt16BigEndian(value) : (ushort)0;
        return fits;
    }

    /// <summary>Writes a transport-wide sequence number.</summary>
    /// <param name="value">At least 2 bytes.</param>
    /// <param name="sequence">The number.</param>
    public static void WriteTransportSequence(Span<byte> value, ushort sequence) => BinaryPrimitives.WriteUInt16BigEndian(value, sequence);

    /// <summary>Writes an absolute send time.</summary>
    /// <param name="value">At least 3 bytes.</param>
    /// <param name="time">Any time that is not negative; only its last 64 s are kept.</param>
    public static void WriteAbsoluteSendTime(Span<byte> value, TimeSpan time)
    {
        // 6.18 fixed point; 2^18 / 10^7 shortened by 2^7.
        long fixedPoint = (time.Ticks % (64 * TimeSpan.TicksPerSecond) * (1 << 11)) / 78125;
        value[0] = (byte)(fixedPoint >> 16);
        value[1] = (byte)(fixedPoint >> 8);
        value[2] = (byte)fixedPoint;
    }

    /// <summary>Reads an absolute send time.</summary>
    /// <param name="value">The extension's bytes.</param>
    /// <param name="time">0 to 64 s, then it wraps.</param>
    public static bool TryReadAbsoluteSendTime(ReadOnlySpan<byte> value, out TimeSpan time)
    {
        if (value.Length < 3)
        {
            time = default;
            return false;
        }

        int fixedPoint = (value[0] << 16) | (value[1] << 8) | value[2];
        time = TimeSpan.FromSeconds(fixedPoint / (double)(1 << 18));
        return true;
    }

    /// <summary>Whether a value is a well-formed RTP stream id: 1..16 ASCII letters and digits (RFC 8852 section 3.1).</summary>
    public static bool IsStreamId(ReadOnlySpan<byte> value)
    {
        if (value.Length is 0 or > MaxMidLength)
            return false;
        foreach (byte b in value)
        {
            if (!char.IsAsciiLetterOrDigit((char)b))
                return false;
        }

        return true;
    }

    /// <summary>Whether a mid extension holds exactly this mid; never allocates.</summary>
    public static bool MidEquals(ReadOnlySpan<byte> value, ReadOnlySpan<char> mid)
    {
        Span<char> text = stackalloc char[MaxMidLength];
        return value.Length is > 0 and <= MaxMidLength
            && Encoding.UTF8.TryGetChars(value, text, out int length)
            && mid.SequenceEqual(text[..length]);
    }
}
