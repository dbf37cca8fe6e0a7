using System.Globalization;

namespace AgentGateway.Rtc.Wire.Sdp;

/// <summary>"a=fmtp" (RFC 8866 section 6.15): "111 minptime=10;useinbandfec=1".</summary>
/// <param name="PayloadType">The format it belongs to.</param>
/// <param name="Parameters">Everything after the first space, as it came.</param>
public sealed record SdpFormatParameters(string PayloadType, string Parameters)
{
    /// <summary>Parses the attribute value.</summary>
    public static bool TryParse(ReadOnlySpan<char> value, out SdpFormatParameters? parameters)
    {
        int space = value.IndexOf(' ');
        parameters = space < 1 ? null : new SdpFormatParameters(value[..space].ToString(), value[(space + 1)..].Trim(' ').ToString());
        return parameters is not null;
    }

    /// <summary>The value of "name=value" in the list, or null; names are compared without case.</summary>
    public string? Get(string name)
    {
        foreach (Range range in Parameters.AsSpan().Split(';'))
        {
            ReadOnlySpan<char> part = Parameters.AsSpan(range).Trim();
            int equals = part.IndexOf('=');
            if (equals > 0 && part[..equals].TrimEnd().Equals(name, StringComparison.OrdinalIgnoreCase))
                return part[(equals + 1)..].TrimStart().ToString();
        }

        return null;
    }

    /// <summary>The value as a non-negative number, or null.</summary>
    public int? GetInt(string name) =>
        int.TryParse(Get(name), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;

    /// <inheritdoc/>
    public override string ToString() => $"{PayloadType} {Parameters}";
}
