using System.Globalization;

namespace AgentGateway.Rtc.Wire.Sdp;

/// <summary>"a=rtpmap" (RFC 8866 section 6.6).</summary>
/// <param name="PayloadType">0..127.</param>
/// <param name="Encoding">The name; compare without case.</param>
/// <param name="ClockRate">Hz.</param>
/// <param name="Channels">1 when not written.</param>
public sealed record SdpRtpMap(int PayloadType, string Encoding, int ClockRate, int Channels = 1)
{
    /// <summary>Whether it is this codec.</summary>
    public bool Is(string encoding, int clockRate, int channels = 1) =>
        ClockRate == clockRate && Channels == channels && Encoding.Equals(encoding, StringComparison.OrdinalIgnoreCase);

    /// <summary>Parses the attribute value "111 opus/48000/2".</summary>
    public static bool TryParse(ReadOnlySpan<char> value, out SdpRtpMap? map)
    {
        map = null;
        int space = value.IndexOf(' ');
        if (space < 1 || !SdpText.TryInt(value[..space], 0, 127, out int payloadType))
            return false;
        ReadOnlySpan<char> rest = value[(space + 1)..].Trim(' ');
        int slash = rest.IndexOf('/');
        if (slash < 1)
            return false;
        ReadOnlySpan<char> encoding = rest[..slash];
        ReadOnlySpan<char> rate = rest[(slash + 1)..];
        int channels = 1;
        slash = rate.IndexOf('/');
        if (slash >= 0)
        {
            if (!SdpText.TryInt(rate[(slash + 1)..], 0, 255, out channels))
                return false;
            rate = rate[..slash];
        }

        if (!SdpText.IsToken(encoding) || !SdpText.TryInt(rate, 1, int.MaxValue, out int clockRate))
            return false;
        map = new SdpRtpMap(payloadType, encoding.ToString(), clockRate, Math.Max(channels, 1));
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => Channels == 1
        ? string.Create(CultureInfo.InvariantCulture, $"{PayloadType} {Encoding}/{ClockRate}")
        : string.Create(CultureInfo.InvariantCulture, $"{PayloadType} {Encoding}/{ClockRate}/{Channels}");
}

/// <summary>"a=rtcp-fb" (RFC 4585 section 4.2).</summary>
/// <param name="PayloadType">The payload type, or null for "*".</param>
/// <param name="Value">For example "nack pli" or "transport-cc".</param>
public sealed record SdpRtcpFeedback(int? PayloadType, string Value)
{
    /// <summary>Parses the attribute value "111 transport-cc".</summary>
    public static bool TryParse(ReadOnlySpan<char> value, out SdpRtcpFeedback? feedback)
    {
        feedback = null;
        int space = value.IndexOf(' ');
        if (space < 1)
            return false;
        int payloadType = -1;
        if (!value[..space].SequenceEqual("*") && !SdpText.TryInt(value[..space], 0, 127, out payloadType))
            return false;
        feedback = new SdpRtcpFeedback(payloadType < 0 ? null : payloadType, value[(space + 1)..].ToString());
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => PayloadType is { } type ? string.Create(CultureInfo.InvariantCulture, $"{type} {Value}") : $"* {Value}";
}

/// <summary>"a=extmap" (RFC 8285 section 5).</summary>
/// <param name="Id">1..14 fit the one-byte header, up to 255 the two-byte one; 4096..4351 are provisional.</param>
/// <param name="Uri">What the header extension is.</param>
/// <param name="Direction">When restricted.</param>
/// <param name="Attributes">Extension attributes, or null.</param>
public sealed record SdpExtMap(int Id, string Uri, SdpDirection? Direction = null, string? Attributes = null)
{
    /// <summary>The lowest provisional id.</summary>
    public const int FirstProvisionalId = 4096;

