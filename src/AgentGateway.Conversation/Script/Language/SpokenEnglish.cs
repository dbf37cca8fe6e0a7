using System.Globalization;

namespace AgentGateway.Conversation.Script.Language;

/// <summary>Values as an English speaker says them: engines that only read letters pronounce them well.</summary>
internal static class SpokenEnglish
{
    private static readonly string[] Small =
    [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen",
        "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    ];

    private static readonly string[] Tens = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

    private static readonly string[] Days =
    [
        "", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth", "thirteenth",
        "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth", "twenty first", "twenty second",
        "twenty third", "twenty fourth", "twenty fifth", "twenty sixth", "twenty seventh", "twenty eighth", "twenty ninth", "thirtieth", "thirty first",
    ];

    /// <summary>A whole number in words; digits from 10000 on.</summary>
    public static string Number(int value) => value switch
    {
        < 0 or >= 10_000 => value.ToString(CultureInfo.InvariantCulture),
        < 20 => Small[value],
        < 100 => Tens[value / 10] + (value % 10 == 0 ? "" : " " + Small[value % 10]),
        < 1000 => Small[value / 100] + " hundred" + (value % 100 == 0 ? "" : " and " + Number(value % 100)),
        _ => Small[value / 1000] + " thousand" + (value % 1000 == 0 ? "" : (value % 1000 < 100 ? " and " : " ") + Number(value % 1000)),
    };

    /// <summary>"today", "tomorrow", or "Saturday, the fourth of March".</summary>
    public static string Date(DateOnly date, DateOnly today)
    {
        if (date == today)
            return "today";
        if (date == today.AddDays(1))
            return "tomorrow";
        string month = CultureInfo.InvariantCulture.DateTimeFormat.GetMonthName(date.Month);
        return $"{date.DayOfWeek}, the {Days[date.Day]} of {month}";
    }

    /// <summary>"seven thirty in the evening", "noon".</summary>
    public static string Time(TimeOnly time)
    {
        if (time is { Hour: 12, Minute: 0 })
            return "noon";
        if (time is { Hour: 0, Minute: 0 })
            return "midnight";
        string part = time.Hour switch { < 12 => "in the morning", < 18 => "in the afternoon", < 22 => "in the evening", _ => "at night" };
        int hour = time.Hour % 12 == 0 ? 12 : time.Hour % 12;
        string minutes = time.Minute switch
        {
            0 => "",
            < 10 => " oh " + Small[time.Minute],
            _ => " " + Number(time.Minute),
        };
        return $"{Small[hour]}{minutes} {part}";
    }
}
