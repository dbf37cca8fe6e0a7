namespace AgentGateway.Conversation.Text.Spoken;

/// <summary>English number words.</summary>
internal static class EnglishNumbers
{
    private static readonly string[] Small =
    [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen",
        "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    ];

    private static readonly string[] Tens = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

    private static readonly string[] SmallOrdinals =
    [
        "zeroth", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth", "thirteenth",
        "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth",
    ];

    private static readonly (long Value, string Name)[] Scales =
        [(1_000_000_000_000, "trillion"), (1_000_000_000, "billion"), (1_000_000, "million"), (1000, "thousand")];

    public static string Cardinal(long value)
    {
        if (value < 20)
            return Small[value];
        if (value < 100)
            return Tens[value / 10] + (value % 10 == 0 ? "" : " " + Small[value % 10]);
        if (value < 1000)
            return Small[value / 100] + " hundred" + (value % 100 == 0 ? "" : " and " + Cardinal(value % 100));
        foreach ((long scale, string name) in Scales)
        {
            if (value < scale)
                continue;
            long rest = value % scale;
            return Cardinal(value / scale) + " " + name + (rest == 0 ? "" : (rest < 100 ? " and " : " ") + Cardinal(rest));
        }

        return "";
    }

    public static string Ordinal(long value)
    {
        if (value < 20)
            return SmallOrdinals[value];
        string words = Cardinal(value);
        int last = words.LastIndexOf(' ') + 1;
        string head = words[..last];
        string tail = words[last..];
        int small = Array.IndexOf(Small, tail);
        return head + (small >= 0 ? SmallOrdinals[small] : tail.EndsWith('y') ? tail[..^1] + "ieth" : tail + "th");
    }

    public static string Digit(char digit) => Small[digit - '0'];

    public static string Year(int year)
    {
        int century = year / 100;
        int rest = year % 100;
        if (century == 20 && rest < 10)
            return "two thousand" + (rest == 0 ? "" : " and " + Small[rest]);
        if (year < 1000 || century == 10)
            return Cardinal(year);
        return Cardinal(century) + (rest == 0 ? " hundred" : rest < 10 ? " oh " + Small[rest] : " " + Cardinal(rest));
    }

    public static string Decade(int year) =>
        year == 2000 ? "two thousands"
        : year % 100 == 0 ? Cardinal(year / 100) + " hundreds"
        : year % 100 == 10 ? Cardinal(year / 100) + " tens"
        : Cardinal(year / 100) + " " + Tens[year % 100 / 10][..^1] + "ies";
}
