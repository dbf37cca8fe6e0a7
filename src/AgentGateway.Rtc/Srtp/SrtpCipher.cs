namespace AgentGateway.Rtc.Srtp;

/// <summary>
/// Encrypts and authenticates packets of one direction under one set of session keys. Stateless between packets: the
/// index is the caller's. Not thread-safe.
/// </summary>
internal abstract class SrtpCipher : IDisposable
{
    /// <summary>Bytes that RTP protection adds.</summary>
    public abstract int RtpTagLength { get; }

    /// <summary>Bytes that RTCP protection adds without the 4-byte index.</summary>
    public abstract int RtcpTagLength { get; }

    /// <summary>Where the E flag and index word stands in a protected RTCP packet of the given length.</summary>
    public abstract Range RtcpIndexRange(int protectedLength);

    /// <summary>Protects in place. <paramref name="packet"/> ends with <see cref="RtpTagLength"/> bytes of room.</summary>
    public abstract void ProtectRtp(Span<byte> packet, int headerLength, uint ssrc, long index);

    /// <summary>Authenticates and decrypts in place; false when the tag does not match (the packet is then unusable).</summary>
    public abstract bool UnprotectRtp(Span<byte> packet, int headerLength, uint ssrc, long index);

    /// <summary>Protects in place. <paramref name="packet"/> ends with room for tag and index word.</summary>
    public abstract void ProtectRtcp(Span<byte> packet, uint ssrc, uint index);

    /// <summary>Authenticates and decrypts in place; the packet still has its tag and index word.</summary>
    public abstract bool UnprotectRtcp(Span<byte> packet, uint ssrc, uint index);

    public abstract void Dispose();
}
