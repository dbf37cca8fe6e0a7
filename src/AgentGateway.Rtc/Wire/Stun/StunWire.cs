using System.Buffers.Binary;
using System.Security.Cryptography;

namespace AgentGateway.Rtc.Wire.Stun;

/// <summary>Constants and checksums shared by the reader and the writer.</summary>
internal static class StunWire
{
    public const int HeaderSize = 20;
    public const uint MagicCookie = 0x2112_A442;
    public const int AttributeHeaderSize = 4;
    public const int IntegritySize = 20;
    public const int FingerprintSize = 4;
    public const uint FingerprintXor = 0x5354_554E;

    /// <summary>No STUN message that ICE or TURN sends over UDP is larger; longer ones cannot be authenticated here.</summary>
    public const int MaxAuthenticatedSize = 2048;

    /// <summary>
    /// HMAC-SHA1 over the message up to the MESSAGE-INTEGRITY attribute, with the length field as if that attribute were
    /// the last one (RFC 8489 section 14.5). The one-shot call allocates nothing and holds no native handle per agent.
    /// </summary>
    /// <param name="message">Begins at the header.</param>
    /// <param name="integrityOffset">Where the MESSAGE-INTEGRITY attribute begins; at most <see cref="MaxAuthenticatedSize"/>.</param>
    /// <param name="key">The short-term password or the long-term key.</param>
    /// <param name="destination">20 bytes.</param>
    public static void ComputeIntegrity(ReadOnlySpan<byte> message, int integrityOffset, ReadOnlySpan<byte> key, Span<byte> destination)
    {
        Span<byte> copy = stackalloc byte[MaxAuthenticatedSize];
        copy = copy[..integrityOffset];
        message[..integrityOffset].CopyTo(copy);
        BinaryPrimitives.WriteUInt16BigEndian(copy[2..], (ushort)(integrityOffset - HeaderSize + AttributeHeaderSize + IntegritySize));
#pragma warning disable CA5350 // RFC 8445 section 7.1 prescribes HMAC-SHA1 for connectivity checks; no peer speaks anything else.
        HMACSHA1.HashData(key, copy, destination);
#pragma warning restore CA5350
    }

    /// <summary>The FINGERPRINT value over the message up to that attribute; the header's length must already include it.</summary>
    public static uint ComputeFingerprint(ReadOnlySpan<byte> message, int fingerprintOffset) =>
        Crc32.Compute(message[..fingerprintOffset]) ^ FingerprintXor;

    public static int Pad(int length) => (length + 3) & ~3;
}
