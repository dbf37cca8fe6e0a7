using System.Buffers.Binary;
using System.Security.Cryptography;

namespace AgentGateway.Rtc.Srtp;

/// <summary>
/// AES in Galois/counter mode (RFC 7714). <see cref="AesGcm.Decrypt(ReadOnlySpan{byte}, ReadOnlySpan{byte}, ReadOnlySpan{byte}, Span{byte}, ReadOnlySpan{byte})"/>
/// throws on a wrong tag, which would let a forger buy an exception with every packet. So a received packet is decrypted
/// on trial with the bare counter mode, encrypted again, and the tags are compared; nothing leaves before they match.
/// </summary>
internal sealed class AesGcmCipher : SrtpCipher
{
    public const int SaltLength = 12;
    private const int TagLength = 16;

    private readonly byte[] _rtpSalt;
    private readonly byte[] _rtcpSalt;
    private readonly AesGcm _rtpGcm;
    private readonly AesGcm _rtcpGcm;
    private readonly AesCounterMode? _rtpTrial;
    private readonly AesCounterMode? _rtcpTrial;

    /// <param name="masterKey">16 or 32 bytes.</param>
    /// <param name="masterSalt">12 bytes.</param>
    /// <param name="receives">Whether packets are to be unprotected; a sender needs no trial cipher.</param>
    public AesGcmCipher(ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt, bool receives)
    {
        Span<byte> key = stackalloc byte[masterKey.Length];

        SrtpKeyDerivation.Derive(masterKey, masterSalt, SrtpKeyDerivation.RtpKey, key);
        _rtpGcm = new AesGcm(key, TagLength);
        _rtpTrial = receives ? new AesCounterMode(key) : null;
        _rtpSalt = new byte[SaltLength];
        SrtpKeyDerivation.Derive(masterKey, masterSalt, SrtpKeyDerivation.RtpSalt, _rtpSalt);

        SrtpKeyDerivation.Derive(masterKey, masterSalt, SrtpKeyDerivation.RtcpKey, key);
        _rtcpGcm = new AesGcm(key, TagLength);
        _rtcpTrial = receives ? new AesCounterMode(key) : null;
        _rtcpSalt = new byte[SaltLength];
        SrtpKeyDerivation.Derive(masterKey, masterSalt, SrtpKeyDerivation.RtcpSalt, _rtcpSalt);
        CryptographicOperations.ZeroMemory(key);
    }

    /// <summary>From session keys that are already derived; RFC 7714's packet vectors start there.</summary>
    internal AesGcmCipher(ReadOnlySpan<byte> sessionKey, ReadOnlySpan<byte> sessionSalt)
    {
        _rtpGcm = new AesGcm(sessionKey, TagLength);
        _rtcpGcm = new AesGcm(sessionKey, TagLength);
        _rtpTrial = new AesCounterMode(sessionKey);
        _rtcpTrial = new AesCounterMode(sessionKey);
        _rtpSalt = sessionSalt.ToArray();
        _rtcpSalt = sessionSalt.ToArray();
    }

    public override int RtpTagLength => TagLength;

    public override int RtcpTagLength => TagLength;

    // The tag belongs to the cipher text, so the index word comes last (RFC 7714 section 9.2).
    public override Range RtcpIndexRange(int protectedLength) => (protectedLength - sizeof(uint))..protectedLength;

    public override void ProtectRtp(Span<byte> packet, int headerLength, uint ssrc, long index)
    {
        Span<byte> nonce = stackalloc byte[SaltLength];
        RtpNonce(nonce, ssrc, index);
        Span<byte> payload = packet[headerLength..^TagLength];
        _rtpGcm.Encrypt(nonce, payload, payload, packet[^TagLength..], packet[..headerLength]);
    }

    public override bool UnprotectRtp(Span<byte> packet, int headerLength, uint ssrc, long index)
    {
        Span<byte> nonce = stackalloc byte[SaltLength];
        RtpNonce(nonce, ssrc, index);
        return Decrypt(
            _rtpTrial!, _rtpGcm, nonce, packet[headerLength..^TagLength], packet[^TagLength..], packet[..headerLength]);
    }

