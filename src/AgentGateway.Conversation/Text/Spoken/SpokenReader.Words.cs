using System.Text;
using System.Text.RegularExpressions;

namespace AgentGateway.Conversation.Text.Spoken;

/// <content>Abbreviations, words in capitals, words with digits, numbers of lists.</content>
internal sealed partial class SpokenReader
{
    // "e.g.", "Dr.", "z. B.", "U.S.", "w/o"
    private bool TryAbbreviation()
    {
        Match match = Dotted().Match(_text, At);
        if (!match.Success)
            return false;
        for (int length = match.Length; length > 0; length = Shorter(length))
        {
            if (char.IsLetterOrDigit(Char(At + length)))
                continue;
            string word = _text.Substring(At, length);
            string before = WordBefore(At);

            // "Acme Inc. They" is the end of a sentence: nothing stands behind the abbreviation.
            bool last = before.Length > 0 && word[^1] == '.' && _language.MayEndSentence(word[..^1]) && _language.StartsSentence(NextWord(At + length));
            char after = last ? '\0' : CharBehind(At + length);
            string? words = _language.Abbreviation(word, before, after);
            if (words is null && Initials().IsMatch(word))
                words = Spell(word);
            if (words is null)
                continue;
            // The dot of "etc." may end the sentence as well; behind others a name follows.
            bool ends = word[^1] == '.' && (after == '\0' || (char.IsUpper(after) && word.ToLowerInvariant() is "etc." or "usw." or "a.m." or "p.m."));
            _out.Say(ends ? length - 1 : length, words);
            return true;
        }

        return false;
    }

    // Without the last part: "5 p.m.Then" is rare, "Dr.-Ing." is not.
    private int Shorter(int length)
    {
        int cut = _text.AsSpan(At, length).LastIndexOfAny("./ ");
        return cut < 0 ? 0 : cut == length - 1 && cut > 0 && _text[At + cut] == '.' ? cut : cut;
    }

    // "Mon.–Fri.", "Mo-Fr", "Saturday - Sunday"
    private bool TryDays()
    {
        Match match = Days().Match(_text, At);
        if (!match.Success || _language.Weekday(match.Groups[1].Value) is not (> 0 and var first) || _language.Weekday(match.Groups[2].Value) is not (> 0 and var last))
            return false;
        // A dot behind it is the sentence's unless more follows.
        int length = match.Length;
        if (match.Value[^1] == '.' && CharBehind(At + length) is '\0' or (>= 'A' and <= 'Z'))
            length--;
        _out.Say(length, $"{_language.WeekdayName(first)} {_language.Signs.To} {_language.WeekdayName(last)}");
        return true;
    }

    // "Henry VIII", "Chapter IV", "World War I"; only behind a name or another word with a capital.
    private bool TryRoman()
    {
        Match match = RomanNumeral().Match(_text, At);
        if (!match.Success || At < 2 || _text[At - 1] is not (' ' or '\u00a0'))
            return false;
        int start = At - 2;
        while (start > 0 && char.IsLetter(_text[start - 1]))
            start--;
        string before = WordBefore(At);
        if (before is "the" or "an" or "a" or "this" or "your" or "my" or "der" or "die" or "das" or "eine" or "i")
            return false;
        if (!char.IsUpper(_text[start]) || !char.IsLetter(_text[At - 2]) || (match.Length == 1 && !_language.LeadsRoman(before)))
            return false;
        int value = 0;
        for (int i = 0; i < match.Length; i++)
        {
            int digit = Of(match.Value[i]);
            value += i + 1 < match.Length && digit < Of(match.Value[i + 1]) ? -digit : digit;
        }

        _out.Say(match.Length, _language.Roman(value, before));
        return true;

        static int Of(char c) => c switch { 'I' => 1, 'V' => 5, _ => 10 };
    }

    // "FAQ", "PDFs", "VAT's"
    private bool TryCapitals()
    {
        int end = At;
        while (char.IsAsciiLetterUpper(Char(end)))
            end++;
        int length = end - At;
        bool plural = Char(end) == 's' && !char.IsLetterOrDigit(Char(end + 1));
        if (length is < 2 or > 6 || (char.IsLetterOrDigit(Char(end)) && !plural))
            return false;
        ReadOnlySpan<char> word = _text.AsSpan(At, length);
        if (!_language.IsSpelled(word))
            return false;
        _out.Say(length, Spell(word));
        return true;
    }

