using System.Text.RegularExpressions;

namespace AgentGateway.Conversation.Text.Spoken;

/// <content>Dates and times.</content>
internal sealed partial class SpokenReader
{
    private bool TryDate(int at, out SpokenValue value)
    {
        value = default;
        if (!char.IsAsciiDigit(Char(at)))
            return false;
        return TryIsoDate(at, out value) || TryNumericDate(at, out value) || TryShortDate(at, out value) || TryDayAndMonth(at, out value);
    }

    private bool TryIsoDate(int at, out SpokenValue value)
    {
        value = default;
        Match match = IsoDate().Match(_text, at);
        if (!match.Success)
            return false;
        if (!TrySayDate(at, match, Int(match.Groups[3].Value), Int(match.Groups[2].Value), Int(match.Groups[1].Value), dayFirst: false, out value))
            return false;
        // "2026-03-10T16:02:19Z"
        if (match.Groups[4].Success && Int(match.Groups[4].Value) is <= 24 and var hour && Int(match.Groups[5].Value) is < 60 and var minute)
            value = value with { Words = $"{value.Words}, {_language.Time(hour, minute, null, DayHalf.None)}" };
        return true;
    }

    // 3/10/2026, 3.10.2026, 03-10-26.
    private bool TryNumericDate(int at, out SpokenValue value)
    {
        value = default;
        Match match = NumericDate().Match(_text, at);
        if (!match.Success)
            return false;
        int first = Int(match.Groups[1].Value);
        int second = Int(match.Groups[3].Value);
        int? year = match.Groups[4].Success ? Int(match.Groups[4].Value) : null;
        // "1.2.10" is a version where dates are not written with dots.
        if (year is < 100 && match.Groups[2].Value == "." && !_language.OrdinalDot)
            return false;
        if (year is < 100)
            year += year < 50 ? 2000 : 1900;
        // A day and month without a year are only sure where dots part them.
        if (year is null && !_language.OrdinalDot)
            return false;
        bool monthFirst = _language.MonthFirst && match.Groups[2].Value != ".";
        (int day, int month) = monthFirst ? (second, first) : (first, second);
        if (month > 12 && day <= 12)
            (day, month) = (month, day);
        return TrySayDate(at, match, day, month, year, dayFirst: !monthFirst, out value);
    }

    // "on 7/16", "Friday, 7/16": elsewhere two numbers with a slash are a fraction.
    private bool TryShortDate(int at, out SpokenValue value)
    {
        value = default;
        Match match = ShortDate().Match(_text, at);
        int behind = at;
        while (behind > 0 && (char.IsWhiteSpace(_text[behind - 1]) || _text[behind - 1] == ','))
            behind--;
        if (!match.Success || !_language.LeadsDate(WordBefore(behind)))
            return false;
        int first = Int(match.Groups[1].Value);
        int second = Int(match.Groups[2].Value);
        bool monthFirst = _language.MonthFirst ? first <= 12 : second > 12;
        (int day, int month) = monthFirst ? (second, first) : (first, second);
        return TrySayDate(at, match, day, month, null, dayFirst: !_language.MonthFirst, out value);
    }

    // "5 March 2026", "5th of March", "3. Mai".
    private bool TryDayAndMonth(int at, out SpokenValue value)
    {
        value = default;
        Match match = DayAndMonth().Match(_text, at);
        if (!match.Success || (match.Groups[2].Value == "." && !_language.OrdinalDot))
            return false;
        int month = _language.Month(match.Groups[3].ValueSpan);
        if (month == 0)
            return false;
        return TrySayDate(at, match, Int(match.Groups[1].Value), month, Year(match.Groups[4]), dayFirst: true, out value);
    }

    // "March 5, 2026", "Mar. 5th", "May 5-7", "March 2026".
    private bool TryMonth()
    {
        if (!char.IsUpper(_text[At]))
            return false;
        Match match = MonthAndDay().Match(_text, At);
        if (!match.Success)
            return TryMonthAndYear();
        int month = _language.Month(match.Groups[1].ValueSpan);
        if (month == 0 || !TrySayDate(At, match, Int(match.Groups[2].Value), month, Year(match.Groups[4]), dayFirst: false, out SpokenValue value))
            return false;
        string words = value.Words;
        if (match.Groups[3].Success)
        {
            int last = Int(match.Groups[3].Value);
            if (last > 31)
                return false;
            string to = $" {_language.Signs.To} {_language.Ordinal(last, "")}";
            string day = _language.Date(Int(match.Groups[2].Value), month, null, dayFirst: false, WordBefore(At));
            words = day + to + words[day.Length..];
        }

        _out.Say(match.Length, words);
        return true;
    }

