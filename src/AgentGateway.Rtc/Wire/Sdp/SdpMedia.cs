using System.Globalization;

namespace AgentGateway.Rtc.Wire.Sdp;

/// <summary>
/// One media section: the "m=" line and what follows it (RFC 8866 section 5.14). Typed properties read the attributes on each
/// call and skip what is malformed, so that <see cref="Attributes"/> stays the one truth. What may also stand at session
/// level is asked of <see cref="SdpSession"/>.
/// </summary>
public sealed class SdpMedia
{
    /// <summary>"audio", "video", "application" or another token.</summary>
    public required string Kind { get; set; }

    /// <summary>0 means rejected, or bundle-only; 9 means "see the candidates".</summary>
    public ushort Port { get; set; } = 9;

    /// <summary>For example "UDP/TLS/RTP/SAVPF".</summary>
    public required string Protocol { get; set; }

    /// <summary>Payload types, or "webrtc-datachannel".</summary>
    public IList<string> Formats { get; } = [];

    /// <summary>The first "c=" line of the section, or null.</summary>
    public SdpConnection? Connection { get; set; }

    /// <summary>i, b and k lines, kept as they came.</summary>
    public IList<SdpLine> OtherLines { get; } = [];

    /// <summary>All attributes in order.</summary>
    public SdpAttributeList Attributes { get; } = new();

    /// <summary>The line number of "m=" in the parsed text; 0 for a section made here.</summary>
    public int Line { get; internal set; }

    /// <summary>Whether the section is rejected: port 0 and not bundle-only (RFC 8843 section 6).</summary>
    public bool IsRejected => Port == 0 && !IsBundleOnly;

    /// <summary>Whether "a=bundle-only" is present.</summary>
    public bool IsBundleOnly => Attributes.Has("bundle-only");

    /// <summary>Whether the section carries data channels over DTLS, in the present or the old notation.</summary>
    public bool IsDataChannel => Kind == "application"
        && (Formats.Contains("webrtc-datachannel") || Attributes.All("sctpmap").Any(v => v.Contains("webrtc-datachannel", StringComparison.Ordinal)));

    /// <summary>"a=mid" (RFC 5888), or null.</summary>
    public string? Mid => Attributes.First("mid");

    /// <summary>"a=ice-ufrag" of this section only.</summary>
    public string? IceUfrag => Attributes.First("ice-ufrag");

    /// <summary>"a=ice-pwd" of this section only.</summary>
    public string? IcePassword => Attributes.First("ice-pwd");

    /// <summary>"a=fingerprint" lines of this section only.</summary>
    public IReadOnlyList<SdpFingerprint> Fingerprints => SdpSession.ReadFingerprints(Attributes);

    /// <summary>"a=rtcp-mux" or "a=rtcp-mux-only" (RFC 5761, 8858).</summary>
    public bool RtcpMux => Attributes.Has("rtcp-mux") || Attributes.Has("rtcp-mux-only");

    /// <summary>"a=rtcp-rsize" (RFC 5506).</summary>
    public bool RtcpReducedSize => Attributes.Has("rtcp-rsize");

    /// <summary>The payload types of the "m=" line that are numbers 0..127, in order of preference.</summary>
    public IEnumerable<int> PayloadTypes
    {
        get
        {
            foreach (string format in Formats)
            {
                if (SdpText.TryInt(format, 0, 127, out int payloadType))
                    yield return payloadType;
            }
        }
    }

    /// <summary>"a=rtpmap" lines.</summary>
    public IReadOnlyList<SdpRtpMap> RtpMaps => Read<SdpRtpMap>("rtpmap", SdpRtpMap.TryParse);

    /// <summary>"a=fmtp" lines.</summary>
    public IReadOnlyList<SdpFormatParameters> FormatParameters => Read<SdpFormatParameters>("fmtp", SdpFormatParameters.TryParse);

    /// <summary>"a=rtcp-fb" lines.</summary>
    public IReadOnlyList<SdpRtcpFeedback> RtcpFeedback => Read<SdpRtcpFeedback>("rtcp-fb", SdpRtcpFeedback.TryParse);

