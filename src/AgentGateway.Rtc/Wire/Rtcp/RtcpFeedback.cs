using System.Buffers.Binary;

namespace AgentGateway.Rtc.Wire.Rtcp;

/// <summary>Feedback messages that are told apart.</summary>
public enum RtcpFeedbackKind
{
    /// <summary>A format without a name here.</summary>
    Other,

    /// <summary>Generic NACK, RFC 4585 section 6.2.1.</summary>
    Nack,

    /// <summary>Transport-wide congestion control feedback.</summary>
    TransportCongestion,

    /// <summary>Picture loss indication, RFC 4585 section 6.3.1.</summary>
    PictureLoss,

    /// <summary>Full intra request, RFC 5104 section 4.3.1.</summary>
    FullIntraRequest,

    /// <summary>Receiver estimated maximum bitrate.</summary>
    MaximumBitrate,
}

/// <summary>A view of a feedback packet (RFC 4585 section 6.1).</summary>
public readonly ref struct RtcpFeedback
{
    private const int SourcesLength = 8;

    private RtcpFeedback(RtcpFeedbackKind kind, uint sender, uint media, ReadOnlySpan<byte> control)
    {
        Kind = kind;
        SenderSsrc = sender;
        MediaSsrc = media;
        Control = control;
    }

    /// <summary>What is asked or told.</summary>
    public RtcpFeedbackKind Kind { get; }

    /// <summary>Who says it.</summary>
    public uint SenderSsrc { get; }

    /// <summary>The stream it is about; 0 for <see cref="RtcpFeedbackKind.MaximumBitrate"/>.</summary>
    public uint MediaSsrc { get; }

    /// <summary>The feedback control information.</summary>
    public ReadOnlySpan<byte> Control { get; }

    /// <summary>Reads a feedback packet; false when it is none or its control information is too short for its kind.</summary>
    public static bool TryRead(scoped in RtcpPacket packet, out RtcpFeedback feedback)
    {
        feedback = default;
        if (packet.Type is not (RtcpPacketType.TransportFeedback or RtcpPacketType.PayloadFeedback) || packet.Body.Length < SourcesLength)
            return false;
        ReadOnlySpan<byte> control = packet.Body[SourcesLength..];
        RtcpFeedbackKind kind = (packet.Type, packet.Count) switch
        {
            (RtcpPacketType.TransportFeedback, 1) => RtcpFeedbackKind.Nack,
            (RtcpPacketType.TransportFeedback, 15) => RtcpFeedbackKind.TransportCongestion,
            (RtcpPacketType.PayloadFeedback, 1) => RtcpFeedbackKind.PictureLoss,
            (RtcpPacketType.PayloadFeedback, 4) => RtcpFeedbackKind.FullIntraRequest,
            (RtcpPacketType.PayloadFeedback, 15) when control.StartsWith("REMB"u8) => RtcpFeedbackKind.MaximumBitrate,
            _ => RtcpFeedbackKind.Other,
        };
        int minimum = kind switch
        {
            RtcpFeedbackKind.Nack => 4,
            RtcpFeedbackKind.TransportCongestion or RtcpFeedbackKind.FullIntraRequest or RtcpFeedbackKind.MaximumBitrate => 8,
            _ => 0,
        };
        if (control.Length < minimum)
            return false;
        feedback = new RtcpFeedback(
            kind, BinaryPrimitives.ReadUInt32BigEndian(packet.Body), BinaryPrimitives.ReadUInt32BigEndian(packet.Body[4..]), control);
        return true;
    }

    /// <summary>The lost packets of a <see cref="RtcpFeedbackKind.Nack"/>; empty for other kinds.</summary>
    public RtcpNackList LostPackets => new(Kind == RtcpFeedbackKind.Nack ? Control : default);

    /// <summary>The bitrate of a <see cref="RtcpFeedbackKind.MaximumBitrate"/> in bit/s, saturated.</summary>
    public bool TryReadBitrate(out long bitsPerSecond)
    {
        bitsPerSecond = 0;
        if (Kind != RtcpFeedbackKind.MaximumBitrate)
            return false;
        int exponent = Control[5] >> 2;
        long mantissa = ((Control[5] & 3L) << 16) | ((long)Control[6] << 8) | Control[7];

        // 18 bits of mantissa: more than 44 bits of shift would overflow.
        bitsPerSecond = mantissa == 0 ? 0 : exponent > 44 ? long.MaxValue : mantissa << exponent;
        return true;
    }
}
