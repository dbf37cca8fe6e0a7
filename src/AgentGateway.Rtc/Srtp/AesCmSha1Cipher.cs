using System.Buffers.Binary;
using System.Security.Cryptography;

namespace AgentGateway.Rtc.Srtp;

/// <summary>AES counter mode with HMAC-SHA1 (RFC 3711 sections 4.1.1 and 4.2.1).</summary>
internal sealed class AesCmSha1Cipher : SrtpCipher
{
    public const int AuthenticationKeyLength = 20;
    public const int SaltLength = 14;

    private readonly byte[] _rtpSalt;
    private readonly byte[] _rtcpSalt;
    private readonly AesCounterMode _rtpCipher;
    private readonly AesCounterMode _rtcpCipher;
    private readonly IncrementalHash _rtpHash;
    private readonly IncrementalHash _rtcpHash;

    public AesCmSha1Cipher(
        ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> masterSalt, int rtpTagLength)
    {
        RtpTagLength = rtpTagLength;
        Span<byte> key = stackalloc byte[masterKey.Length];
        Span<byte> authentication = stackalloc byte[AuthenticationKeyLength];

        SrtpKeyDerivation.Derive(masterKey, masterSalt, SrtpKeyDerivation.RtpKey, key);
        _rtpCipher = new AesCounterMode(key);
        SrtpKeyDerivation.Derive(masterKey, masterSalt, SrtpKeyDerivation.RtpAuthentication, authentication);
        _rtpHash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA1, authentication);
        _rtpSalt = new byte[SaltLength];
        SrtpKeyDerivation.Derive(masterKey, masterSalt, SrtpKeyDerivation.RtpSalt, _rtpSalt);

        SrtpKeyDerivation.Derive(masterKey, masterSalt, SrtpKeyDerivation.RtcpKey, key);
        _rtcpCipher = new AesCounterMode(key);
        SrtpKeyDerivation.Derive(masterKey, masterSalt, SrtpKeyDerivation.RtcpAuthentication, authentication);
        _rtcpHash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA1, authentication);
        _rtcpSalt = new byte[SaltLength];
        SrtpKeyDerivation.Derive(masterKey, masterSalt, SrtpKeyDerivation.RtcpSalt, _rtcpSalt);

        CryptographicOperations.ZeroMemory(key);
        CryptographicOperations.ZeroMemory(authentication);
    }

    public override int RtpTagLength { get; }

    public override int RtcpTagLength => 10;

    public override Range RtcpIndexRange(int protectedLength) =>
        (protectedLength - RtcpTagLength - sizeof(uint))..(protectedLength - RtcpTagLength);

    public override void ProtectRtp(Span<byte> packet, int headerLength, uint ssrc, long index)
    {
        Span<byte> body = packet[..^RtpTagLength];
        Crypt(_rtpCipher, _rtpSalt, body[headerLength..], ssrc, index);
        RtpTag(body, index, packet[^RtpTagLength..]);
    }

    public override bool UnprotectRtp(Span<byte> packet, int headerLength, uint ssrc, long index)
    {
        Span<byte> body = packet[..^RtpTagLength];
        Span<byte> tag = stackalloc byte[RtpTagLength];
        RtpTag(body, index, tag);
        if (!CryptographicOperations.FixedTimeEquals(tag, packet[^RtpTagLength..]))
            return false;
        Crypt(_rtpCipher, _rtpSalt, body[headerLength..], ssrc, index);
        return true;
    }

    public override void ProtectRtcp(Span<byte> packet, uint ssrc, uint index)
    {
        Span<byte> authenticated = packet[..^RtcpTagLength];
        Crypt(_rtcpCipher, _rtcpSalt, authenticated[SrtpHeaders.RtcpClearLength..^sizeof(uint)], ssrc, index);
        BinaryPrimitives.WriteUInt32BigEndian(authenticated[^sizeof(uint)..], SrtpHeaders.EncryptedFlag | index);
        Tag(_rtcpHash, authenticated, packet[^RtcpTagLength..]);
    }

    public override bool UnprotectRtcp(Span<byte> packet, uint ssrc, uint index)
    {
        Span<byte> authenticated = packet[..^RtcpTagLength];
        Span<byte> tag = stackalloc byte[RtcpTagLength];
        Tag(_rtcpHash, authenticated, tag);
        if (!CryptographicOperations.FixedTimeEquals(tag, packet[^RtcpTagLength..]))
            return false;
        Crypt(_rtcpCipher, _rtcpSalt, authenticated[SrtpHeaders.RtcpClearLength..^sizeof(uint)], ssrc, index);
        return true;
    }

    public override void Dispose()
    {
        _rtpCipher.Dispose();
        _rtcpCipher.Dispose();
        _rtpHash.Dispose();
        _rtcpHash.Dispose();
        CryptographicOperations.ZeroMemory(_rtpSalt);
        CryptographicOperations.ZeroMemory(_rtcpSalt);
    }

    private static void Crypt(AesCounterMode cipher, ReadOnlySpan<byte> salt, Span<byte> payload, uint ssrc, long index)
    {
        // IV = salt * 2^16 XOR SSRC * 2^64 XOR index * 2^16; its low 16 bits count the blocks.
        Span<byte> iv = stackalloc byte[AesCounterMode.BlockSize];
        BinaryPrimitives.WriteUInt64BigEndian(iv, ssrc);
        BinaryPrimitives.WriteUInt64BigEndian(iv[8..], (ulong)index << 16);
        for (int i = 0; i < SaltLength; i++)
            iv[i] ^= salt[i];
        cipher.Transform(iv, payload, payload);
    }

    private void RtpTag(ReadOnlySpan<byte> body, long index, Span<byte> tag)
    {
        Span<byte> rolloverCounter = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(rolloverCounter, (uint)(index >> 16));
        _rtpHash.AppendData(body);
        Tag(_rtpHash, rolloverCounter, tag);
    }

    private static void Tag(IncrementalHash hash, ReadOnlySpan<byte> lastPart, Span<byte> tag)
    {
        Span<byte> full = stackalloc byte[20];
        hash.AppendData(lastPart);
        hash.GetHashAndReset(full);
        full[..tag.Length].CopyTo(tag);
    }
}
