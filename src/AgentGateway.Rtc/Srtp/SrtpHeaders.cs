using System.Buffers.Binary;

namespace AgentGateway.Rtc.Srtp;

/// <summary>The little that SRTP must know of RTP and RTCP headers: where the clear part ends.</summary>
internal static class SrtpHeaders
{
    public const int RtpFixedLength = 12;

    /// <summary>First header word and sender SSRC stay in the clear.</summary>
    public const int RtcpClearLength = 8;

    public const uint EncryptedFlag = 0x8000_0000;

    /// <summary>Length of fixed header, CSRC list and header extension; false when they do not fit or it is not version 2.</summary>
    public static bool TryReadRtpHeaderLength(ReadOnlySpan<byte> packet, out int headerLength)
    {
        headerLength = 0;
        if (packet.Length < RtpFixedLength || packet[0] >> 6 != 2)
            return false;
        int length = RtpFixedLength + (4 * (packet[0] & 0x0F));
        if ((packet[0] & 0x10) != 0)
        {
            if (packet.Length < length + 4)
                return false;
            length += 4 + (4 * BinaryPrimitives.ReadUInt16BigEndian(packet[(length + 2)..]));
        }

        headerLength = length;
        return length <= packet.Length;
    }
}
