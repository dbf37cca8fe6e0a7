using System.Buffers.Binary;

namespace AgentGateway.Rtc.Srtp;

/// <summary>The receiving direction of a session. Nothing a packet says changes any state before its tag was verified.</summary>
internal sealed class SrtpReceiver(SrtpCipher cipher) : IDisposable
{
    private readonly SrtpSourceTable _rtp = new();
    private readonly SrtpSourceTable _rtcp = new();

    public SrtpResult UnprotectRtp(Span<byte> packet, out int length)
    {
        length = 0;
        int plainLength = packet.Length - cipher.RtpTagLength;
        if (plainLength < SrtpHeaders.RtpFixedLength)
            return SrtpResult.TooShort;
        if (!SrtpHeaders.TryReadRtpHeaderLength(packet[..plainLength], out int headerLength))
            return SrtpResult.Malformed;

        uint ssrc = BinaryPrimitives.ReadUInt32BigEndian(packet[8..]);
        ushort sequence = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        int at = _rtp.Find(ssrc);
        long index = sequence;
        if (at >= 0)
        {
            ref SrtpSource known = ref _rtp.At(at);
            index = known.Sequence.Estimate(sequence);
            if (!known.Window.IsFresh(index))
                return SrtpResult.Replayed;
            if (index >> 48 != 0)
                return SrtpResult.KeyExhausted;
        }

        if (!cipher.UnprotectRtp(packet, headerLength, ssrc, index))
            return SrtpResult.AuthenticationFailed;
        if (at < 0)
        {
            if (_rtp.IsFull)
                return SrtpResult.TooManySources;
            at = _rtp.Add(ssrc);
        }

        ref SrtpSource source = ref _rtp.At(at);
        source.Sequence.Commit(index);
        source.Window.Commit(index);
        length = plainLength;
        return SrtpResult.Ok;
    }

    public SrtpResult UnprotectRtcp(Span<byte> packet, out int length)
    {
        length = 0;
        int plainLength = packet.Length - cipher.RtcpTagLength - sizeof(uint);
        if (plainLength < SrtpHeaders.RtcpClearLength)
            return SrtpResult.TooShort;
        if (packet[0] >> 6 != 2)
            return SrtpResult.Malformed;
        uint word = BinaryPrimitives.ReadUInt32BigEndian(packet[cipher.RtcpIndexRange(packet.Length)]);
        if ((word & SrtpHeaders.EncryptedFlag) == 0)
            return SrtpResult.NotEncrypted;

        uint index = word & ~SrtpHeaders.EncryptedFlag;
        uint ssrc = BinaryPrimitives.ReadUInt32BigEndian(packet[4..]);
        int at = _rtcp.Find(ssrc);
        if (at >= 0 && !_rtcp.At(at).Window.IsFresh(index))
            return SrtpResult.Replayed;
        if (!cipher.UnprotectRtcp(packet, ssrc, index))
            return SrtpResult.AuthenticationFailed;
        if (at < 0)
        {
            if (_rtcp.IsFull)
                return SrtpResult.TooManySources;
            at = _rtcp.Add(ssrc);
        }

        _rtcp.At(at).Window.Commit(index);
        length = plainLength;
        return SrtpResult.Ok;
    }

    public void Dispose() => cipher.Dispose();

    /// <summary>Continues a source at a given point; for vectors and tests of the wrap.</summary>
    internal void Seed(uint ssrc, long rtpIndex) => _rtp.At(_rtp.Add(ssrc)).Sequence.Commit(rtpIndex);
}
