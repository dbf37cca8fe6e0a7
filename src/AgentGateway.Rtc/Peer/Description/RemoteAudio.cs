using System.Globalization;
using AgentGateway.Rtc.Wire.Rtp;
using AgentGateway.Rtc.Wire.Sdp;

namespace AgentGateway.Rtc.Peer.Description;

/// <summary>The far end's audio section, reduced to what is used.</summary>
internal sealed record RemoteAudio
{
    private const int MaxSources = 16;
    private const int MaxTrackIdLength = 256;

    /// <summary>Seen from the far end.</summary>
    public required SdpDirection Direction { get; init; }

    public required RtcAudioCodec Codec { get; init; }

    public required byte PayloadType { get; init; }

    /// <summary>The parameters of the codec, or null.</summary>
    public SdpFormatParameters? Parameters { get; init; }

    public SdpRtpMap? Red { get; init; }

    public SdpRtpMap? ComfortNoise { get; init; }

    public SdpRtpMap? TelephoneEvent { get; init; }

    public bool Nack { get; init; }

    public bool TransportFeedback { get; init; }

    /// <summary>Whether it is asked for in a=rtcp-xr (RFC 3611 section 5.1).</summary>
    public bool ReferenceTimeByXr { get; init; }

    /// <summary>Whether it is asked for in a=rtcp-fb, as libwebrtc does.</summary>
    public bool ReferenceTimeByFeedback { get; init; }

    public int? AudioLevelExtension { get; init; }

    public int? MidExtension { get; init; }

    public int? AbsoluteSendTimeExtension { get; init; }

    public int? TransportSequenceExtension { get; init; }

    public bool ReducedSizeRtcp { get; init; }

    public bool RtcpMux { get; init; }

    /// <summary>How much audio a packet should have; null when nothing is said.</summary>
    public int? PacketTimeMilliseconds { get; init; }

    public string Mid { get; init; } = "";

    /// <summary>Of the far end's track; null when it told none that can be used.</summary>
    public SdpMsid? Track { get; init; }

    /// <summary>SSRCs of the far end.</summary>
    public IReadOnlyList<uint> Sources { get; init; } = [];

    /// <summary>What both agree on, given who may send from our side.</summary>
    public NegotiatedAudio Negotiate(SdpDirection ours) => new()
    {
        Codec = Codec.Name,
        ClockRate = Codec.ClockRate,
        PayloadType = PayloadType,
        Direction = ours,
        Fec = Parameters?.GetInt("useinbandfec") == 1,
        Dtx = Parameters?.GetInt("usedtx") == 1,
        Stereo = Parameters?.GetInt("stereo") == 1,
        MaxAverageBitrate = Parameters?.GetInt("maxaveragebitrate") is { } rate ? Math.Clamp(rate, 6_000, 510_000) : null,
        PacketTime = TimeSpan.FromMilliseconds(Math.Clamp(PacketTimeMilliseconds ?? Parameters?.GetInt("ptime") ?? 20, 10, 120)),
        RedPayloadType = (byte?)Red?.PayloadType,
        ComfortNoisePayloadType = (byte?)ComfortNoise?.PayloadType,
        TelephoneEventPayloadType = (byte?)TelephoneEvent?.PayloadType,
        TelephoneEventClockRate = TelephoneEvent?.ClockRate ?? 0,
        Nack = Nack,
        TransportFeedback = TransportFeedback,
        ReferenceTime = ReferenceTimeByXr || ReferenceTimeByFeedback,
        ReducedSizeRtcp = ReducedSizeRtcp,
        AudioLevelExtension = AudioLevelExtension,
        MidExtension = MidExtension,
        AbsoluteSendTimeExtension = AbsoluteSendTimeExtension,
        TransportSequenceExtension = TransportSequenceExtension,
        Mid = Mid,
        RemoteStreamId = Track?.StreamId is { } stream && stream != "-" ? stream : null,
        RemoteTrackId = Track?.TrackId,
        RemoteSources = Sources,
    };

    // Older senders say it of the source (RFC 8830 was once about a=ssrc).
    private static SdpMsid? ReadTrack(SdpMedia media, IReadOnlyList<SdpSsrc> sources)
    {
        SdpMsid? track = media.Msids is [var own, ..] ? own
            : SdpMsid.TryParse(sources.FirstOrDefault(s => s.Attribute == "msid")?.Value, out SdpMsid? old) ? old
            : null;
        return track is { StreamId.Length: <= MaxTrackIdLength, TrackId: null or { Length: <= MaxTrackIdLength } } ? track : null;
    }

