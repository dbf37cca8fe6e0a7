using System.Buffers.Binary;

namespace AgentGateway.Primitives;

/// <summary>Integers and tokens drawn from an <see cref="IRandomSource"/>.</summary>
public static class RandomSourceExtensions
{
    // ice-char (RFC 8839 section 5.4) is ALPHA / DIGIT / "+" / "/": 64 characters, so 6 bits a character and no bias.
    private const string IceAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    /// <summary>A uniform 16-bit value.</summary>
    public static ushort NextUInt16(this IRandomSource random)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ushort)];
        random.Fill(bytes);
        return BinaryPrimitives.ReadUInt16BigEndian(bytes);
    }

    /// <summary>A uniform 32-bit value.</summary>
    public static uint NextUInt32(this IRandomSource random)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        random.Fill(bytes);
        return BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }

    /// <summary>A uniform 64-bit value.</summary>
    public static ulong NextUInt64(this IRandomSource random)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        random.Fill(bytes);
        return BinaryPrimitives.ReadUInt64BigEndian(bytes);
    }

    /// <summary>A uniform value in [0, 1).</summary>
    public static double NextDouble(this IRandomSource random) => (random.NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A string of <paramref name="length"/> ice-chars, 6 bits of entropy each (RFC 8839 section 5.4).</summary>
    public static string NextIceString(this IRandomSource random, int length)
    {
        Span<byte> bytes = stackalloc byte[256];
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, bytes.Length);
        bytes = bytes[..length];
        random.Fill(bytes);
        Span<char> chars = stackalloc char[length];
        for (int i = 0; i < length; i++)
            chars[i] = IceAlphabet[bytes[i] & 63];
        return new string(chars);
    }
}
