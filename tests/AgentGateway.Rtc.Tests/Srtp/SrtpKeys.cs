using System.Buffers.Binary;
using AgentGateway.Rtc.Srtp;

namespace AgentGateway.Rtc.Tests.Srtp;

/// <summary>Keying material and packets for SRTP tests.</summary>
internal static class SrtpKeys
{
    /// <summary>Material in RFC 5764 order whose client half is given and whose server half is zero.</summary>
    public static byte[] CounterMode(string clientKey, string clientSalt) =>
        [.. Convert.FromHexString(clientKey), .. new byte[16], .. Convert.FromHexString(clientSalt), .. new byte[14]];

    public static byte[] Material(SrtpProfile profile)
    {
        byte[] material = new byte[profile.KeyingMaterialLength()];
        for (int i = 0; i < material.Length; i++)
            material[i] = (byte)(i * 7);
        return material;
    }

    public static (SrtpSession Client, SrtpSession Server) Pair(SrtpProfile profile) =>
        (SrtpSession.Create(profile, Material(profile), isClient: true), SrtpSession.Create(profile, Material(profile), isClient: false));

    /// <summary>An RTP packet with room behind it; the payload repeats the low byte of the sequence number.</summary>
    public static byte[] Rtp(uint ssrc, ushort sequence, int payload, out int length, int csrcs = 0, int extensionWords = -1)
    {
        int header = 12 + (4 * csrcs) + (extensionWords >= 0 ? 4 + (4 * extensionWords) : 0);
        length = header + payload;
        byte[] packet = new byte[length + SrtpSession.MaxOverhead];
        packet[0] = (byte)(0x80 | csrcs | (extensionWords >= 0 ? 0x10 : 0));
        packet[1] = 111;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), sequence);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), ssrc);
        if (extensionWords >= 0)
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(12 + (4 * csrcs) + 2), (ushort)extensionWords);
        packet.AsSpan(header, payload).Fill((byte)sequence);
        return packet;
    }

    public static byte[] Rtcp(uint ssrc, out int length)
    {
        byte[] packet = new byte[28 + SrtpSession.MaxOverhead];
        packet[0] = 0x80;
        packet[1] = 200;
        packet[3] = 6;
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), ssrc);
        packet.AsSpan(8, 20).Fill(0x5A);
        length = 28;
        return packet;
    }

    /// <summary>Protects and cuts to the datagram that would be sent.</summary>
    public static byte[] Protect(SrtpSession session, byte[] buffer, int length)
    {
        Assert.True(session.TryProtectRtp(buffer, length, out int protectedLength));
        return buffer[..protectedLength];
    }
}
