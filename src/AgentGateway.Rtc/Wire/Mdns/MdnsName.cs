using System.Diagnostics.CodeAnalysis;

namespace AgentGateway.Rtc.Wire.Mdns;

/// <summary>The names that browsers put into candidates instead of addresses.</summary>
public static class MdnsName
{
    /// <summary>The longest name: one label and ".local".</summary>
    public const int MaxLength = MaxLabelLength + 6;

    internal const int MaxLabelLength = 63;
    internal const string Domain = "local";

    private const string Suffix = "." + Domain;

    /// <summary>
    /// Whether a candidate's name may be asked for: exactly one label of letters, digits and hyphens before ".local". Anything longer could be
    /// somebody else's host (draft-ietf-mmusic-mdns-ice-candidates section 3.2.1).
    /// </summary>
    public static bool IsValid([NotNullWhen(true)] string? name) =>
        name is not null && name.Length <= MaxLength && name.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase) && IsLabel(name.AsSpan(0, name.Length - Suffix.Length));

    private static bool IsLabel(ReadOnlySpan<char> label)
    {
        if (label.IsEmpty || label.Length > MaxLabelLength)
            return false;
        foreach (char c in label)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '-')
                return false;
        }

        return true;
    }
}
