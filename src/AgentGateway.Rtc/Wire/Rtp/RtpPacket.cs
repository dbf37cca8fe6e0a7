using System.Buffers.Binary;

namespace AgentGateway.Rtc.Wire.Rtp;

/// <summary>A view of one plain RTP packet (RFC 3550 section 5.1). Nothing is copied: the view lives as long as the datagram.</summary>
public readonly ref struct RtpPacket
{
    /// <summary>The length of a header without CSRCs and extensions, in bytes.</summary>
    public const int FixedHeaderLength = 12;

    private const byte VersionMask = 0xC0;
    private const byte Version2 = 0x80;
    private const byte PaddingBit = 0x20;
    private const byte ExtensionBit = 0x10;

    private RtpPacket(ReadOnlySpan<byte> header, ReadOnlySpan<byte> csrcs, RtpExtensions extensions, ReadOnlySpan<byte> payload, int paddingLength)
    {
        Marker = (header[1] & 0x80) != 0;
        PayloadType = (byte)(header[1] & 0x7F);
        SequenceNumber = BinaryPrimitives.ReadUInt16BigEndian(header[2..]);
        Timestamp = BinaryPrimitives.ReadUInt32BigEndian(header[4..]);
        Ssrc = BinaryPrimitives.ReadUInt32BigEndian(header[8..]);
        ContributingSources = csrcs;
        Extensions = extensions;
        Payload = payload;
        PaddingLength = paddingLength;
    }

    /// <summary>The marker bit: for audio, the first packet after silence.</summary>
    public bool Marker { get; }

    /// <summary>0..127.</summary>
    public byte PayloadType { get; }

    /// <summary>The 16-bit wire counter.</summary>
    public ushort SequenceNumber { get; }

    /// <summary>In units of the codec's RTP clock.</summary>
    public uint Timestamp { get; }

    /// <summary>The synchronization source.</summary>
    public uint Ssrc { get; }

    /// <summary>0..15 CSRCs, 4 bytes each.</summary>
    public ReadOnlySpan<byte> ContributingSources { get; }

    /// <summary>The header extensions; empty when there are none or their profile is unknown.</summary>
    public RtpExtensions Extensions { get; }

    /// <summary>The media payload without padding; may be empty.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>The number of padding bytes behind the payload, its count byte included; 0..255.</summary>
    public int PaddingLength { get; }

    /// <summary>
    /// Whether a datagram of the RTP range carries RTCP when both share a port: RTCP packet types 192..223 are RTP payload
    /// types 64..95 with the marker bit set (RFC 5761 section 4).
    /// </summary>
    public static bool IsRtcp(ReadOnlySpan<byte> datagram) => datagram.Length >= 2 && datagram[1] is >= 192 and <= 223;

    /// <summary>Reads the SSRC of a packet whose payload may still be encrypted.</summary>
    public static bool TryReadSsrc(ReadOnlySpan<byte> packet, out uint ssrc)
    {
        if (packet.Length < FixedHeaderLength || (packet[0] & VersionMask) != Version2)
        {
            ssrc = 0;
            return false;
        }

        ssrc = BinaryPrimitives.ReadUInt32BigEndian(packet[8..]);
        return true;
    }

    /// <summary>The wire sequence number of a packet that is known to be well-formed.</summary>
    internal static ushort ReadSequenceNumber(ReadOnlySpan<byte> packet) => BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);

    /// <summary>Parses a plain packet; false for anything whose inner lengths do not fit.</summary>
    public static bool TryParse(ReadOnlySpan<byte> packet, out RtpPacket result)
    {
        result = default;
        if (packet.Length < FixedHeaderLength || (packet[0] & VersionMask) != Version2)
            return false;
        int offset = FixedHeaderLength + ((packet[0] & 0x0F) * sizeof(uint));
        if (offset > packet.Length)
            return false;
        ReadOnlySpan<byte> csrcs = packet[FixedHeaderLength..offset];

        RtpExtensions extensions = default;
        if ((packet[0] & ExtensionBit) != 0)
        {
            if (offset + 4 > packet.Length)
                return false;
            ushort profile = BinaryPrimitives.ReadUInt16BigEndian(packet[offset..]);
            int length = BinaryPrimitives.ReadUInt16BigEndian(packet[(offset + 2)..]) * sizeof(uint);
            offset += 4;
            if (offset + length > packet.Length)
                return false;
            extensions = new RtpExtensions(profile, packet.Slice(offset, length));
            offset += length;
        }

        int padding = 0;
        if ((packet[0] & PaddingBit) != 0)
        {
            padding = packet[^1];
            if (padding == 0 || offset + padding > packet.Length)
                return false;
        }

        result = new RtpPacket(packet, csrcs, extensions, packet[offset..^padding], padding);
        return true;
    }
}
