using System.Text.RegularExpressions;

namespace AgentGateway.Conversation.Text.Spoken;

/// <content>Web and mail addresses, telephone numbers and codes.</content>
internal sealed partial class SpokenReader
{
    private const int LongestPath = 40;

    private bool TryAddress()
    {
        int end = At;
        bool candidate = false;
        while (end < _text.Length && !char.IsWhiteSpace(_text[end]))
            candidate |= _text[end++] is '.' or '@' or '/';
        return candidate && (TryUrl() || TryMail() || TryDomain());
    }

    private bool TryUrl()
    {
        Match match = Url().Match(_text, At);
        if (!match.Success)
            return false;
        int end = At + TrimmedLength(match.ValueSpan);
        _out.Say(match.Groups[1].Length, "");
        SayHostAndPath(end);
        return true;
    }

    private bool TryDomain()
    {
        Match match = Domain().Match(_text, At);
        if (!match.Success)
            return false;
        SayHostAndPath(At + TrimmedLength(match.ValueSpan));
        return true;
    }

    private bool TryMail()
    {
        Match match = Mail().Match(_text, At);
        if (!match.Success)
            return false;
        _out.Say(match.Groups[1].Length, "");
        SaySigns(At + match.Groups[2].Length);
        _out.Say(1, _language.Signs.At);
        SayHost(At + match.Groups[3].Length);
        return true;
    }

    private void SayHostAndPath(int end)
    {
        int host = At;
        while (host < end && (char.IsLetterOrDigit(_text[host]) || _text[host] is '.' or '-'))
            host++;
        SayHost(host);
        if (host < end && _text[host] == ':')
        {
            // A port is for machines.
            int port = host + 1;
            while (port < end && char.IsAsciiDigit(_text[port]))
                port++;
            _out.Say(port - host, "");
            host = port;
        }

        int path = host;
        while (path < end && _text[path] is not ('?' or '#'))
            path++;
        int sayable = path > host && _text[path - 1] == '/' ? path - 1 : path;
        if (sayable > host && sayable - host <= LongestPath && _text.AsSpan(host, sayable - host).IndexOf('%') < 0)
            SaySigns(sayable);
        if (end > At)
            _out.Say(end - At, "");
    }

    private void SayHost(int end)
    {
        int top = _text.LastIndexOf('.', end - 1, end - At);
        while (At < end)
        {
            int run = At;
            while (run < end && char.IsLetter(_text[run]))
                run++;
            ReadOnlySpan<char> label = _text.AsSpan(At, run - At);
            // "de", "uk" and "io" are letters, "com" and "info" are words.
            if (run == end && label.Length == 2 && At == top + 1)
                _out.Say(2, Spell(label));
            else
                SaySigns(run > At ? run : run + 1);
        }
    }

    // Letters as they are, digits and signs by name.
    private void SaySigns(int end)
    {
        SpokenSigns signs = _language.Signs;
        while (At < end)
        {
            char c = _text[At];
            int run = At + 1;
            if (char.IsLetter(c))
            {
                while (run < end && char.IsLetter(_text[run]))
                    run++;
                _out.Copy(run - At);
                continue;
            }

            if (char.IsAsciiDigit(c))
            {
                while (run < end && char.IsAsciiDigit(_text[run]))
                    run++;
                _out.Say(run - At, CodeDigits(_text.AsSpan(At, run - At)));
                continue;
            }

            _out.Say(1, c switch { '.' => signs.Dot, '-' => signs.Dash, '_' => signs.Underscore, '/' => signs.Slash, '+' => signs.Plus, '@' => signs.At, _ => "" });
        }
    }

    private static int TrimmedLength(ReadOnlySpan<char> url)
    {
        int length = url.Length;
        while (length > 0 && url[length - 1] is '.' or ',' or ';' or ':' or '!' or '?' or ')' or ']' or '}' or '\'' or '"' or '…')
        {
            if (url[length - 1] == ')' && url[..length].Contains('('))
                break;
            length--;
        }

        return length;
    }

    private bool TryPhone()
    {
        if (TryDate(At, out _))
            return false;
        foreach (Regex form in (ReadOnlySpan<Regex>)[International(), AreaCode(), TrunkCode(), Groups()])
        {
            Match match = form.Match(_text, At);
            if (!match.Success || CountDigits(match.ValueSpan) is < 7 or > 16 || IsLetterOrDigit(At + match.Length))
                continue;
            SayGroups(At + match.Length);
            return true;
        }

        Match local = LocalNumber().Match(_text, At);
        if (!local.Success || (local.ValueSpan.EndsWith("00", StringComparison.Ordinal) && !IsPhoneWord(WordBefore(At))))
            return false;
        SayGroups(At + local.Length);
        return true;
    }

