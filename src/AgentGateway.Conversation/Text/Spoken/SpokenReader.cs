using System.Text.RegularExpressions;

namespace AgentGateway.Conversation.Text.Spoken;

/// <summary>
/// Finds in a text what is not said as it is written (values, addresses, abbreviations, signs) and has the language say it.
/// One pass from left to right; a token that is not understood stays as it is.
/// </summary>
internal sealed partial class SpokenReader
{
    private readonly string _text;
    private readonly SpokenLanguage _language;
    private readonly SpokenBuilder _out;

    private SpokenReader(string text, SpokenLanguage language)
    {
        _text = text;
        _language = language;
        _out = new SpokenBuilder(text);
    }

    private int At => _out.Position;

    /// <summary>The spoken form of a text without markup.</summary>
    public static SpokenText Read(string text, SpokenLanguage language)
    {
        var reader = new SpokenReader(text, language);
        while (reader.At < text.Length)
        {
            if (!reader.TryToken())
                reader.Copy();
        }

        return reader._out.Build();
    }

    /// <summary>The spoken form where the language has no hook: only what no voice should read is passed over.</summary>
    public static SpokenText ReadNeutral(string text)
    {
        var builder = new SpokenBuilder(text);
        while (builder.Position < text.Length)
        {
            Match scheme = Scheme().Match(text, builder.Position);
            if (scheme.Success)
                builder.Say(scheme.Length, "");
            else
                builder.Copy(1);
        }

        return builder.Build();
    }

    /// <summary>Whether a place in a text lies inside something that is said as one.</summary>
    public static bool IsInsideToken(string text, int place, SpokenLanguage language)
    {
        var reader = new SpokenReader(text, language);
        while (reader.At < place)
        {
            int start = reader.At;
            if (reader.TryToken())
            {
                if (start < place && reader.At > place)
                    return true;
            }
            else
            {
                reader.Copy();
            }
        }

        return false;
    }

    private static bool IsDash(char c) => c is '-' or '–' or '—' or '‑' or '−';

    private static bool IsMinus(char c) => c is '-' or '−' or '–';

    private void Copy()
    {
        int end = At + 1;
        if (char.IsLetter(_text[At]))
        {
            while (end < _text.Length && (char.IsLetter(_text[end]) || (_text[end] is '\'' or '’' && end + 1 < _text.Length && char.IsLetter(_text[end + 1]))))
                end++;
        }

        _out.Copy(end - At);
    }

    private bool TryToken()
    {
        char c = _text[At];
        bool starts = At == 0 || !char.IsLetterOrDigit(_text[At - 1]);
        if (char.IsWhiteSpace(c))
            return false;
        if (char.IsAsciiDigit(c))
            return (starts && (TryAddress() || TryNetworkAddress() || TryListNumber() || TryPhone() || TryCode() || TryRange() || TryAlphanumeric())) || TryDigits();
        if (char.IsLetter(c))
            return starts && (TryAddress() || TryNetworkAddress() || TryDays() || TryMonth() || TryCurrencyCode() || TryAbbreviation() || TryAlphanumeric() || TryRoman() || TryCapitals());
        return starts && (c is '+' or '(' ? TryPhone() || TrySigned() || TryEmoticon() : (c == ':' && TryNetworkAddress()) || TrySigned() || TryEmoticon()) || TrySign(c);
    }

    // A sign and a number, a currency and a number, a fraction without a whole part.
    private bool TrySigned() => TryRange();

