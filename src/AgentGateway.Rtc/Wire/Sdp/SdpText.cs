using System.Buffers;
using System.Globalization;

namespace AgentGateway.Rtc.Wire.Sdp;

/// <summary>Character classes and numbers of the grammar (RFC 8866 section 9).</summary>
internal static class SdpText
{
    private static readonly SearchValues<char> TokenChars =
        SearchValues.Create("!#$%&'*+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz{|}~");

    public static bool IsToken(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExcept(TokenChars);

    public static bool TryInt(ReadOnlySpan<char> text, int min, int max, out int value) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= min && value <= max;

    /// <summary>
    /// Lengths are those of RFC 8839 section 5.4. The character set is wider than ice-char, since implementations with "-" or
    /// "_" exist; a colon would make USERNAME ambiguous.
    /// </summary>
    public static bool IsIceString(ReadOnlySpan<char> text, int minLength)
    {
        if (text.Length < minLength || text.Length > 256)
            return false;
        foreach (char c in text)
        {
            if (c is <= ' ' or >= '\x7f' or ':')
                return false;
        }

        return true;
    }
}
