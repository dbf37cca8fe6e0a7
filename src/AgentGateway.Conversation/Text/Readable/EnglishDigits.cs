using System.Globalization;
using System.Text;
using static AgentGateway.Conversation.Text.Readable.ReadableWords;

namespace AgentGateway.Conversation.Text.Readable;

/// <summary>Number words of English as people write them. Works on lower-case words; a word that belongs to nothing stays.</summary>
internal static class EnglishDigits
{
    private static readonly WordReader[] Readers = [Address, DigitString, Date, Time, Ordinal, Amount];

    private static readonly string[] Small =
    [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen",
        "sixteen", "seventeen", "eighteen", "nineteen",
    ];

    private static readonly string[] Tens = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

    private static readonly string[] Ordinals =
    [
        "zeroth", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth", "thirteenth",
        "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth",
    ];

    private static readonly string[] TopDomains = ["com", "org", "net", "edu", "gov", "info", "io", "de", "co", "uk", "us", "fr", "biz", "app"];

    /// <summary>The words with what can be written in digits and signs.</summary>
    public static List<string> Replace(IReadOnlyList<string> words) => ReadableWords.Replace(words, Readers);

    // "john dot smith at example dot com", "www dot example dot com"
    private static int Address(IReadOnlyList<string> words, int at, List<string> result)
    {
        var text = new StringBuilder();
        int i = at;
        if (!AddressWord(words, ref i, text))
            return 0;
        while (Sign(At(words, i)) is { } sign && sign != '@')
        {
            text.Append(sign);
            i++;
            if (!AddressWord(words, ref i, text))
                return 0;
        }

        bool mail = At(words, i) == "at";
        if (mail)
        {
            text.Append('@');
            i++;
            if (!AddressWord(words, ref i, text))
                return 0;
        }

        bool ends = !mail && text.ToString().IndexOf('.', StringComparison.Ordinal) > 0 && IsTop(words[i - 1]);
        while (At(words, i) is "dot" or "point" or "dash" or "hyphen")
        {
            text.Append(words[i] is "dash" or "hyphen" ? '-' : '.');
            i++;
            if (!AddressWord(words, ref i, text))
                return 0;
            ends = IsTop(words[i - 1]);
        }

        if (!ends)
            return 0;
        result.Add(text.ToString());
        return i - at;
    }

    private static bool IsTop(string word) => Array.IndexOf(TopDomains, word) >= 0;

    private static char? Sign(string? word) => word switch { "dot" => '.', "underscore" => '_', "dash" or "hyphen" => '-', _ => null };

    // A word, letters one by one, or digits.
    private static bool AddressWord(IReadOnlyList<string> words, ref int at, StringBuilder text)
    {
        string? word = At(words, at);
        if (word is null || word is "dot" or "at" or "underscore" or "dash" || !word.All(char.IsLetterOrDigit))
            return false;
        if (word.Length == 1 || Digit(word) >= 0)
        {
            while (At(words, at) is { } next && (next.Length == 1 || Digit(next) >= 0))
            {
                text.Append(Digit(next) is >= 0 and var digit ? digit.ToString(CultureInfo.InvariantCulture) : next);
                at++;
            }

            return true;
        }

        text.Append(word);
        at++;
        while (Digit(At(words, at)) is >= 0 and var trailing)
        {
            text.Append(trailing);
            at++;
        }

        return true;
    }

    // Three digits and more, one by one: "five five five one two three four", "double seven".
    private static int DigitString(IReadOnlyList<string> words, int at, List<string> result)
    {
        var digits = new StringBuilder();
        int i = at;
        while (i < words.Count)
        {
            int times = words[i] switch { "double" => 2, "triple" => 3, _ => 1 };
            int digit = Digit(At(words, times > 1 ? i + 1 : i));
            if (digit < 0 || (digits.Length == 0 && words[i] is "oh" or "o"))
                break;
            digits.Append((char)('0' + digit), times);
            i += times > 1 ? 2 : 1;
        }

        int behind = i;
        if (digits.Length == 3 && At(words, at + 1) is "oh" or "o" && Half(words, ref behind) is not null)
            return 0;
        if (digits.Length < 3 || At(words, i) is "hundred" or "thousand" or "million")
            return 0;
        string all = digits.ToString();
        result.Add(all.Length switch
        {
            7 => $"{all[..3]}-{all[3..]}",
            10 => $"{all[..3]}-{all[3..6]}-{all[6..]}",
            11 when all[0] == '1' => $"1-{all[1..4]}-{all[4..7]}-{all[7..]}",
            _ => all,
        });
        return i - at;
    }