    public override void ProtectRtcp(Span<byte> packet, uint ssrc, uint index)
    {
        Span<byte> nonce = stackalloc byte[SaltLength];
        RtcpNonce(nonce, ssrc, index);
        BinaryPrimitives.WriteUInt32BigEndian(packet[^sizeof(uint)..], SrtpHeaders.EncryptedFlag | index);
        Span<byte> associated = stackalloc byte[SrtpHeaders.RtcpClearLength + sizeof(uint)];
        RtcpAssociated(packet, associated);
        Span<byte> sealedPart = packet[SrtpHeaders.RtcpClearLength..^sizeof(uint)];
        Span<byte> payload = sealedPart[..^TagLength];
        _rtcpGcm.Encrypt(nonce, payload, payload, sealedPart[^TagLength..], associated);
    }

    public override bool UnprotectRtcp(Span<byte> packet, uint ssrc, uint index)
    {
        Span<byte> nonce = stackalloc byte[SaltLength];
        RtcpNonce(nonce, ssrc, index);
        Span<byte> associated = stackalloc byte[SrtpHeaders.RtcpClearLength + sizeof(uint)];
        RtcpAssociated(packet, associated);
        Span<byte> sealedPart = packet[SrtpHeaders.RtcpClearLength..^sizeof(uint)];
        return Decrypt(_rtcpTrial!, _rtcpGcm, nonce, sealedPart[..^TagLength], sealedPart[^TagLength..], associated);
    }

    public override void Dispose()
    {
        _rtpGcm.Dispose();
        _rtcpGcm.Dispose();
        _rtpTrial?.Dispose();
        _rtcpTrial?.Dispose();
        CryptographicOperations.ZeroMemory(_rtpSalt);
        CryptographicOperations.ZeroMemory(_rtcpSalt);
    }

    private bool Decrypt(
        AesCounterMode trial,
        AesGcm gcm,
        ReadOnlySpan<byte> nonce,
        Span<byte> payload,
        ReadOnlySpan<byte> tag,
        ReadOnlySpan<byte> associated)
    {
        // GCM's counter block is nonce || counter; 1 encrypts the tag, the payload starts at 2 (NIST SP 800-38D).
        Span<byte> iv = stackalloc byte[AesCounterMode.BlockSize];
        nonce.CopyTo(iv);
        BinaryPrimitives.WriteUInt32BigEndian(iv[SaltLength..], 2);
        AesScratch scratch = AesScratch.OfThread;
        scratch.EnsureCapacity(payload.Length);
        Span<byte> plain = scratch.Plain.AsSpan(0, payload.Length);
        trial.Transform(iv, payload, plain);

        Span<byte> expected = stackalloc byte[TagLength];
        gcm.Encrypt(nonce, plain, scratch.Discard.AsSpan(0, payload.Length), expected, associated);
        if (!CryptographicOperations.FixedTimeEquals(expected, tag))
            return false;
        plain.CopyTo(payload);
        return true;
    }

    private void RtpNonce(Span<byte> nonce, uint ssrc, long index)
    {
        // 2 zero bytes, SSRC, rollover counter, sequence number: the last two are the 48-bit index (RFC 7714 section 8.1).
        BinaryPrimitives.WriteUInt64BigEndian(nonce[4..], (ulong)index);
        BinaryPrimitives.WriteUInt16BigEndian(nonce, 0);
        BinaryPrimitives.WriteUInt32BigEndian(nonce[2..], ssrc);
        for (int i = 0; i < SaltLength; i++)
            nonce[i] ^= _rtpSalt[i];
    }

    private void RtcpNonce(Span<byte> nonce, uint ssrc, uint index)
    {
        nonce.Clear();
        BinaryPrimitives.WriteUInt32BigEndian(nonce[2..], ssrc);
        BinaryPrimitives.WriteUInt32BigEndian(nonce[8..], index);
        for (int i = 0; i < SaltLength; i++)
            nonce[i] ^= _rtcpSalt[i];
    }

    private static void RtcpAssociated(ReadOnlySpan<byte> packet, Span<byte> associated)
    {
        packet[..SrtpHeaders.RtcpClearLength].CopyTo(associated);
        packet[^sizeof(uint)..].CopyTo(associated[SrtpHeaders.RtcpClearLength..]);
    }
}
