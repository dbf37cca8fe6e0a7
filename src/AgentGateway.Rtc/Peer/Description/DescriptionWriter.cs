using System.Globalization;
using System.Text;
using AgentGateway.Rtc.Wire.Rtp;
using AgentGateway.Rtc.Wire.Sdp;

namespace AgentGateway.Rtc.Peer.Description;

/// <summary>Builds our offers and answers as SDP models.</summary>
internal static class DescriptionWriter
{
    /// <summary>The payload type of redundant audio data in our offers.</summary>
    public const byte RedPayloadType = 63;

    /// <summary>The payload type of telephone-event in our offers.</summary>
    public const byte TelephoneEventPayloadType = 110;

    /// <summary>The payload type of telephone-event for codecs of 8 kHz in our offers.</summary>
    public const byte NarrowTelephoneEventPayloadType = 126;

    /// <summary>The id of the audio level extension in our offers.</summary>
    public const int AudioLevelExtension = 1;

    /// <summary>The id of the absolute send time in our offers.</summary>
    public const int AbsoluteSendTimeExtension = 2;

    /// <summary>The id of the transport-wide sequence number in our offers.</summary>
    public const int TransportSequenceExtension = 3;

    /// <summary>The id of the mid extension in our offers.</summary>
    public const int MidExtension = 4;

    /// <summary>Answers every section of an offer, in its order.</summary>
    /// <param name="local">Our side.</param>
    /// <param name="offer">What is answered.</param>
    /// <param name="lines">Our audio for each section of the offer, configured; null where there is none.</param>
    /// <param name="setup">Active or passive.</param>
    public static string Answer(LocalDescription local, RemoteDescription offer, IReadOnlyList<RtcAudioSection?> lines, SdpSetup setup)
    {
        SdpSession session = Start(local, offer.Bundle);
        if (offer.ExtMapAllowMixed)
            session.Attributes.Add("extmap-allow-mixed");
        for (int i = 0; i < offer.Sections.Count; i++)
        {
            RemoteSection section = offer.Sections[i];
            SdpMedia media =
                section.Audio is { } audio ? AgreedAudio(local, section.Protocol, section.Mid, audio, lines[i]!, lines[i]!.Audio!.Direction)
                : section.Data is { } data ? Data(local, section.Protocol, section.Mid, data.IsLegacy)
                : Rejected(section.Kind, section.Protocol, section.Mid, section.Formats);
            if (section.IsUsed)
                AddTransport(media, local, setup);
            session.Media.Add(media);
        }

        return session.ToString();
    }

    /// <summary>An offer.</summary>
    /// <param name="local">Our side.</param>
    /// <param name="sections">In order.</param>
    /// <param name="setup">Active, passive or both.</param>
    public static string Offer(LocalDescription local, IReadOnlyList<OfferedSection> sections, SdpSetup setup)
    {
        SdpSession session = Start(local, [.. sections.Where(s => s is { IsUsed: true, Mid: not null }).Select(s => s.Mid!)]);
        foreach (OfferedSection section in sections)
        {
            SdpMedia media =
                section is { Audio: { } audio, Terms: { } terms } ? AgreedAudio(local, section.Protocol, section.Mid, terms, audio, section.Direction)
                : section.Audio is not null ? NewAudio(local, section)
                : section.IsData ? Data(local, section.Protocol, section.Mid, section.IsLegacyData)
                : Rejected(section.Kind, section.Protocol, section.Mid, section.Formats);
            if (section.IsUsed)
                AddTransport(media, local, setup);
            session.Media.Add(media);
        }

        return session.ToString();
    }

    /// <summary>Our credentials and candidates as a fragment (RFC 8840 section 9): the answer to a restart by fragment.</summary>
    /// <param name="local">Our side.</param>
    /// <param name="remote">What is in force.</param>
    public static string Fragment(LocalDescription local, RemoteDescription remote)
    {
        RemoteSection section = remote.TransportSection;
        var text = new StringBuilder();
        if (local.IceLite)
            text.Append("a=ice-lite\r\n");
        text.Append("a=ice-options:trickle\r\n");
        if (remote.Bundle.Count > 0)
            text.Append(CultureInfo.InvariantCulture, $"a=group:{new SdpGroup("BUNDLE", remote.Bundle)}\r\n");
        text.Append(CultureInfo.InvariantCulture, $"m={section.Kind} 9 {section.Protocol} 0\r\n");
        if (section.Mid is not null)
            text.Append(CultureInfo.InvariantCulture, $"a=mid:{section.Mid}\r\n");
        text.Append(CultureInfo.InvariantCulture, $"a=ice-ufrag:{local.IceUfrag}\r\na=ice-pwd:{local.IcePassword}\r\n");
        foreach (string candidate in local.Candidates)
            text.Append(CultureInfo.InvariantCulture, $"a=candidate:{candidate}\r\n");
        if (local.HasAllCandidates)
            text.Append("a=end-of-candidates\r\n");
        return text.ToString();
    }

