using System.Globalization;
using System.Text.RegularExpressions;

namespace AgentGateway.Conversation.Text.Spoken;

/// <content>Numbers, money, measures and ranges of them.</content>
internal sealed partial class SpokenReader
{
    private const string CurrencySigns = "$€£¥₹₩₺₽";

    // Where a value ended: "/" behind it means "per".
    private int _afterValue = -1;

    // A value, or two with a dash between them.
    private bool TryRange()
    {
        if (!TryValue(At, out SpokenValue first))
            return false;
        int end = first.End;
        string words = first.All;
        int next = RangeDash(end);
        if (next > 0 && TryValue(next, out SpokenValue second) && !IsMinus(Char(next)) && !IsDash(Char(second.End)))
        {
            end = second.End;
            if (IsCode(second) && first is { Suffix: "", Number: { HasFraction: false } number })
                words = $"{_language.Digits(number.Whole)}, {_language.Digits(second.Number!.Value.Whole)}";
            else
                words = CharBehind(end) == '=' ? $"{first.All} {_language.Signs.Minus} {second.All}" : Join(first, second);
        }

        _out.Say(end - At, words);
        _afterValue = end;
        return true;
    }

    private string Join(SpokenValue first, SpokenValue second)
    {
        string to = " " + _language.Signs.To + " ";
        if (first.Number is { } from && second.Number is { } until && IsYear(from) && IsYear(until) && second.Suffix.Length == 0)
            return _language.Year(Int(from.Whole)) + to + _language.Year(Int(until.Whole));
        // "$5-10": the unit is said once, behind both.
        if (first.Suffix.Length > 0 && second.Suffix.Length == 0 && second.Number is not null)
            return first.Words + to + second.Words + " " + first.Suffix;
        return first.Suffix == second.Suffix || second.Number is null ? first.Words + to + second.All : first.All + to + second.All;
    }

    // "4711-0815"
    private static bool IsCode(SpokenValue value) => value.Number is { HasFraction: false, Whole: ['0', _, ..] };

    // Behind "9" in "9-5", "9 – 17" and "9 - 17", but not in "9 -5"; 0 when there is none.
    private int RangeDash(int at)
    {
        bool space = Char(at) is ' ' or '\u00a0';
        int dash = space ? at + 1 : at;
        if (!IsDash(Char(dash)))
            return 0;
        bool spaceAfter = Char(dash + 1) is ' ' or '\u00a0';
        return space != spaceAfter ? 0 : spaceAfter ? dash + 2 : dash + 1;
    }

    private bool TryValue(int at, out SpokenValue value) =>
        TryDate(at, out value) || TryTime(at, out value) || TryMoney(at, out value) || TryMeasure(at, out value);

    // "$3.50", "US$ 5 million", "5 €", "5 EUR".
    private bool TryMoney(int at, out SpokenValue value)
    {
        value = default;
        int i = at;
        bool negative = IsMinus(Char(i)) && IsSignPlace(i);
        if (negative)
            i++;
        string? code = CurrencyAt(i, out int after);
        if (code is not null)
        {
            int from = Char(after) is ' ' or '\u00a0' ? after + 1 : after;
            if (!TryAmount(from, allowSign: false, out Amount amount, out int end))
                return false;
            string? magnitude = MagnitudeAt(ref end, money: true);
            return Finish(amount with { IsNegative = negative }, code, magnitude, end, out value);
        }

        if (!TryAmount(at, allowSign: true, out Amount number, out int numberEnd))
            return false;
        string? scale = MagnitudeAt(ref numberEnd, money: true);
        int gap = Char(numberEnd) is ' ' or '\u00a0' ? numberEnd + 1 : numberEnd;
        if (CurrencyAt(gap, out int codeEnd) is not { } named || char.IsLetterOrDigit(Char(codeEnd)) || TryNumber(codeEnd, false, out _, out _))
            return false;
        return Finish(number, named, scale, codeEnd, out value);
    }

    private bool Finish(Amount amount, string code, string? magnitude, int end, out SpokenValue value)
    {
        value = default;
        if (IsLetterOrDigit(end) || _language.Currency(code) is not { } name)
            return false;
        bool plain = magnitude is null && !amount.HasFraction && !amount.IsOne;
        value = plain
            ? new SpokenValue(_language.Number(amount), name, end, amount)
            : new SpokenValue(_language.Money(amount, code, magnitude), "", end);
        return true;
    }