    // "12-34-56" and cards: groups of digits that are no range and no date.
    private bool TryCode()
    {
        Match match = DigitGroups().Match(_text, At);
        if (!match.Success || TryDate(At, out _))
            return false;
        SayGroups(At + match.Length);
        return true;
    }

    private void SayGroups(int end)
    {
        bool any = false;
        while (At < end)
        {
            int run = At;
            if (char.IsAsciiDigit(_text[At]))
            {
                while (run < end && char.IsAsciiDigit(_text[run]))
                    run++;
                _out.Say(run - At, _language.Digits(_text.AsSpan(At, run - At)));
                any = true;
                continue;
            }

            while (run < end && !char.IsAsciiDigit(_text[run]))
                run++;
            if (_text[At] == '+')
                _out.Say(1, _language.Signs.Plus);
            else
                _out.Say(run - At, any ? "," : "");
        }
    }

    private static bool IsPhoneWord(string word) => word is "call" or "phone" or "number" or "dial" or "tel" or "telephone" or "telefon" or "nummer" or "fax";

    private static int CountDigits(ReadOnlySpan<char> text)
    {
        int count = 0;
        foreach (char c in text)
            count += char.IsAsciiDigit(c) ? 1 : 0;
        return count;
    }

    [GeneratedRegex(@"\G(https?://(?:[^\s/@]*@)?(?:www\.)?|www\.(?=[^\s]))[\p{L}\p{Nd}][^\s<>""“”]*", RegexOptions.IgnoreCase)]
    private static partial Regex Url();

    [GeneratedRegex(@"\G(mailto:)?([\p{L}\p{Nd}](?:[\p{L}\p{Nd}._%+-]{0,62}[\p{L}\p{Nd}_+-])?)@([\p{L}\p{Nd}](?:[\p{L}\p{Nd}-]{0,62}[\p{L}\p{Nd}])?(?:\.[\p{L}\p{Nd}](?:[\p{L}\p{Nd}-]{0,62}[\p{L}\p{Nd}])?)+)", RegexOptions.IgnoreCase)]
    private static partial Regex Mail();

    // Top-level domains that are no words of a sentence whose space is missing.
    [GeneratedRegex(@"\G(?:[\p{L}\p{Nd}](?:[\p{L}\p{Nd}-]{0,62}[\p{L}\p{Nd}])?\.)+(?:com|org|net|edu|gov|info|biz|app|dev|io|ai|de|co|uk|fr|es|nl|ch|eu|tv|shop|online|store|site|health|bank|club|pl|se|dk|cz|jp|cn|br|ca|au|nz|ie|pt)(?![\p{L}\p{Nd}@-])(?:/[^\s<>""“”]*)?")]
    private static partial Regex Domain();

    [GeneratedRegex(@"\G\+\d{1,3}(?:[ \u00a0./-]?\(?\d{1,11}\)?){1,6}")]
    private static partial Regex International();

    [GeneratedRegex(@"\G\(\d{2,5}\)[ -]?\d{2,8}(?:[ -]\d{2,5}){0,3}(?![\d])")]
    private static partial Regex AreaCode();

    [GeneratedRegex(@"\G0\d{1,5}(?:[ /-]|[ ]/[ ])\d{2,9}(?:[ -]\d{1,5}){0,4}(?![\d.,]*\d)")]
    private static partial Regex TrunkCode();

    [GeneratedRegex(@"\G(?:1[-. ])?(?:\(\d{3}\) ?|\d{3}[-. ])\d{3}[-. ]\d{4}(?!\d)")]
    private static partial Regex Groups();

    [GeneratedRegex(@"\G\d{3}-\d{4}(?![\d-]|[.,]\d|[ ]?[\p{L}%€$£])|\G\d{3}-\d{4}(?=[ ](?:and|or|to|for|any|between|if|from|anytime)\b)")]
    private static partial Regex LocalNumber();

    [GeneratedRegex(@"\G(?:\d+(?:-\d+){2,}|\d{4}(?: \d{4}){2,3})(?![\d\p{L}]|[.,]\d)")]
    private static partial Regex DigitGroups();
}