    private bool TryMonthAndYear()
    {
        Match match = MonthYear().Match(_text, At);
        if (!match.Success || _language.Month(match.Groups[1].ValueSpan) is 0 || !IsYear(new Amount(match.Groups[2].Value, "", false, false)))
            return false;
        _out.Say(match.Length, _language.MonthName(_language.Month(match.Groups[1].ValueSpan)) + " " + _language.Year(Int(match.Groups[2].Value)));
        return true;
    }

    private bool TrySayDate(int at, Match match, int day, int month, int? year, bool dayFirst, out SpokenValue value)
    {
        value = default;
        if (day is < 1 or > 31 || month is < 1 or > 12)
            return false;
        value = new SpokenValue(_language.Date(day, month, year, dayFirst, WordBefore(at)), "", at + match.Length);
        return true;
    }

    private static int? Year(Group group) => group.Success ? Int(group.Value) : null;

    // "9:30", "9:30 p.m.", "9am", "9.30 Uhr", "18:00:05".
    private bool TryTime(int at, out SpokenValue value)
    {
        value = default;
        if (!char.IsAsciiDigit(Char(at)))
            return false;
        Match match = ClockTime().Match(_text, at);
        if (!match.Success)
            return false;
        Group hours = match.Groups[1];
        Group minutes = match.Groups[3];
        Group half = match.Groups[5];
        bool clock = match.Groups[6].Success;
        // "9.30" is a number unless something says that it is a time.
        if (!minutes.Success ? !half.Success && !clock : match.Groups[2].Value == "." && !half.Success && !clock)
            return false;
        int hour = Int(hours.Value);
        int minute = minutes.Success ? Int(minutes.Value) : 0;
        if (hour > 24 || minute > 59 || (half.Success && hour is 0 or > 12))
            return false;
        int end = at + match.Length;
        // The dot of "p.m." may end the sentence as well.
        bool ends = match.Value[^1] == '.' && (end == _text.Length || char.IsUpper(CharBehind(end)));
        DayHalf part = !half.Success ? DayHalf.None : half.Value[0] is 'a' or 'A' ? DayHalf.Morning : DayHalf.Afternoon;
        int? second = match.Groups[4].Success ? Int(match.Groups[4].Value) : null;
        value = new SpokenValue(_language.Time(hour, minute, second, part), "", ends ? end - 1 : end);
        return true;
    }

    [GeneratedRegex(@"\G(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?(?![\d\p{L}-])")]
    private static partial Regex IsoDate();

    [GeneratedRegex(@"\G(\d{1,2})([./-])(\d{1,2})(?:\2(\d{4}|\d{2})(?![\d./-]*\d)|(?<=\.\d{1,2})\.(?!\d))")]
    private static partial Regex NumericDate();

    [GeneratedRegex(@"\G(\d{1,2})/(\d{1,2})(?![\p{L}\p{Nd}/%]|[.,]\d| \d+/)")]
    private static partial Regex ShortDate();

    [GeneratedRegex(@"\G(\d{1,2})(st|nd|rd|th|\.)?[ \u00a0](?:of )?(\p{Lu}\p{L}{2,8})\.?(?![\p{L}])(?:,? (\d{4})(?![\d:.,]*\d))?")]
    private static partial Regex DayAndMonth();

    [GeneratedRegex(@"\G(\p{Lu}\p{L}{2,8})\.? (\d{1,2})(?:st|nd|rd|th)?(?: ?[-–] ?(\d{1,2})(?:st|nd|rd|th)?)?(?![\d:%\p{L}]|[.,]\d)(?:,? (\d{4})(?![\d:]))?")]
    private static partial Regex MonthAndDay();

    [GeneratedRegex(@"\G(\p{Lu}\p{L}{2,8})\.?,? (\d{4})(?![\d:\p{L}]|[.,]\d)")]
    private static partial Regex MonthYear();

    [GeneratedRegex(@"\G(\d{1,2})(?:([:.])(\d{2})(?::(\d{2}))?)?(?!\d|[.:,]\d)(?:[ \u00a0]?([AaPp]\.[ ]?[Mm]\.|[AaPp][Mm](?![\p{L}\d]))|[ \u00a0](Uhr)(?!\p{L})|h(?![\p{L}\d]))?")]
    private static partial Regex ClockTime();
}