    // "march tenth (twenty twenty six)", "the tenth of march"
    private static int Date(IReadOnlyList<string> words, int at, List<string> result)
    {
        if (IsMonth(words[at]))
        {
            int the = At(words, at + 1) == "the" ? 1 : 0;
            int used = ReadOrdinal(words, at + 1 + the, out int day);
            if (used == 0)
                used = ReadNumber(words, at + 1 + the, out day);
            if (used == 0 || day is < 1 or > 31)
                return 0;
            result.Add(Capital(words[at]));
            int length = 1 + the + used;
            int yearWords = ReadYear(words, at + length, out int year);
            result.Add(yearWords > 0 ? day.ToString(CultureInfo.InvariantCulture) + "," : day.ToString(CultureInfo.InvariantCulture));
            if (yearWords > 0)
                result.Add(year.ToString(CultureInfo.InvariantCulture));
            return length + yearWords;
        }

        int ordinal = ReadOrdinal(words, at, out int number);
        if (ordinal > 0 && number <= 31 && At(words, at + ordinal) == "of" && IsMonth(At(words, at + ordinal + 1) ?? ""))
        {
            result.Add(Suffixed(number));
            result.Add("of");
            result.Add(Capital(words[at + ordinal + 1]));
            return ordinal + 2;
        }

        if (words[at] is "in" or "since" && ReadYear(words, at + 1, out int since) is > 0 and var length2)
        {
            result.Add(words[at]);
            result.Add(since.ToString(CultureInfo.InvariantCulture));
            return length2 + 1;
        }

        return 0;
    }

    // "seven thirty p m", "at seven thirty", "seven pm", "seven o'clock"
    private static int Time(IReadOnlyList<string> words, int at, List<string> result)
    {
        bool lead = words[at] is "at" or "around" or "until" or "till" or "before" or "after" or "by" or "from";
        int i = lead ? at + 1 : at;
        int hour = Value(At(words, i) ?? "");
        if (hour is < 1 or > 24)
            return 0;
        i++;
        int minuteWords = ReadMinutes(words, i, out int minute);
        i += minuteWords;
        string? half = Half(words, ref i);
        if (half is not null && hour <= 12)
        {
            if (lead)
                result.Add(words[at]);
            result.Add(minuteWords > 0 ? string.Create(CultureInfo.InvariantCulture, $"{hour}:{minute:D2}") : hour.ToString(CultureInfo.InvariantCulture));
            result.Add(half);
            return i - at;
        }

        if (minuteWords == 0 && At(words, i) is "o'clock" or "oclock")
        {
            if (lead)
                result.Add(words[at]);
            result.Add(hour.ToString(CultureInfo.InvariantCulture));
            result.Add("o'clock");
            return i + 1 - at;
        }

        if (!lead || minuteWords == 0 || words[at] is "by" or "from" && minute < 10)
            return 0;
        // "after ten twenty people" counts people.
        if (At(words, i) is "people" or "percent" or "dollars" or "euros" or "pounds" or "hundred" or "thousand")
            return 0;
        result.Add(words[at]);
        result.Add(string.Create(CultureInfo.InvariantCulture, $"{hour}:{minute:D2}"));
        return i - at;
    }

    private static string? Half(IReadOnlyList<string> words, ref int at)
    {
        string? word = At(words, at);
        // "at seven am i late" asks; "seven am tomorrow" is a time.
        if (word == "pm" || (word == "am" && At(words, at + 1) is null or "on" or "and" or "to" or "please" or "tomorrow" or "today" or "for"))
        {
            at++;
            return word.ToUpperInvariant();
        }

        if (word is "a" or "p" && At(words, at + 1) == "m")
        {
            at += 2;
            return word.ToUpperInvariant() + "M";
        }

        return null;
    }

    // "twenty five", "three dollars and fifty cents", "twenty percent", "three point five"
    private static int Amount(IReadOnlyList<string> words, int at, List<string> result)
    {
        int used = ReadNumber(words, at, out int value);
        if (used == 0)
            return 0;
        string number = value.ToString(value >= 10_000 ? "N0" : "D", CultureInfo.InvariantCulture);
        int i = at + used;
        bool fraction = false;
        if (At(words, i) == "point" && Digit(At(words, i + 1)) >= 0)
        {
            var digits = new StringBuilder(".");
            for (i++; Digit(At(words, i)) is >= 0 and var digit; i++)
                digits.Append(digit);
            number += digits;
            fraction = true;
        }

        string? scale = At(words, i) is "million" or "billion" ? words[i++] : null;
        string? sign = At(words, i) switch { "dollar" or "dollars" => "$", "euro" or "euros" => "€", "pounds" => "£", _ => null };
        if (sign is not null)
        {
            i++;
            int and = At(words, i) == "and" ? 1 : 0;
            if (!fraction && scale is null && ReadNumber(words, i + and, out int cents) is > 0 and var centWords && cents < 100
                && At(words, i + and + centWords) is "cents" or "cent" or "pence")
            {
                number += string.Create(CultureInfo.InvariantCulture, $".{cents:D2}");
                i += and + centWords + 1;
            }

            result.Add(sign + number);
        }
        else if (At(words, i) == "percent")
        {
            i++;
            result.Add(number + "%");
        }
        else if (value < 10 && !fraction && scale is null && !(at > 0 && words[at - 1] is "number" or "room" or "table" or "gate" or "line" or "option"))
        {
            // Small numbers are words: "two people".
            return 0;
        }
        else
        {
            result.Add(number);
        }

        if (scale is not null)
            result.Add(scale);
        return i - at;
    }

