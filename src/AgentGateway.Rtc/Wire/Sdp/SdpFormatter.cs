using System.Globalization;
using System.Text;

namespace AgentGateway.Rtc.Wire.Sdp;

/// <summary>Writes the lines in the order of RFC 8866 section 9.</summary>
internal static class SdpFormatter
{
    private const string BeforeConnection = "iuep";
    private const string AfterConnection = "b";
    private const string AfterTiming = "rzk";

    public static string Format(SdpSession session)
    {
        var text = new StringBuilder(2048);
        Line(text, 'v', "0");
        Line(text, 'o', session.Origin.ToString());
        Line(text, 's', session.Name);
        Lines(text, session.OtherLines, BeforeConnection);
        if (session.Connection is { } connection)
            Line(text, 'c', connection.ToString());
        Lines(text, session.OtherLines, AfterConnection);
        Line(text, 't', session.Timing);
        Lines(text, session.OtherLines, AfterTiming);
        Attributes(text, session.Attributes);
        foreach (SdpMedia media in session.Media)
            Media(text, media);
        return text.ToString();
    }

    private static void Media(StringBuilder text, SdpMedia media)
    {
        string port = media.Port.ToString(CultureInfo.InvariantCulture);
        Line(text, 'm', $"{media.Kind} {port} {media.Protocol} {string.Join(' ', media.Formats)}");
        Lines(text, media.OtherLines, BeforeConnection);
        if (media.Connection is { } connection)
            Line(text, 'c', connection.ToString());
        Lines(text, media.OtherLines, AfterConnection);
        Lines(text, media.OtherLines, AfterTiming);
        Attributes(text, media.Attributes);
    }

    private static void Attributes(StringBuilder text, SdpAttributeList attributes)
    {
        foreach (SdpAttributeLine attribute in attributes)
        {
            // Made from parts that were checked.
            text.Append("a=").Append(attribute.Name);
            if (attribute.Value is not null)
                text.Append(':').Append(attribute.Value);
            text.Append("\r\n");
        }
    }

    private static void Lines(StringBuilder text, IList<SdpLine> lines, string types)
    {
        foreach (char type in types)
        {
            foreach (SdpLine line in lines)
            {
                if (line.Type == type)
                    Line(text, type, line.Value);
            }
        }
    }

    private static void Line(StringBuilder text, char type, string value)
    {
        // Attributes are checked when they are made; this catches the other fields. A line break here would let one value
        // pose as several lines.
        if (value.AsSpan().ContainsAny("\r\n\0"))
            throw new InvalidOperationException($"The '{type}=' line contains a line break or NUL.");
        text.Append(type).Append('=').Append(value).Append("\r\n");
    }
}