    private static SdpSession Start(LocalDescription local, IReadOnlyList<string> bundle)
    {
        var session = new SdpSession
        {
            Origin = new SdpOrigin(local.SessionId, local.Version),
        };
        if (bundle.Count > 0)
            session.Attributes.Add("group", new SdpGroup("BUNDLE", bundle).ToString());
        if (local.IceLite)
            session.Attributes.Add("ice-lite");
        session.Attributes.Add("msid-semantic", " WMS " + local.StreamId);
        return session;
    }

    private static SdpMedia NewAudio(LocalDescription local, OfferedSection section)
    {
        SdpMedia audio = Audio(section.Protocol, section.Mid, section.Direction);
        AddExtension(audio, AudioLevelExtension, RtpExtensionUri.AudioLevel);
        AddExtension(audio, AbsoluteSendTimeExtension, RtpExtensionUri.AbsoluteSendTime);
        if (local.Preferences.TransportFeedback)
            AddExtension(audio, TransportSequenceExtension, RtpExtensionUri.TransportSequence);
        AddExtension(audio, MidExtension, RtpExtensionUri.Mid);
        audio.Attributes.Add("rtcp-rsize");
        OfferCodecs(audio, local);
        AddStream(audio, local, section.Audio!, section.Direction);
        return audio;
    }

    private static SdpMedia AgreedAudio(
        LocalDescription local, string protocol, string? mid, RemoteAudio offered, RtcAudioSection section, SdpDirection direction)
    {
        SdpMedia media = Audio(protocol, mid, direction);
        AddExtension(media, offered.AudioLevelExtension, RtpExtensionUri.AudioLevel);
        AddExtension(media, offered.AbsoluteSendTimeExtension, RtpExtensionUri.AbsoluteSendTime);
        AddExtension(media, offered.TransportSequenceExtension, RtpExtensionUri.TransportSequence);
        AddExtension(media, offered.MidExtension, RtpExtensionUri.Mid);
        if (offered.ReducedSizeRtcp)
            media.Attributes.Add("rtcp-rsize");
        if (offered.ReferenceTimeByXr)
            media.Attributes.Add("rtcp-xr", "rcvr-rtt=all");
        AddCodec(media, local, offered.Codec, offered.PayloadType, offered.TransportFeedback, offered.Nack, offered.ReferenceTimeByFeedback);
        if (offered.Red is { } red)
            AddRed(media, red, offered.PayloadType);
        if (offered.ComfortNoise is { } noise)
            AddFormat(media, noise);
        if (offered.TelephoneEvent is { } tones)
            AddFormat(media, tones, "0-15");
        AddStream(media, local, section, direction);
        return media;
    }

    private static SdpMedia Audio(string protocol, string? mid, SdpDirection direction)
    {
        SdpMedia media = New("audio", protocol, mid);
        media.Attributes.Add("rtcp", "9 IN IP4 0.0.0.0");
        media.Attributes.Add(direction.ToAttributeName());
        media.Attributes.Add("rtcp-mux");
        return media;
    }

    private static void OfferCodecs(SdpMedia media, LocalDescription local)
    {
        AudioPreferences preferences = local.Preferences;
        if (preferences.Nack || preferences.TransportFeedback)
            media.Attributes.Add("rtcp-xr", "rcvr-rtt=all");
        bool narrow = false;
        foreach (RtcAudioCodec codec in preferences.Codecs)
        {
            AddCodec(media, local, codec, codec.PayloadType, preferences.TransportFeedback, preferences.Nack, referenceTime: false);
            if (codec.IsOpus && preferences.Red)
                AddRed(media, new SdpRtpMap(RedPayloadType, "red", codec.ClockRate, codec.Channels), codec.PayloadType);
            narrow |= !codec.IsOpus;
        }

        if (narrow)
            AddFormat(media, new SdpRtpMap(13, "CN", 8000));
        if (preferences.Codecs.Any(c => c.IsOpus))
            AddFormat(media, new SdpRtpMap(TelephoneEventPayloadType, "telephone-event", 48000), "0-15");
        if (narrow)
            AddFormat(media, new SdpRtpMap(NarrowTelephoneEventPayloadType, "telephone-event", 8000), "0-15");
    }

