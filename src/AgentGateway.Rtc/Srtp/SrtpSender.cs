using System.Buffers.Binary;

namespace AgentGateway.Rtc.Srtp;

/// <summary>The sending direction of a session.</summary>
internal sealed class SrtpSender(SrtpCipher cipher) : IDisposable
{
    private readonly SrtpSourceTable _rtp = new();
    private readonly SrtpSourceTable _rtcp = new();

    public SrtpResult ProtectRtp(Span<byte> buffer, int length, out int protectedLength)
    {
        protectedLength = 0;
        if (length < SrtpHeaders.RtpFixedLength)
            return SrtpResult.TooShort;
        if (!SrtpHeaders.TryReadRtpHeaderLength(buffer[..length], out int headerLength))
            return SrtpResult.Malformed;
        if (buffer.Length - length < cipher.RtpTagLength)
            return SrtpResult.NoRoom;

        uint ssrc = BinaryPrimitives.ReadUInt32BigEndian(buffer[8..]);
        int at = _rtp.Find(ssrc);
        if (at < 0)
        {
            if (_rtp.IsFull)
                return SrtpResult.TooManySources;
            at = _rtp.Add(ssrc);
        }

        ref SrtpSource source = ref _rtp.At(at);
        long index = source.Sequence.Estimate(BinaryPrimitives.ReadUInt16BigEndian(buffer[2..]));
        if (index >> 48 != 0)
            return SrtpResult.KeyExhausted;
        // A relay may send out of order, but one index must never encrypt two payloads.
        if (!source.Window.IsFresh(index))
            return SrtpResult.DuplicateIndex;
        source.Sequence.Commit(index);
        source.Window.Commit(index);
        protectedLength = length + cipher.RtpTagLength;
        cipher.ProtectRtp(buffer[..protectedLength], headerLength, ssrc, index);
        return SrtpResult.Ok;
    }

    public SrtpResult ProtectRtcp(Span<byte> buffer, int length, out int protectedLength)
    {
        protectedLength = 0;
        if (length < SrtpHeaders.RtcpClearLength)
            return SrtpResult.TooShort;
        if (buffer[0] >> 6 != 2)
            return SrtpResult.Malformed;
        int overhead = cipher.RtcpTagLength + sizeof(uint);
        if (buffer.Length - length < overhead)
            return SrtpResult.NoRoom;

        uint ssrc = BinaryPrimitives.ReadUInt32BigEndian(buffer[4..]);
        int at = _rtcp.Find(ssrc);
        if (at < 0)
        {
            if (_rtcp.IsFull)
                return SrtpResult.TooManySources;
            at = _rtcp.Add(ssrc);
        }

        ref SrtpSource source = ref _rtcp.At(at);
        if (source.NextRtcpIndex >= SrtpHeaders.EncryptedFlag)
            return SrtpResult.KeyExhausted;
        protectedLength = length + overhead;
        cipher.ProtectRtcp(buffer[..protectedLength], ssrc, source.NextRtcpIndex++);
        return SrtpResult.Ok;
    }

    public void Dispose() => cipher.Dispose();

    /// <summary>Continues a source at a given point; for vectors and tests of the wrap.</summary>
    internal void Seed(uint ssrc, long rtpIndex, uint nextRtcpIndex)
    {
        _rtp.At(_rtp.Add(ssrc)).Sequence.Commit(rtpIndex);
        _rtcp.At(_rtcp.Add(ssrc)).NextRtcpIndex = nextRtcpIndex;
    }
}