    private bool TrySign(char c)
    {
        SpokenSigns signs = _language.Signs;
        bool spaceBefore = At == 0 || char.IsWhiteSpace(_text[At - 1]);
        char before = At > 0 ? _text[At - 1] : ' ';
        char after = Char(At + 1);
        bool spaceAfter = after == '\0' || char.IsWhiteSpace(after);
        string? words = c switch
        {
            '&' => signs.And,
            '@' when spaceBefore => signs.At,
            '#' when char.IsAsciiDigit(after) => signs.Number,
            '#' when char.IsLetter(after) => signs.Hashtag,
            '#' when before is 'C' or 'F' && !IsLetterOrDigit(At - 2) => "sharp",
            '#' when before != '#' && after != '#' => signs.Hash,
            '^' when char.IsLetterOrDigit(after) || IsMinus(after) => signs.Power,
            '²' => signs.Squared,
            '³' => signs.Cubed,
            '√' => signs.Root,
            '≠' => signs.NotEqual,
            >= '₀' and <= '₉' => _language.Digit((char)('0' + (c - '₀'))),
            '-' or '−' when before == '^' => signs.Minus,
            '%' => signs.Percent,
            '=' => signs.Equal,
            '+' => signs.Plus,
            '×' => signs.Times,
            '*' => spaceBefore && spaceAfter && IsOperand(At) ? signs.Times : signs.Star,
            '÷' => signs.DividedBy,
            '±' => signs.PlusMinus,
            '≈' => signs.About,
            '~' when char.IsAsciiDigit(after) => signs.About,
            '≤' => signs.AtMost,
            '≥' => signs.AtLeast,
            '<' => signs.LessThan,
            '>' => signs.MoreThan,
            '°' => signs.Degrees,
            '§' => signs.Section,
            '_' when char.IsLetterOrDigit(before) && char.IsLetterOrDigit(after) => " ",
            '/' when _afterValue == At && char.IsLetter(after) => signs.Per,
            '/' when char.IsLetter(before) && char.IsLetter(after) => IsWord("and", At - 3) || IsWord("und", At - 3) ? " " : signs.Or,
            '/' when char.IsLetterOrDigit(before) && char.IsLetterOrDigit(after) => signs.Slash,
            _ => null,
        };
        if (words is null)
            return false;
        _out.Say(1, words == " " ? "" : words);
        // "5 €/kg"
        if (c == '/' && words == signs.Per && UnitAt(At, out int end) is { } unit && !IsLetterOrDigit(end))
            _out.Say(end - At, unit.One);
        return true;
    }

    // "2 * 3", "a * b"
    private bool IsOperand(int at) =>
        at > 1 && (char.IsAsciiDigit(_text[at - 2]) || _text[at - 2] == ')' || WordBefore(at).Length == 1) && CharBehind(at + 1) is var c && (char.IsLetterOrDigit(c) || c == '(');

    private bool IsWord(string word, int at) =>
        at >= 0 && at + word.Length <= _text.Length && string.Compare(_text, at, word, 0, word.Length, StringComparison.OrdinalIgnoreCase) == 0
        && (at == 0 || !char.IsLetter(_text[at - 1]));

    private char Char(int at) => at >= 0 && at < _text.Length ? _text[at] : '\0';

    // The first character behind white space; 0 at the end.
    private char CharBehind(int at)
    {
        while (at < _text.Length && char.IsWhiteSpace(_text[at]))
            at++;
        return Char(at);
    }

    // The word in front, in lower case: what decides about years, cases and abbreviations.
    private string WordBefore(int at)
    {
        int end = at;
        while (end > 0 && char.IsWhiteSpace(_text[end - 1]))
            end--;
        int start = end;
        while (start > 0 && (char.IsLetter(_text[start - 1]) || (_text[start - 1] == '.' && end - start < 12)))
            start--;
        return _text[start..end].TrimEnd('.').ToLowerInvariant();
    }

    private bool TryEmoticon()
    {
        Match match = Emoticon().Match(_text, At);
        if (!match.Success)
            return false;
        _out.Say(match.Length, "");
        return true;
    }

    [GeneratedRegex(@"\G(?<![\p{L}\p{Nd}])(?:https?://(?:www\.)?|mailto:)(?=[\p{L}\p{Nd}])", RegexOptions.IgnoreCase)]
    private static partial Regex Scheme();

    [GeneratedRegex(@"\G[:;=]['-]?[()DPp*/|\\](?=\s|$|[.,!?])")]
    private static partial Regex Emoticon();
}