    private string? CurrencyAt(int at, out int end)
    {
        end = at + 1;
        char c = Char(at);
        if (c != '\0' && CurrencySigns.Contains(c, StringComparison.Ordinal))
            return c switch { '$' => "USD", '€' => "EUR", '£' => "GBP", '¥' => "JPY", '₹' => "INR", '₩' => "KRW", '₺' => "TRY", _ => "RUB" };
        if (!char.IsAsciiLetterUpper(c))
            return null;
        Match match = CurrencyCode().Match(_text, at);
        if (!match.Success)
            return null;
        end = at + match.Length;
        return match.Value switch { "US$" => "USD", "A$" or "AU$" => "AUD", "C$" or "CA$" => "CAD", var code => code };
    }

    private bool TryCurrencyCode()
    {
        if (!char.IsAsciiLetterUpper(_text[At]) || CurrencyAt(At, out _) is null)
            return false;
        return TryRange();
    }

    // "12B" is a room, "$12B" is much.
    private string? MagnitudeAt(ref int end, bool money)
    {
        int from = Char(end) is ' ' or '\u00a0' ? end + 1 : end;
        int to = from;
        while (char.IsLetter(Char(to)))
            to++;
        if (to == from || char.IsAsciiDigit(Char(to)) || (!money && to - from == 1 && Char(from) is 'M' or 'B'))
            return null;
        string? words = _language.Magnitude(_text.AsSpan(from, to - from), glued: from == end);
        if (words is null)
            return null;
        if (Char(to) == '.' && _text[from..to] is "Mio" or "Mrd" or "mio" or "mrd")
            to++;
        end = to;
        return words;
    }

    // "5 km", "-5°C", "12.5%", "1st", "3/4", "1990s", "1,234".
    private bool TryMeasure(int at, out SpokenValue value)
    {
        value = default;
        if (VulgarFraction(Char(at)) is var (top, bottom) && top > 0)
        {
            value = new SpokenValue(_language.Fraction(top, bottom)!, "", at + 1);
            return true;
        }

        if (!TryNumber(at, allowSign: true, out Amount number, out int end))
            return false;
        if (TryOrdinal(at, number, end, out value) || TryFraction(number, end, out value) || TryDimensions(number, end, out value))
            return true;
        string? magnitude = MagnitudeAt(ref end, money: false);
        string words = magnitude is null ? YearOrNumber(at, number, end) : _language.Scaled(number, magnitude);
        if (UnitAt(end, out int unitEnd) is { } unit && !(unitEnd == end + 1 && char.IsAsciiLetterUpper(Char(end)) && _language.NamesPlace(WordBefore(at))))
        {
            value = new SpokenValue(words, number.IsOne && magnitude is null ? unit.One : unit.Many, unitEnd, number);
            return true;
        }

        // "A4" is an alphanumeric's business, "5am" a time's, "1.2.3" a version's.
        if (IsLetterOrDigit(end) || (Char(end) == '.' && char.IsAsciiDigit(Char(end + 1))))
            return false;
        value = new SpokenValue(words, "", end, number);
        return true;
    }

    private bool TryOrdinal(int at, Amount number, int end, out SpokenValue value)
    {
        value = default;
        if (number.HasFraction || number.Whole.Length is 0 or > 9)
            return false;
        long n = long.Parse(number.Whole, CultureInfo.InvariantCulture);
        if (end + 1 < _text.Length && _text.AsSpan(end, 2) is "st" or "nd" or "rd" or "th" && !IsLetterOrDigit(end + 2))
        {
            value = new SpokenValue(_language.Ordinal(n, WordBefore(at)), "", end + 2);
            return true;
        }

        bool isShortDecade = n is >= 10 and <= 90 && (WordBefore(at) is "the" or "early" or "late" or "mid" || Char(at - 1) is '\'' or '’');
        if ((n is >= 1000 and <= 2999 || isShortDecade) && Char(end) == 's' && !IsLetterOrDigit(end + 1) && _language.Decade((int)n) is { } decade)
        {
            value = new SpokenValue(decade, "", end + 1);
            return true;
        }

        if (!_language.OrdinalDot || n > 100 || Char(end) != '.' || Char(end + 1) != ' ' || !char.IsLetter(CharBehind(end + 1)))
            return false;
        // "Zimmer 12. Bitte" ends a sentence; "im 2. Stock" and "der 3. ist" do not.
        string before = WordBefore(at);
        if (char.IsUpper(CharBehind(end + 1)) && !_language.LeadsOrdinal(before) && _language.Month(NextWord(end + 1)) == 0)
            return false;
        value = new SpokenValue(_language.Ordinal(n, before), "", end + 1);
        return true;
    }

