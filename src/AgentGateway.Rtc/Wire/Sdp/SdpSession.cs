namespace AgentGateway.Rtc.Wire.Sdp;

/// <summary>
/// A session description (RFC 8866) as a plain mutable model: parse one, or build one and call <see cref="ToString"/>.
/// It knows the grammar and where session-level values apply to media; it knows no offer/answer rules. Not thread-safe.
/// </summary>
public sealed class SdpSession
{
    /// <summary>The "o=" line.</summary>
    public SdpOrigin Origin { get; set; }

    /// <summary>The "s=" line; "-" when unused.</summary>
    public string Name { get; set; } = "-";

    /// <summary>The session-level "c=" line, or null.</summary>
    public SdpConnection? Connection { get; set; }

    /// <summary>The "t=" line; "0 0" in WebRTC.</summary>
    public string Timing { get; set; } = "0 0";

    /// <summary>i, u, e, p, b, r, z and k lines, kept as they came.</summary>
    public IList<SdpLine> OtherLines { get; } = [];

    /// <summary>Session-level attributes.</summary>
    public SdpAttributeList Attributes { get; } = new();

    /// <summary>The media sections, in order.</summary>
    public IList<SdpMedia> Media { get; } = [];

    /// <summary>"a=ice-lite" (RFC 8839 section 5.3).</summary>
    public bool IceLite => Attributes.Has("ice-lite");

    /// <summary>"a=extmap-allow-mixed" (RFC 8285 section 6).</summary>
    public bool ExtMapAllowMixed => Attributes.Has("extmap-allow-mixed");

    /// <summary>"a=group" lines.</summary>
    public IReadOnlyList<SdpGroup> Groups
    {
        get
        {
            var groups = new List<SdpGroup>();
            foreach (string value in Attributes.All("group"))
            {
                if (SdpGroup.TryParse(value, out SdpGroup? group) && group is not null)
                    groups.Add(group);
            }

            return groups;
        }
    }

    /// <summary>The first BUNDLE group (RFC 8843), or null.</summary>
    public SdpGroup? Bundle => Groups.FirstOrDefault(g => g.Semantics == "BUNDLE");

    /// <summary>Parses text from outside. Never throws.</summary>
    /// <param name="text">Lines end in CRLF or LF.</param>
    /// <param name="session">The model, or null.</param>
    /// <param name="error">Where and why it was refused.</param>
    public static bool TryParse(ReadOnlySpan<char> text, out SdpSession? session, out SdpError error) =>
        TryParse(text, SdpLimits.Default, out session, out error);

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, out SdpSession?, out SdpError)"/>
    /// <param name="text">Lines end in CRLF or LF.</param>
    /// <param name="limits">Bounds to apply.</param>
    /// <param name="session">The model, or null.</param>
    /// <param name="error">Where and why it was refused.</param>
    public static bool TryParse(ReadOnlySpan<char> text, SdpLimits limits, out SdpSession? session, out SdpError error) =>
        SdpParser.TryParse(text, limits, isFragment: false, out session, out error);

    /// <summary>
    /// Parses a fragment as trickled over HTTP (application/trickle-ice-sdpfrag, RFC 8840 section 9): attributes and media sections
    /// without the lines v, o, s and t. Never throws.
    /// </summary>
    /// <param name="text">Lines end in CRLF or LF.</param>
    /// <param name="limits">Bounds to apply.</param>
    /// <param name="fragment">The model, whose origin, name and timing mean nothing; or null.</param>
    /// <param name="error">Where and why it was refused.</param>
    public static bool TryParseFragment(ReadOnlySpan<char> text, SdpLimits limits, out SdpSession? fragment, out SdpError error) =>
        SdpParser.TryParse(text, limits, isFragment: true, out fragment, out error);

    /// <summary>The section with that mid, or null.</summary>
    public SdpMedia? FindMedia(string mid) => Media.FirstOrDefault(m => m.Mid == mid);

    /// <summary>The ufrag that applies to a section: its own, else the session's (RFC 8839 section 5.4).</summary>
    public string? GetIceUfrag(SdpMedia media) => media.IceUfrag ?? Attributes.First("ice-ufrag");

    /// <summary>The password that applies to a section.</summary>
    public string? GetIcePassword(SdpMedia media) => media.IcePassword ?? Attributes.First("ice-pwd");

    /// <summary>Whether an ice-option such as "trickle" applies to a section (RFC 8839 section 5.6).</summary>
    public bool HasIceOption(SdpMedia media, string option) =>
        HasOption(media.Attributes, option) || HasOption(Attributes, option);

    /// <summary>The fingerprints that apply to a section: its own, else the session's (RFC 8122 section 5).</summary>
    public IReadOnlyList<SdpFingerprint> GetFingerprints(SdpMedia media)
    {
        IReadOnlyList<SdpFingerprint> own = media.Fingerprints;
        return own.Count > 0 ? own : ReadFingerprints(Attributes);
    }

    /// <summary>The DTLS role that applies to a section, or null.</summary>
    public SdpSetup? GetSetup(SdpMedia media) =>
        (media.Attributes.First("setup") ?? Attributes.First("setup")) switch
        {
            "active" => SdpSetup.Active,
            "passive" => SdpSetup.Passive,
            "actpass" => SdpSetup.ActPass,
            "holdconn" => SdpSetup.HoldConn,
            _ => null,
        };

    /// <summary>The direction that applies to a section; sendrecv when nothing is said.</summary>
    public SdpDirection GetDirection(SdpMedia media) =>
        ReadDirection(media.Attributes) ?? ReadDirection(Attributes) ?? SdpDirection.SendReceive;

    /// <summary>The canonical text: the order of RFC 8866 section 9, CRLF after each line.</summary>
    /// <exception cref="InvalidOperationException">A field that was set contains a line break or NUL.</exception>
    public override string ToString() => SdpFormatter.Format(this);

    internal static IReadOnlyList<SdpFingerprint> ReadFingerprints(SdpAttributeList attributes)
    {
        var list = new List<SdpFingerprint>();
        foreach (string value in attributes.All("fingerprint"))
        {
            if (SdpFingerprint.TryParse(value, out SdpFingerprint? fingerprint) && fingerprint is not null)
                list.Add(fingerprint);
        }

        return list;
    }

    private static SdpDirection? ReadDirection(SdpAttributeList attributes)
    {
        foreach (SdpAttributeLine attribute in attributes)
        {
            if (attribute.Value is null && SdpDirections.TryParse(attribute.Name, out SdpDirection direction))
                return direction;
        }

        return null;
    }

    private static bool HasOption(SdpAttributeList attributes, string option)
    {
        foreach (string value in attributes.All("ice-options"))
        {
            foreach (Range range in value.AsSpan().Split(' '))
            {
                if (value.AsSpan(range).SequenceEqual(option))
                    return true;
            }
        }

        return false;
    }
}
