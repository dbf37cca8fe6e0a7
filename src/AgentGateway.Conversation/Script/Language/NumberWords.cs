using System.Globalization;

namespace AgentGateway.Conversation.Script.Language;

/// <summary>Numbers and ordinals in English words or digits.</summary>
internal static class NumberWords
{
    private static readonly Dictionary<string, int> Units = new(StringComparer.Ordinal)
    {
        ["zero"] = 0, ["one"] = 1, ["two"] = 2, ["three"] = 3, ["four"] = 4, ["five"] = 5, ["six"] = 6, ["seven"] = 7, ["eight"] = 8, ["nine"] = 9,
    };

    private static readonly Dictionary<string, int> Teens = new(StringComparer.Ordinal)
    {
        ["ten"] = 10, ["eleven"] = 11, ["twelve"] = 12, ["thirteen"] = 13, ["fourteen"] = 14, ["fifteen"] = 15, ["sixteen"] = 16,
        ["seventeen"] = 17, ["eighteen"] = 18, ["nineteen"] = 19,
    };

    private static readonly Dictionary<string, int> Tens = new(StringComparer.Ordinal)
    {
        ["twenty"] = 20, ["thirty"] = 30, ["forty"] = 40, ["fourty"] = 40, ["fifty"] = 50, ["sixty"] = 60, ["seventy"] = 70, ["eighty"] = 80, ["ninety"] = 90,
    };

    private static readonly Dictionary<string, int> Ordinals = new(StringComparer.Ordinal)
    {
        ["first"] = 1, ["second"] = 2, ["third"] = 3, ["fourth"] = 4, ["forth"] = 4, ["fifth"] = 5, ["sixth"] = 6, ["seventh"] = 7, ["eighth"] = 8,
        ["ninth"] = 9, ["tenth"] = 10, ["eleventh"] = 11, ["twelfth"] = 12, ["thirteenth"] = 13, ["fourteenth"] = 14, ["fifteenth"] = 15,
        ["sixteenth"] = 16, ["seventeenth"] = 17, ["eighteenth"] = 18, ["nineteenth"] = 19, ["twentieth"] = 20, ["thirtieth"] = 30,
    };

    /// <summary>What recognisers write for numbers that stand where only a number can stand.</summary>
    private static readonly Dictionary<string, int> Homophones = new(StringComparer.Ordinal)
    {
        ["won"] = 1, ["to"] = 2, ["too"] = 2, ["tree"] = 3, ["free"] = 3, ["for"] = 4, ["fore"] = 4, ["far"] = 4, ["fife"] = 5, ["sex"] = 6,
        ["sick"] = 6, ["sicks"] = 6, ["ate"] = 8, ["tin"] = 10, ["tan"] = 10,
    };

    /// <summary>A cardinal number at <paramref name="index"/>, up to 9999; the number of words it takes, 0 when there is none.</summary>
    public static int Read(IReadOnlyList<string> words, int index, out int value)
    {
        value = 0;
        if (index >= words.Count)
            return 0;
        string word = words[index];
        if (word.Length <= 4 && int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out value))
            return 1;
        if (word == "dozen")
        {
            value = 12;
            return 1;
        }

        if (word == "couple")
        {
            value = 2;
            return index + 1 < words.Count && words[index + 1] == "of" ? 2 : 1;
        }

        int used = ReadBelowHundred(words, index, out int part);
        if (used == 0)
            return 0;
        value = part;
        if (index + used < words.Count && words[index + used] is "hundred" or "thousand" && part < 100)
        {
            value = part * (words[index + used] == "hundred" ? 100 : 1000);
            used++;
            int and = index + used < words.Count && words[index + used] == "and" ? 1 : 0;
            int more = ReadBelowHundred(words, index + used + and, out int rest);
            if (more > 0)
            {
                value += rest;
                used += and + more;
            }
        }

        return value <= 9999 ? used : 0;
    }

    /// <summary>A word that only sounds like a number; 0 words when it does not.</summary>
    public static int ReadHomophone(IReadOnlyList<string> words, int index, out int value)
    {
        value = 0;
        return index < words.Count && Homophones.TryGetValue(words[index], out value) ? 1 : 0;
    }

    /// <summary>An ordinal, 1 to 31: "fourth", "twenty first", "24th".</summary>
    public static int ReadOrdinal(IReadOnlyList<string> words, int index, out int value)
    {
        value = 0;
        if (index >= words.Count)
            return 0;
        string word = words[index];
        if (word.Length is 3 or 4 && char.IsAsciiDigit(word[0]) && word[^2..] is "st" or "nd" or "rd" or "th"
            && int.TryParse(word.AsSpan(0, word.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture, out value))
            return value is >= 1 and <= 31 ? 1 : 0;
        if (Tens.TryGetValue(word, out int tens) && index + 1 < words.Count && Ordinals.TryGetValue(words[index + 1], out int unit) && unit < 10)
        {
            value = tens + unit;
            return value <= 31 ? 2 : 0;
        }

        return Ordinals.TryGetValue(word, out value) ? 1 : 0;
    }

    /// <summary>Minutes said after an hour: "thirty", "forty five", "oh five".</summary>
    public static int ReadMinutes(IReadOnlyList<string> words, int index, out int value)
    {
        value = 0;
        if (index >= words.Count)
            return 0;
        if (words[index] is "oh" or "o" && index + 1 < words.Count && Units.TryGetValue(words[index + 1], out value))
            return 2;
        int used = ReadBelowHundred(words, index, out value);
        if (used == 0 && words[index].Length == 2 && int.TryParse(words[index], NumberStyles.None, CultureInfo.InvariantCulture, out value))
            used = 1;
        return used > 0 && value is >= 10 and <= 59 ? used : 0;
    }

    private static int ReadBelowHundred(IReadOnlyList<string> words, int index, out int value)
    {
        value = 0;
        if (index >= words.Count)
            return 0;
        if (Units.TryGetValue(words[index], out value) || Teens.TryGetValue(words[index], out value))
            return 1;
        if (!Tens.TryGetValue(words[index], out value))
            return 0;
        if (index + 1 < words.Count && Units.TryGetValue(words[index + 1], out int unit) && unit > 0)
        {
            value += unit;
            return 2;
        }

        return 1;
    }
}