    private bool TryFraction(Amount number, int end, out SpokenValue value)
    {
        value = default;
        if (number.HasFraction || number.Whole.Length is 0 or > 3)
            return false;
        int whole = Int(number.Whole);
        if (Char(end) == '/' && TryInt(end + 1, 2, out int bottom, out int after) && !IsLetterOrDigit(after) && Char(after) != '/')
        {
            if (_language.Fraction(whole, bottom) is not { } words)
                return false;
            value = new SpokenValue(words, "", after);
            return true;
        }

        int gap = Char(end) == ' ' ? end + 1 : end;
        (int top, int under) = VulgarFraction(Char(gap));
        after = gap + 1;
        if (top == 0)
        {
            if (gap == end || !TryInt(gap, 2, out top, out after) || Char(after) != '/' || !TryInt(after + 1, 2, out under, out after) || IsLetterOrDigit(after) || top >= under)
                return false;
        }

        if (_language.Fraction(top, under) is not { } part)
            return false;
        value = new SpokenValue($"{_language.Cardinal(whole)} {_language.Signs.And} {(top == 1 && part.StartsWith("one ", StringComparison.Ordinal) ? "a" + part[3..] : part)}", "", after);
        return true;
    }

    // "4x4", "10 × 15".
    private bool TryDimensions(Amount number, int end, out SpokenValue value)
    {
        value = default;
        int x = Char(end) == ' ' ? end + 1 : end;
        if (Char(x) is not ('x' or '×'))
            return false;
        int second = Char(x + 1) == ' ' ? x + 2 : x + 1;
        if (!TryNumber(second, allowSign: false, out Amount other, out int after) || IsLetterOrDigit(after) || Char(x) == '×')
            return false;
        string words = $"{_language.Number(number)} {_language.Signs.By} {_language.Number(other)}";
        value = UnitAt(after, out int unitEnd) is { } unit ? new SpokenValue(words, unit.Many, unitEnd) : new SpokenValue(words, "", after);
        return true;
    }

    private string YearOrNumber(int at, Amount number, int end)
    {
        if (!IsYear(number) || !_language.LeadsYear(WordBefore(at)))
            return _language.Number(number);
        // "in 1200 cases" counts; "in 1999 we" and "in 1999." date.
        char next = CharBehind(end);
        bool date = next == '\0' || !char.IsLetterOrDigit(next) || Char(end) != ' ' || FollowsYear().IsMatch(_text.AsSpan(end));
        return date ? _language.Year(Int(number.Whole)) : _language.Number(number);
    }

    private (string One, string Many)? UnitAt(int at, out int end)
    {
        int from = Char(at) is ' ' or '\u00a0' ? at + 1 : at;
        end = from;
        while (end < _text.Length && (char.IsLetter(_text[end]) || _text[end] is '°' or '²' or '³' or '%' or '‰' or '/' or '\'' or '"' or '″' or '′'))
            end++;
        while (end > from)
        {
            if (_language.Unit(_text.AsSpan(from, end - from), glued: from == at) is { } unit)
                return unit;
            int cut = _text.AsSpan(from, end - from).LastIndexOfAny("/%\"'°");
            end = cut <= 0 ? from : from + cut;
        }

        return null;
    }

    // Of money, "3,50" and "3.50" are the same everywhere.
    private bool TryAmount(int at, bool allowSign, out Amount amount, out int end)
    {
        if (!TryNumber(at, allowSign, out amount, out end))
            return false;
        if (amount is { HasFraction: false, IsGrouped: false } && Char(end) == _language.GroupMark && TryInt(end + 1, 2, out _, out int after) && after == end + 3)
        {
            amount = amount with { Fraction = _text[(end + 1)..after] };
            end = after;
        }

        return true;
    }

