using System.Security.Cryptography;

namespace AgentGateway.Rtc.Srtp;

/// <summary>
/// The AES-CM key derivation of RFC 3711 section 4.3 with a key derivation rate of zero (DTLS-SRTP and SDES never signal
/// another), used by the GCM profiles too (RFC 7714 section 11).
/// </summary>
internal static class SrtpKeyDerivation
{
    public const byte RtpKey = 0, RtpAuthentication = 1, RtpSalt = 2, RtcpKey = 3, RtcpAuthentication = 4, RtcpSalt = 5;

    /// <summary>Fills <paramref name="destination"/> with the session key of a label. The salt has 12 or 14 bytes.</summary>
    public static void Derive(ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt, byte label, Span<byte> destination)
    {
        // x = label * 2^48 XOR salt, taken as 112 bits; a 96-bit salt is padded on the right. IV = x * 2^16.
        Span<byte> iv = stackalloc byte[AesCounterMode.BlockSize];
        iv.Clear();
        masterSalt.CopyTo(iv);
        iv[7] ^= label;
        destination.Clear();
        using var cipher = new AesCounterMode(masterKey);
        cipher.Transform(iv, destination, destination);
        CryptographicOperations.ZeroMemory(iv);
    }
}