    // "A4", "MP3", "LH400", "12B", "COVID-19", "1080p"
    private bool TryAlphanumeric()
    {
        Match match = Alphanumeric().Match(_text, At);
        if (!match.Success)
            return false;
        int end = At + match.Length;
        while (At < end)
        {
            char c = _text[At];
            int run = At;
            if (char.IsAsciiDigit(c))
            {
                while (run < end && char.IsAsciiDigit(_text[run]))
                    run++;
                _out.Say(run - At, CodeDigits(_text.AsSpan(At, run - At)));
                continue;
            }

            if (!char.IsLetter(c))
            {
                _out.Say(1, c == '.' ? _language.Signs.Point : "");
                continue;
            }

            while (run < end && char.IsLetter(_text[run]))
                run++;
            ReadOnlySpan<char> letters = _text.AsSpan(At, run - At);
            if (letters.Length <= 3 && !letters.ContainsAnyInRange('a', 'z') && !letters.ContainsAnyExceptInRange('A', 'Z'))
                _out.Say(letters.Length, Spell(letters));
            else
                _out.Copy(letters.Length);
        }

        return true;
    }

    // "1. Open the door", "2) Go in" at the start of a chunk or line.
    private bool TryListNumber()
    {
        if (At > 0 && Char(At - 1) != '\n' && !(At > 1 && _text[At - 1] == ' ' && _text[At - 2] is '.' or ',' or ':' or '!' or '?'))
            return false;
        Match match = ListNumber().Match(_text, At);
        if (!match.Success || (_language.OrdinalDot && _language.Month(NextWord(At + match.Length)) > 0))
            return false;
        // Inside a line only a bracket or a capital behind it makes it an item.
        if (At > 0 && !char.IsUpper(CharBehind(At + match.Length)))
            return false;
        _out.Say(match.Length, _language.Cardinal(Int(match.Groups[1].Value)) + (match.Groups[2].Value == ")" ? "." : match.Groups[2].Value));
        return true;
    }

    // Digits that belong to nothing known.
    private bool TryDigits()
    {
        int end = At;
        while (char.IsAsciiDigit(Char(end)))
            end++;
        _out.Say(end - At, CodeDigits(_text.AsSpan(At, end - At)));
        return true;
    }

    private ReadOnlySpan<char> NextWord(int at)
    {
        while (char.IsWhiteSpace(Char(at)))
            at++;
        int end = at;
        while (char.IsLetter(Char(end)))
            end++;
        return _text.AsSpan(at, end - at);
    }

    private string CodeDigits(ReadOnlySpan<char> digits) =>
        digits.Length <= 2 && (digits[0] != '0' || digits.Length == 1) ? _language.Cardinal(long.Parse(digits, System.Globalization.CultureInfo.InvariantCulture)) : _language.Digits(digits);

    private static string Spell(ReadOnlySpan<char> word)
    {
        var letters = new StringBuilder(word.Length * 2);
        foreach (char c in word)
        {
            if (!char.IsLetter(c))
                continue;
            if (letters.Length > 0)
                letters.Append(' ');
            letters.Append(char.ToUpperInvariant(c));
        }

        return letters.ToString();
    }

    [GeneratedRegex(@"\G\p{L}{1,12}(?:(?:\.[ \u00a0]?(?=\p{L}{1,2}\.)|\.(?=\p{L})|/)\p{L}{1,12}){0,3}\.?")]
    private static partial Regex Dotted();

    [GeneratedRegex(@"^(?:\p{Lu}\.){2,}$|^(?:\p{Lu}\.)+\p{Lu}$")]
    private static partial Regex Initials();

    [GeneratedRegex(@"\G(?=[\p{L}-]*\d)(?=[\d.-]*\p{L}|\d+(?:\.\d+){2,})[\p{L}\d]+(?:[-.][\p{L}\d]+)*")]
    private static partial Regex Alphanumeric();

    [GeneratedRegex(@"\G(\p{L}{2,10})\.?[ \u00a0]?[-–—][ \u00a0]?(\p{L}{2,10})(?!\p{L})\.?")]
    private static partial Regex Days();

    [GeneratedRegex(@"\G(?=[IVX])X{0,3}(?:IX|IV|V?I{0,3})(?![\p{L}\p{Nd}'’-])")]
    private static partial Regex RomanNumeral();

    [GeneratedRegex(@"\G(\d{1,2})([.)])(?= \S)")]
    private static partial Regex ListNumber();
}