    /// <summary>"a=extmap" lines.</summary>
    public IReadOnlyList<SdpExtMap> ExtMaps => Read<SdpExtMap>("extmap", SdpExtMap.TryParse);

    /// <summary>"a=msid" lines.</summary>
    public IReadOnlyList<SdpMsid> Msids => Read<SdpMsid>("msid", SdpMsid.TryParse);

    /// <summary>"a=ssrc" lines; one source has several.</summary>
    public IReadOnlyList<SdpSsrc> Ssrcs => Read<SdpSsrc>("ssrc", SdpSsrc.TryParse);

    /// <summary>The values of "a=candidate" lines, without "candidate:"; the ICE layer parses them.</summary>
    public IReadOnlyList<string> Candidates => [.. Attributes.All("candidate")];

    /// <summary>"a=end-of-candidates" (RFC 8840).</summary>
    public bool EndOfCandidates => Attributes.Has("end-of-candidates");

    /// <summary>"a=sctp-port" (RFC 8841 section 5), or the port of the old "a=sctpmap"; null when neither is there.</summary>
    public int? SctpPort
    {
        get
        {
            if (SdpText.TryInt(Attributes.First("sctp-port"), 0, 65535, out int port))
                return port;
            string? map = Attributes.First("sctpmap");
            return map is not null && SdpText.TryInt(map.AsSpan(0, Math.Max(map.IndexOf(' '), 0)), 0, 65535, out port) ? port : null;
        }
    }

    /// <summary>"a=max-message-size" in bytes (RFC 8841 section 6): 65536 when absent, 0 means any size.</summary>
    public long MaxMessageSize =>
        long.TryParse(Attributes.First("max-message-size"), NumberStyles.None, CultureInfo.InvariantCulture, out long size) ? size : 65536;

    /// <summary>"a=ptime" in milliseconds, or null.</summary>
    public int? PTime => SdpText.TryInt(Attributes.First("ptime"), 1, 10_000, out int value) ? value : null;

    /// <summary>"a=maxptime" in milliseconds, or null.</summary>
    public int? MaxPTime => SdpText.TryInt(Attributes.First("maxptime"), 1, 10_000, out int value) ? value : null;

    /// <summary>The rtpmap of a payload type, or null; the static types 0, 8, 9 and 13 need none (RFC 3551 section 6).</summary>
    public SdpRtpMap? FindRtpMap(int payloadType) => FindRtpMap(RtpMaps, payloadType);

    /// <summary>The same in a list that was read before.</summary>
    internal static SdpRtpMap? FindRtpMap(IReadOnlyList<SdpRtpMap> maps, int payloadType)
    {
        foreach (SdpRtpMap map in maps)
        {
            if (map.PayloadType == payloadType)
                return map;
        }

        return payloadType switch
        {
            0 => new SdpRtpMap(0, "PCMU", 8000),
            8 => new SdpRtpMap(8, "PCMA", 8000),
            9 => new SdpRtpMap(9, "G722", 8000),
            13 => new SdpRtpMap(13, "CN", 8000),
            _ => null,
        };
    }

    /// <summary>The fmtp line of a payload type, or null.</summary>
    public SdpFormatParameters? FindFormatParameters(int payloadType)
    {
        string name = payloadType.ToString(CultureInfo.InvariantCulture);
        return FormatParameters.FirstOrDefault(p => p.PayloadType == name);
    }

    /// <summary>Whether a feedback message was offered for a payload type, or for all.</summary>
    public bool HasFeedback(int payloadType, string value) => HasFeedback(RtcpFeedback, payloadType, value);

    /// <summary>The same in a list that was read before.</summary>
    internal static bool HasFeedback(IReadOnlyList<SdpRtcpFeedback> feedback, int payloadType, string value) =>
        feedback.Any(f => (f.PayloadType is null || f.PayloadType == payloadType) && f.Value == value);

    private delegate bool Parser<T>(ReadOnlySpan<char> value, out T? result);

    private List<T> Read<T>(string name, Parser<T> parser)
        where T : class
    {
        var list = new List<T>();
        foreach (string value in Attributes.All(name))
        {
            if (parser(value, out T? item) && item is not null)
                list.Add(item);
        }

        return list;
    }
}