    private static void AddCodec(
        SdpMedia media, LocalDescription local, RtcAudioCodec codec, byte payloadType, bool transportFeedback, bool nack, bool referenceTime)
    {
        AddFormat(media, new SdpRtpMap(payloadType, codec.Name, codec.ClockRate, codec.Channels), codec.IsOpus ? local.OpusParameters : null);
        if (transportFeedback)
            AddFeedback(media, payloadType, "transport-cc");
        if (nack)
            AddFeedback(media, payloadType, "nack");
        if (referenceTime)
            AddFeedback(media, payloadType, "rrtr");
    }

    private static void AddRed(SdpMedia media, SdpRtpMap red, byte payloadType) =>
        AddFormat(media, red, string.Create(CultureInfo.InvariantCulture, $"{payloadType}/{payloadType}"));

    private static void AddFormat(SdpMedia media, SdpRtpMap map, string? parameters = null)
    {
        string format = string.Create(CultureInfo.InvariantCulture, $"{map.PayloadType}");
        media.Formats.Add(format);
        media.Attributes.Add("rtpmap", map.ToString());
        if (parameters is not null)
            media.Attributes.Add("fmtp", $"{format} {parameters}");
    }

    private static void AddFeedback(SdpMedia media, byte payloadType, string value) =>
        media.Attributes.Add("rtcp-fb", new SdpRtcpFeedback(payloadType, value).ToString());

    private static void AddExtension(SdpMedia media, int? id, string uri)
    {
        if (id is { } value)
            media.Attributes.Add("extmap", new SdpExtMap(value, uri).ToString());
    }

    // Without a stream id of its own a browser's page gets a track without a stream, and hears nothing.
    private static void AddStream(SdpMedia media, LocalDescription local, RtcAudioSection section, SdpDirection direction)
    {
        if (!direction.HasFlag(SdpDirection.SendOnly))
            return;
        string msid = $"{local.StreamId} {section.TrackId}";
        media.Attributes.Add("msid", msid);
        media.Attributes.Add("ssrc", new SdpSsrc(section.LocalSsrc, "cname", local.Cname).ToString());
        media.Attributes.Add("ssrc", new SdpSsrc(section.LocalSsrc, "msid", msid).ToString());
    }

    private static SdpMedia Data(LocalDescription local, string protocol, string? mid, bool isLegacy)
    {
        SdpMedia media = New("application", protocol, mid);
        if (isLegacy)
        {
            string port = string.Create(CultureInfo.InvariantCulture, $"{local.SctpPort}");
            media.Formats.Add(port);
            media.Attributes.Add("sctpmap", $"{port} webrtc-datachannel 65535");
        }
        else
        {
            media.Formats.Add("webrtc-datachannel");
            media.Attributes.Add("sctp-port", local.SctpPort);
        }

        media.Attributes.Add("max-message-size", local.MaxMessageSize);
        return media;
    }

    private static SdpMedia Rejected(string kind, string protocol, string? mid, IReadOnlyList<string> formats)
    {
        SdpMedia media = New(kind, protocol, mid);
        media.Port = 0;
        foreach (string format in formats)
            media.Formats.Add(format);
        if (kind is "audio" or "video")
            media.Attributes.Add("inactive");
        return media;
    }

    private static SdpMedia New(string kind, string protocol, string? mid)
    {
        var media = new SdpMedia { Kind = kind, Protocol = protocol, Connection = SdpConnection.Unspecified };
        if (mid is not null)
            media.Attributes.Add("mid", mid);
        return media;
    }

    private static void AddTransport(SdpMedia media, LocalDescription local, SdpSetup setup)
    {
        media.Attributes.Add("ice-ufrag", local.IceUfrag);
        media.Attributes.Add("ice-pwd", local.IcePassword);
        media.Attributes.Add("ice-options", "trickle");
        media.Attributes.Add("fingerprint", local.Fingerprint);
        media.Attributes.Add("setup", setup switch
        {
            SdpSetup.Active => "active",
            SdpSetup.Passive => "passive",
            _ => "actpass",
        });
        foreach (string candidate in local.Candidates)
            media.Attributes.Add("candidate", candidate);
        if (local.HasAllCandidates)
            media.Attributes.Add("end-of-candidates");
    }
}