    private bool TryNumber(int at, bool allowSign, out Amount amount, out int end)
    {
        amount = default;
        end = at;
        bool negative = allowSign && IsMinus(Char(at)) && IsSignPlace(at);
        int i = negative ? at + 1 : at;
        // "1.234,56" in English, "1,234.56" in German: with both marks there is no doubt.
        if (BothMarks().Match(_text, i) is { Success: true } both && both.Groups[1].Value[0] == _language.DecimalMark && both.Groups[2].Value[0] == _language.GroupMark)
        {
            int mark = both.Groups[2].Index;
            amount = new Amount(_text[i..mark].Replace(both.Groups[1].Value[..1], "", StringComparison.Ordinal), _text[(mark + 1)..(i + both.Length)], negative, true);
            end = i + both.Length;
            return amount.Whole.Length <= 30;
        }

        int start = i;
        while (char.IsAsciiDigit(Char(i)))
            i++;
        bool grouped = false;
        if (i - start is >= 1 and <= 3)
        {
            while (Char(i) == _language.GroupMark && IsGroup(i + 1))
            {
                grouped = true;
                i += 4;
            }
        }

        string whole = _text[start..i].Replace(_language.GroupMark.ToString(), "", StringComparison.Ordinal);
        string fraction = "";
        if (Char(i) == _language.DecimalMark && char.IsAsciiDigit(Char(i + 1)))
        {
            int from = i + 1;
            int to = from;
            while (char.IsAsciiDigit(Char(to)))
                to++;
            // A third part makes it a version or an address.
            if (!(Char(to) == _language.DecimalMark && char.IsAsciiDigit(Char(to + 1))))
            {
                fraction = _text[from..to];
                i = to;
            }
        }

        if (i == start || whole.Length > 30 || fraction.Length > 30)
            return false;
        amount = new Amount(whole, fraction, negative, grouped);
        end = i;
        return true;
    }

    // A minus is a sign where no word or number stands before it.
    private bool IsSignPlace(int at) => at == 0 || char.IsWhiteSpace(_text[at - 1]) || _text[at - 1] is '(' or '[' or '"' or '=' or '~';

    private bool IsGroup(int at) =>
        char.IsAsciiDigit(Char(at)) && char.IsAsciiDigit(Char(at + 1)) && char.IsAsciiDigit(Char(at + 2)) && !char.IsAsciiDigit(Char(at + 3));

    private bool TryInt(int at, int maxDigits, out int value, out int end)
    {
        value = 0;
        end = at;
        while (end - at < maxDigits && char.IsAsciiDigit(Char(end)))
            value = (value * 10) + (_text[end++] - '0');
        return end > at && !char.IsAsciiDigit(Char(end));
    }

    private bool IsLetterOrDigit(int at) => char.IsLetterOrDigit(Char(at));

    private static bool IsYear(Amount number) => number is { HasFraction: false, IsGrouped: false, IsNegative: false, Whole.Length: 4 } && Int(number.Whole) is >= 1100 and <= 2099;

    private static int Int(string digits) => int.Parse(digits, CultureInfo.InvariantCulture);

    private static (int Top, int Bottom) VulgarFraction(char c) => c switch
    {
        '½' => (1, 2),
        '⅓' => (1, 3),
        '⅔' => (2, 3),
        '¼' => (1, 4),
        '¾' => (3, 4),
        '⅛' => (1, 8),
        _ => (0, 0),
    };

    [GeneratedRegex(@"\G[0-9]{1,3}(?:([.,])[0-9]{3})+(?!\1)([.,])[0-9]{1,2}(?![0-9])")]
    private static partial Regex BothMarks();

    [GeneratedRegex(@"\G(?:US\$|AU\$|CA\$|A\$|C\$|(?:USD|EUR|GBP|CHF|JPY|CAD|AUD|INR|SEK|NOK|DKK|PLN|CNY)(?![\p{L}]))")]
    private static partial Regex CurrencyCode();

    [GeneratedRegex(@"^ (?:and|to|the|we|i|it|he|she|they|you|was|is|when|for|at|with|or|by|but|there|because|a|an|as|on|until|und|bis|haben|hat|war|wurde|ist|gab|oder)\b", RegexOptions.IgnoreCase)]
    private static partial Regex FollowsYear();
}
