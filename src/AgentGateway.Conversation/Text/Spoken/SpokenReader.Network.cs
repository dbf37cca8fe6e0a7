using System.Text.RegularExpressions;

namespace AgentGateway.Conversation.Text.Spoken;

/// <content>Addresses of machines: IPv4 and IPv6 with a prefix length or a port, MAC.</content>
internal sealed partial class SpokenReader
{
    private bool TryNetworkAddress()
    {
        Match match = NetworkAddress().Match(_text, At);
        if (!match.Success)
            return false;
        SpokenSigns signs = _language.Signs;
        bool isMac = match.Groups["mac"].Success;
        int last = match.Groups["address"].Index + match.Groups["address"].Length;
        int end = At + match.Length;
        while (At < end)
        {
            char c = _text[At];
            int run = At + 1;
            if (char.IsAsciiHexDigit(c))
            {
                while (run < end && char.IsAsciiHexDigit(_text[run]))
                    run++;
                SayHex(run, asNumber: match.Groups["v4"].Success || (At > last && Char(At - 1) == '/'));
            }
            else if (c == ':' && Char(run) == ':')
            {
                _out.Say(2, signs.DoubleColon);
            }
            else
            {
                // The groups are parted by pauses; only what is not expected there has a name.
                _out.Say(1, c switch { '.' => signs.Dot, '/' => signs.Slash, ':' when At == last && !isMac => signs.Colon, _ => "," });
            }
        }

        return true;
    }

    private void SayHex(int end, bool asNumber)
    {
        if (asNumber)
        {
            _out.Say(end - At, CodeDigits(_text.AsSpan(At, end - At)));
            return;
        }

        var words = new System.Text.StringBuilder();
        foreach (char c in _text.AsSpan(At, end - At))
            words.Append(words.Length > 0 ? " " : "").Append(char.IsAsciiDigit(c) ? _language.Digit(c) : char.ToUpperInvariant(c).ToString());
        _out.Say(end - At, words.ToString());
    }

    // An address of letters alone is a word of a programming language ("Add::Face").
    [GeneratedRegex(
        @"\G(?:(?<address>(?<mac>[0-9A-Fa-f]{2}(?<mark>[:-])[0-9A-Fa-f]{2}(?:\k<mark>[0-9A-Fa-f]{2}){4}))"
        + @"|(?<address>(?<v4>(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}))(?:/\d{1,2}|:\d{2,5})?"
        + @"|(?=[A-Fa-f:]*\d)(?<address>[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){7}|(?:[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){0,6})?::(?:[0-9A-Fa-f]{1,4}(?::[0-9A-Fa-f]{1,4}){0,6})?)(?:/\d{1,3})?)"
        + @"(?![\p{L}\p{Nd}]|[.:][\p{L}\p{Nd}])")]
    private static partial Regex NetworkAddress();
}