    private static int Ordinal(IReadOnlyList<string> words, int at, List<string> result)
    {
        int used = ReadOrdinal(words, at, out int value);
        if (used == 0 || value < 10)
            return 0;
        result.Add(Suffixed(value));
        return used;
    }

    private static int ReadNumber(IReadOnlyList<string> words, int at, out int value)
    {
        long total = 0;
        long group = 0;
        int i = at;
        int lastScale = int.MaxValue;
        bool any = false;
        while (i < words.Count)
        {
            int used = BelowHundred(words, i, out int part);
            if (used > 0)
            {
                // "twenty thirty" are two numbers; "two hundred five" is one.
                if (any && group % 100 != 0)
                    break;
                if (any && group == 0 && total == 0)
                    break;
                group += part;
                i += used;
                any = true;
                if (At(words, i) == "hundred" && part < 100)
                {
                    group *= 100;
                    i++;
                }
            }
            else if (any && words[i] == "thousand" && lastScale > 1000)
            {
                total += group * 1000;
                group = 0;
                lastScale = 1000;
                i++;
                continue;
            }
            else if (any && words[i] == "and" && (group % 100 == 0) && (group > 0 || total > 0) && BelowHundred(words, i + 1, out _) > 0)
            {
                i++;
                continue;
            }
            else
            {
                break;
            }

            if (At(words, i) is not ("thousand" or "and") && (group % 100 != 0 || BelowHundred(words, i, out _) == 0))
                break;
        }

        value = (int)Math.Min(total + group, 999_999_999);
        return any ? i - at : 0;
    }

    private static int BelowHundred(IReadOnlyList<string> words, int at, out int value)
    {
        value = Value(At(words, at) ?? "");
        if (value < 20)
            return value < 0 ? 0 : 1;
        if (At(words, at + 1) is { } next && Array.IndexOf(Small, next) is > 0 and < 10 and var unit)
        {
            value += unit;
            return 2;
        }

        return 1;
    }

    private static int Value(string word)
    {
        int small = Array.IndexOf(Small, word);
        if (small >= 0)
            return small;
        int tens = Array.IndexOf(Tens, word);
        return tens >= 0 ? (tens + 2) * 10 : -1;
    }

    private static int Digit(string? word) => word is "oh" or "o" ? 0 : word is null ? -1 : Array.IndexOf(Small, word) is >= 0 and < 10 and var digit ? digit : -1;

    private static int ReadMinutes(IReadOnlyList<string> words, int at, out int value)
    {
        value = 0;
        if (At(words, at) is "oh" or "o" && Digit(At(words, at + 1)) is > 0 and var digit)
        {
            value = digit;
            return 2;
        }

        int used = BelowHundred(words, at, out value);
        return used > 0 && value is >= 10 and <= 59 ? used : 0;
    }

    private static int ReadOrdinal(IReadOnlyList<string> words, int at, out int value)
    {
        value = Array.IndexOf(Ordinals, At(words, at) ?? "");
        if (value > 0)
            return 1;
        int tens = Array.IndexOf(Tens, At(words, at) ?? "");
        if (tens >= 0 && Array.IndexOf(Ordinals, At(words, at + 1) ?? "") is > 0 and < 10 and var unit)
        {
            value = ((tens + 2) * 10) + unit;
            return 2;
        }

        value = At(words, at) switch { "twentieth" => 20, "thirtieth" => 30, "fortieth" => 40, "fiftieth" => 50, _ => 0 };
        return value > 0 ? 1 : 0;
    }

    // "twenty twenty six", "nineteen ninety nine", "two thousand and five"
    private static int ReadYear(IReadOnlyList<string> words, int at, out int year)
    {
        year = 0;
        int century = Value(At(words, at) ?? "");
        if (century is >= 15 and <= 20)
        {
            int used = BelowHundred(words, at + 1, out int rest);
            if (used > 0 && rest >= 10)
            {
                year = (century * 100) + rest;
                return used + 1;
            }

            if (At(words, at + 1) is "oh" or "o" && Digit(At(words, at + 2)) is > 0 and var unit)
            {
                year = (century * 100) + unit;
                return 3;
            }
        }

        int whole = At(words, at) == "two" && At(words, at + 1) == "thousand" ? ReadNumber(words, at, out year) : 0;
        return whole > 0 && year is >= 2000 and <= 2099 ? whole : 0;
    }

    private static bool IsMonth(string word) => word is "january" or "february" or "march" or "april" or "may" or "june" or "july" or "august"
        or "september" or "october" or "november" or "december";

    private static string Suffixed(int value) => value.ToString(CultureInfo.InvariantCulture)
        + ((value % 100) is >= 11 and <= 13 ? "th" : (value % 10) switch { 1 => "st", 2 => "nd", 3 => "rd", _ => "th" });
}