    /// <summary>Parses the attribute value "1/sendonly urn:... attributes".</summary>
    public static bool TryParse(ReadOnlySpan<char> value, out SdpExtMap? map)
    {
        map = null;
        int space = value.IndexOf(' ');
        if (space < 1)
            return false;
        ReadOnlySpan<char> id = value[..space];
        SdpDirection? direction = null;
        int slash = id.IndexOf('/');
        if (slash >= 0)
        {
            if (!SdpDirections.TryParse(id[(slash + 1)..].ToString(), out SdpDirection parsed))
                return false;
            direction = parsed;
            id = id[..slash];
        }

        if (!SdpText.TryInt(id, 1, 4351, out int number) || number is > 255 and < FirstProvisionalId)
            return false;
        ReadOnlySpan<char> rest = value[(space + 1)..].Trim(' ');
        int second = rest.IndexOf(' ');
        ReadOnlySpan<char> uri = second < 0 ? rest : rest[..second];
        if (uri.IsEmpty)
            return false;
        map = new SdpExtMap(number, uri.ToString(), direction, second < 0 ? null : rest[(second + 1)..].ToString());
        return true;
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        string direction = Direction is { } d ? "/" + d.ToAttributeName() : string.Empty;
        string attributes = Attributes is null ? string.Empty : " " + Attributes;
        return string.Create(CultureInfo.InvariantCulture, $"{Id}{direction} {Uri}{attributes}");
    }
}

/// <summary>"a=msid" (RFC 8830 section 2).</summary>
/// <param name="StreamId">"-" for no stream.</param>
/// <param name="TrackId">Or null when absent, as JSEP allows.</param>
public sealed record SdpMsid(string StreamId, string? TrackId)
{
    /// <summary>Parses the attribute value "stream track".</summary>
    public static bool TryParse(ReadOnlySpan<char> value, out SdpMsid? msid)
    {
        value = value.Trim(' ');
        int space = value.IndexOf(' ');
        ReadOnlySpan<char> stream = space < 0 ? value : value[..space];
        msid = stream.IsEmpty ? null : new SdpMsid(stream.ToString(), space < 0 ? null : value[(space + 1)..].Trim(' ').ToString());
        return msid is not null;
    }

    /// <inheritdoc/>
    public override string ToString() => TrackId is null ? StreamId : $"{StreamId} {TrackId}";
}

/// <summary>"a=ssrc" (RFC 5576 section 4.1).</summary>
/// <param name="Ssrc">The synchronisation source.</param>
/// <param name="Attribute">For example "cname".</param>
/// <param name="Value">Or null.</param>
public sealed record SdpSsrc(uint Ssrc, string Attribute, string? Value)
{
    /// <summary>Parses the attribute value "1234 cname:abc".</summary>
    public static bool TryParse(ReadOnlySpan<char> value, out SdpSsrc? ssrc)
    {
        ssrc = null;
        int space = value.IndexOf(' ');
        ReadOnlySpan<char> id = space < 0 ? value : value[..space];
        if (!uint.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out uint number))
            return false;
        ReadOnlySpan<char> rest = space < 0 ? default : value[(space + 1)..];
        int colon = rest.IndexOf(':');
        ssrc = colon < 0
            ? new SdpSsrc(number, rest.ToString(), null)
            : new SdpSsrc(number, rest[..colon].ToString(), rest[(colon + 1)..].ToString());
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => Value is null
        ? string.Create(CultureInfo.InvariantCulture, $"{Ssrc} {Attribute}")
        : string.Create(CultureInfo.InvariantCulture, $"{Ssrc} {Attribute}:{Value}");
}

/// <summary>"a=group" (RFC 5888 section 5).</summary>
/// <param name="Semantics">For example "BUNDLE".</param>
/// <param name="Mids">The members, in order.</param>
public sealed record SdpGroup(string Semantics, IReadOnlyList<string> Mids)
{
    /// <summary>Parses the attribute value "BUNDLE 0 1".</summary>
    public static bool TryParse(string value, out SdpGroup? group)
    {
        string[] parts = value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        group = parts.Length == 0 ? null : new SdpGroup(parts[0], parts[1..]);
        return group is not null;
    }

    /// <inheritdoc/>
    public override string ToString() => Mids.Count == 0 ? Semantics : $"{Semantics} {string.Join(' ', Mids)}";
}

/// <summary>"a=fingerprint" (RFC 8122 section 5).</summary>
/// <param name="Algorithm">Lower case, for example "sha-256".</param>
/// <param name="Value">Upper-case hexadecimal pairs with colons between.</param>
public sealed record SdpFingerprint(string Algorithm, string Value)
{
    /// <summary>Parses the attribute value "sha-256 AA:BB:...".</summary>
    public static bool TryParse(ReadOnlySpan<char> value, out SdpFingerprint? fingerprint)
    {
        fingerprint = null;
        value = value.Trim(' ');
        int space = value.IndexOf(' ');
        if (space < 1 || !SdpText.IsToken(value[..space]))
            return false;
        ReadOnlySpan<char> hex = value[(space + 1)..].Trim(' ');
        if (hex.Length % 3 != 2 || hex.Length > (64 * 3) - 1)
            return false;
        for (int i = 0; i < hex.Length; i++)
        {
            if (i % 3 == 2 ? hex[i] != ':' : !char.IsAsciiHexDigit(hex[i]))
                return false;
        }

        fingerprint = new SdpFingerprint(value[..space].ToString().ToLowerInvariant(), hex.ToString().ToUpperInvariant());
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Algorithm} {Value}";
}