    /// <summary>Reads a section; null when it offers none of the codecs.</summary>
    /// <param name="session">The description.</param>
    /// <param name="media">The section.</param>
    /// <param name="preferences">What we would agree to.</param>
    public static RemoteAudio? Read(SdpSession session, SdpMedia media, AudioPreferences preferences)
    {
        IReadOnlyList<SdpRtpMap> all = media.RtpMaps;
        List<SdpRtpMap> maps = [];
        foreach (int payloadType in media.PayloadTypes)
        {
            if (SdpMedia.FindRtpMap(all, payloadType) is { } map)
                maps.Add(map);
        }

        // Our order counts, not the offerer's: what sounds best, whatever it lists first.
        foreach (RtcAudioCodec codec in preferences.Codecs)
        {
            // Opus must come with its channels (RFC 7587 section 7); GStreamer leaves them out. No other codec here has two.
            if (maps.Find(m => m.Is(codec.Name, codec.ClockRate, codec.Channels) || m.Is(codec.Name, codec.ClockRate)) is { } map)
                return Read(session, media, preferences, codec, map, maps);
        }

        return null;
    }

    private static RemoteAudio Read(
        SdpSession session, SdpMedia media, AudioPreferences preferences, RtcAudioCodec codec, SdpRtpMap map, List<SdpRtpMap> maps)
    {
        IReadOnlyList<SdpExtMap> extensions = media.ExtMaps;
        IReadOnlyList<SdpSsrc> sources = media.Ssrcs;
        IReadOnlyList<SdpRtcpFeedback> feedback = media.RtcpFeedback;
        int? transportSequence = preferences.TransportFeedback ? Find(extensions, RtpExtensionUri.TransportSequence) : null;
        return new RemoteAudio
        {
            Direction = session.GetDirection(media),
            Codec = codec,
            PayloadType = (byte)map.PayloadType,
            Parameters = media.FindFormatParameters(map.PayloadType),
            Red = preferences.Red && codec.IsOpus ? maps.Find(m => m.Is("red", codec.ClockRate, codec.Channels) && Repeats(media, m, map)) : null,
            ComfortNoise = codec.IsOpus ? null : maps.Find(m => m.Is("CN", codec.ClockRate)),
            TelephoneEvent = FindTelephoneEvent(maps, codec.ClockRate),
            Nack = preferences.Nack && SdpMedia.HasFeedback(feedback, map.PayloadType, "nack"),
            TransportFeedback = transportSequence is not null && SdpMedia.HasFeedback(feedback, map.PayloadType, "transport-cc"),
            ReferenceTimeByXr = media.Attributes.First("rtcp-xr")?.Contains("rcvr-rtt", StringComparison.Ordinal) ?? false,
            ReferenceTimeByFeedback = SdpMedia.HasFeedback(feedback, map.PayloadType, "rrtr"),
            AudioLevelExtension = Find(extensions, RtpExtensionUri.AudioLevel),
            MidExtension = Find(extensions, RtpExtensionUri.Mid),
            AbsoluteSendTimeExtension = Find(extensions, RtpExtensionUri.AbsoluteSendTime),
            TransportSequenceExtension = transportSequence,
            ReducedSizeRtcp = media.RtcpReducedSize,
            RtcpMux = media.RtcpMux,
            PacketTimeMilliseconds = media.PTime,
            Mid = media.Mid ?? "",
            Track = ReadTrack(media, sources),
            Sources = [.. sources.Select(s => s.Ssrc).Distinct().Take(MaxSources)],
        };
    }

    // RFC 2198 section 5: fmtp lists the payload types of the blocks. Only blocks of the codec itself are of use.
    private static bool Repeats(SdpMedia media, SdpRtpMap red, SdpRtpMap codec)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{codec.PayloadType}");
        return media.FindFormatParameters(red.PayloadType)?.Parameters.Split('/').All(p => p.Trim() == name) ?? false;
    }

    // The codec's own clock first: tones then lie on its time line (RFC 4733 section 2.1).
    private static SdpRtpMap? FindTelephoneEvent(List<SdpRtpMap> maps, int clockRate)
    {
        List<SdpRtpMap> events = maps.FindAll(m => m.Encoding.Equals("telephone-event", StringComparison.OrdinalIgnoreCase));
        return events.Find(m => m.ClockRate == clockRate) ?? (events.Count > 0 ? events[0] : null);
    }

    // Not 15, which ends a block of the one-byte form; nor those for one direction, which nobody offers. Encrypted ones (RFC 6904) have
    // another name, and so are never found.
    private static int? Find(IReadOnlyList<SdpExtMap> extensions, string uri) =>
        extensions.FirstOrDefault(e => e.Uri == uri && e.Id is >= 1 and <= 255 and not 15 && e.Direction is null or SdpDirection.SendReceive)?.Id;
}
