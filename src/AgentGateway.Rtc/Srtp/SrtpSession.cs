namespace AgentGateway.Rtc.Srtp;

/// <summary>
/// SRTP and SRTCP of one peer, both directions (RFC 3711, RFC 7714), keyed by a DTLS-SRTP handshake. Works in place and
/// allocates nothing per packet. Malformed, forged and replayed packets are results, never exceptions, and are counted.
/// Not thread-safe: one owner.
/// </summary>
public sealed class SrtpSession : IDisposable
{
    /// <summary>Bytes to leave free behind a packet that is to be protected: a 16-byte tag and the 4-byte RTCP index.</summary>
    public const int MaxOverhead = 20;

    private static readonly int ResultCount = Enum.GetValues<SrtpResult>().Length;

    private readonly SrtpSender _sender;
    private readonly SrtpReceiver _receiver;
    private readonly long[] _sent = new long[ResultCount];
    private readonly long[] _received = new long[ResultCount];

    private SrtpSession(SrtpProfile profile, SrtpSender sender, SrtpReceiver receiver)
    {
        Profile = profile;
        _sender = sender;
        _receiver = receiver;
    }

    /// <summary>The profile both directions use.</summary>
    public SrtpProfile Profile { get; }

    /// <summary>Packets by outcome, live.</summary>
    public SrtpStatistics Statistics => new(_sent, _received);

    /// <summary>
    /// A session from what the DTLS exporter gave (RFC 5764 section 4.2: client key, server key, client salt, server salt).
    /// The material is copied; the caller should clear it.
    /// </summary>
    /// <param name="profile">The negotiated profile.</param>
    /// <param name="keyingMaterial">Exactly <see cref="SrtpProfileExtensions.KeyingMaterialLength"/> bytes.</param>
    /// <param name="isClient">Whether this side was the DTLS client, and so sends with the client's key.</param>
    /// <exception cref="ArgumentException">The material has another length.</exception>
    public static SrtpSession Create(SrtpProfile profile, ReadOnlySpan<byte> keyingMaterial, bool isClient)
    {
        int keyLength = profile.KeyLength();
        int saltLength = profile.SaltLength();
        if (keyingMaterial.Length != profile.KeyingMaterialLength())
            throw new ArgumentException($"{profile} needs {profile.KeyingMaterialLength()} bytes.", nameof(keyingMaterial));

        ReadOnlySpan<byte> clientKey = keyingMaterial[..keyLength];
        ReadOnlySpan<byte> serverKey = keyingMaterial.Slice(keyLength, keyLength);
        ReadOnlySpan<byte> clientSalt = keyingMaterial.Slice(2 * keyLength, saltLength);
        ReadOnlySpan<byte> serverSalt = keyingMaterial[^saltLength..];
        return isClient
            ? CreateDirections(profile, clientKey, clientSalt, serverKey, serverSalt)
            : CreateDirections(profile, serverKey, serverSalt, clientKey, clientSalt);
    }

    /// <summary>Encrypts an RTP packet in place and appends its tag.</summary>
    /// <param name="buffer">The packet with at least <see cref="MaxOverhead"/> free bytes behind it.</param>
    /// <param name="length">Length of the plain packet.</param>
    /// <param name="protectedLength">Length to send; 0 when false.</param>
    /// <returns>False when nothing was done; <see cref="Statistics"/> has the reason.</returns>
    public bool TryProtectRtp(Span<byte> buffer, int length, out int protectedLength) =>
        Sent(_sender.ProtectRtp(buffer, length, out protectedLength));

    /// <summary>Encrypts a compound RTCP packet in place and appends index and tag. See <see cref="TryProtectRtp"/>.</summary>
    public bool TryProtectRtcp(Span<byte> buffer, int length, out int protectedLength) =>
        Sent(_sender.ProtectRtcp(buffer, length, out protectedLength));

    /// <summary>Authenticates and decrypts a received SRTP packet in place.</summary>
    /// <param name="packet">The whole datagram; its content is unspecified unless the result is Ok.</param>
    /// <param name="length">Length of the plain packet at the start of <paramref name="packet"/>; 0 unless Ok.</param>
    public SrtpResult UnprotectRtp(Span<byte> packet, out int length) => Received(_receiver.UnprotectRtp(packet, out length));

    /// <summary>Authenticates and decrypts a received SRTCP packet in place. See <see cref="UnprotectRtp"/>.</summary>
    public SrtpResult UnprotectRtcp(Span<byte> packet, out int length) => Received(_receiver.UnprotectRtcp(packet, out length));

    /// <inheritdoc/>
    public void Dispose()
    {
        _sender.Dispose();
        _receiver.Dispose();
    }

    private static SrtpSession CreateDirections(
        SrtpProfile profile,
        ReadOnlySpan<byte> sendKey,
        ReadOnlySpan<byte> sendSalt,
        ReadOnlySpan<byte> receiveKey,
        ReadOnlySpan<byte> receiveSalt)
    {
        var sender = new SrtpSender(CreateCipher(profile, sendKey, sendSalt, receives: false));
        var receiver = new SrtpReceiver(CreateCipher(profile, receiveKey, receiveSalt, receives: true));
        return new SrtpSession(profile, sender, receiver);
    }

    private static SrtpCipher CreateCipher(
        SrtpProfile profile, ReadOnlySpan<byte> key, ReadOnlySpan<byte> salt, bool receives) =>
        profile.IsAead()
            ? new AesGcmCipher(key, salt, receives)
            : new AesCmSha1Cipher(key, salt, profile == SrtpProfile.Aes128CmHmacSha1_32 ? 4 : 10);

    private bool Sent(SrtpResult result)
    {
        _sent[(int)result]++;
        return result == SrtpResult.Ok;
    }

    private SrtpResult Received(SrtpResult result)
    {
        _received[(int)result]++;
        return result;
    }
}
