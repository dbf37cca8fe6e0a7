using AgentGateway.Rtc.Wire.Sdp;

namespace AgentGateway.Rtc.Peer.Description;

/// <summary>The far end's audio section, reduced to what is used.</summary>
internal sealed record RemoteAudio
{
    public required SdpMedia Media { get; init; }

    /// <summary>Seen from the far end.</summary>
    public required SdpDirection Direction { get; init; }

    public required byte OpusPayloadType { get; init; }

    /// <summary>The parameters of Opus, or null.</summary>
    public SdpFormatParameters? OpusParameters { get; init; }

    public SdpRtpMap? TelephoneEvent { get; init; }

    public int? AudioLevelExtension { get; init; }

    public int? MidExtension { get; init; }

    public bool ReducedSizeRtcp { get; init; }

    /// <summary>What both agree on, given who may send from our side.</summary>
    public NegotiatedAudio Negotiate(SdpDirection ours) => new()
    {
        Codec = "opus",
        ClockRate = 48000,
        PayloadType = OpusPayloadType,
        Direction = ours,
        Fec = OpusParameters?.GetInt("useinbandfec") == 1,
        Dtx = OpusParameters?.GetInt("usedtx") == 1,
        Stereo = OpusParameters?.GetInt("stereo") == 1,
        MaxAverageBitrate = OpusParameters?.GetInt("maxaveragebitrate") is { } rate ? Math.Clamp(rate, 6_000, 510_000) : null,
        PacketTime = TimeSpan.FromMilliseconds(Math.Clamp(Media.PTime ?? OpusParameters?.GetInt("ptime") ?? 20, 10, 120)),
        TelephoneEventPayloadType = (byte?)TelephoneEvent?.PayloadType,
        AudioLevelExtension = AudioLevelExtension,
        MidExtension = MidExtension,
        Mid = Media.Mid ?? "",
    };

    /// <summary>Reads a section; null when it offers no Opus.</summary>
    public static RemoteAudio? Read(SdpSession session, SdpMedia media)
    {
        SdpRtpMap? opus = null;
        SdpRtpMap? telephoneEvent = null;
        foreach (int payloadType in media.PayloadTypes)
        {
            SdpRtpMap? map = media.RtpMaps.FirstOrDefault(m => m.PayloadType == payloadType);
            if (map is null)
                continue;
            if (map.Is("opus", 48000, 2))
                opus ??= map;
            else if (map.Encoding.Equals("telephone-event", StringComparison.OrdinalIgnoreCase)
                && (telephoneEvent is null || (telephoneEvent.ClockRate != 48000 && map.ClockRate == 48000)))
                telephoneEvent = map;
        }

        if (opus is null)
            return null;
        IReadOnlyList<SdpExtMap> extensions = media.ExtMaps;
        return new RemoteAudio
        {
            Media = media,
            Direction = session.GetDirection(media),
            OpusPayloadType = (byte)opus.PayloadType,
            OpusParameters = media.FormatParameters.FirstOrDefault(p => p.PayloadType == media.Formats.First(f => IsNumber(f, opus.PayloadType))),
            TelephoneEvent = telephoneEvent,
            AudioLevelExtension = Find(extensions, Wire.Rtp.RtpExtensionUri.AudioLevel),
            MidExtension = Find(extensions, Wire.Rtp.RtpExtensionUri.Mid),
            ReducedSizeRtcp = media.RtcpReducedSize,
        };
    }

    private static bool IsNumber(string text, int number) =>
        int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int value) && value == number;

    // Only ids of the one-byte form: we write no other.
    private static int? Find(IReadOnlyList<SdpExtMap> extensions, string uri) =>
        extensions.FirstOrDefault(e => e.Uri == uri && e.Id is >= 1 and <= 14)?.Id;
}
