namespace AgentGateway.Conversation.Text.Readable;

/// <summary>Number words of German, which are one word each up to a million: "fünfundzwanzig", "zweitausenddreihundertzwölf".</summary>
internal static class GermanNumber
{
    private static readonly string[] Small =
    [
        "null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf", "dreizehn", "vierzehn", "fünfzehn", "sechzehn",
        "siebzehn", "achtzehn", "neunzehn",
    ];

    private static readonly string[] Tens = ["zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig"];

    /// <summary>The value of a word in lower case; -1 when it is no number. "ein" and "eine" are articles.</summary>
    public static int Read(string? word) => word is null or "ein" ? -1 : Whole(word.Replace("dreissig", "dreißig", StringComparison.Ordinal));

    /// <summary>The value of an ordinal of a day ("dritte", "einundzwanzigsten"), 1..31; -1 when it is none.</summary>
    public static int ReadDay(string? word)
    {
        if (word is null)
            return -1;
        string stem = word.EndsWith("ten", StringComparison.Ordinal) ? word[..^3] : word.EndsWith("te", StringComparison.Ordinal) ? word[..^2] : "";
        int day = stem switch
        {
            "ers" => 1,
            "drit" => 3,
            "sieb" => 7,
            "ach" => 8,
            _ => stem.EndsWith("igs", StringComparison.Ordinal) ? Read(stem[..^1]) : Read(stem) is < 20 and var small ? small : -1,
        };
        return day is >= 1 and <= 31 ? day : -1;
    }

    private static int Whole(string word)
    {
        int at = word.IndexOf("tausend", StringComparison.Ordinal);
        return at < 0 ? BelowThousand(word) : Joined(at == 0 ? 1 : BelowThousand(word[..at]), 1000, word[(at + 7)..], BelowThousand);
    }

    private static int BelowThousand(string word)
    {
        int at = word.IndexOf("hundert", StringComparison.Ordinal);
        // "neunzehnhundertneunundneunzig" is a year.
        return at < 0 ? BelowHundred(word) : Joined(at == 0 ? 1 : Array.IndexOf(Small, word[..at] is "ein" ? "eins" : word[..at]), 100, word[(at + 7)..], BelowHundred);
    }

    private static int Joined(int many, int scale, string rest, Func<string, int> read)
    {
        int more = rest.Length == 0 ? 0 : read(rest.StartsWith("und", StringComparison.Ordinal) ? rest[3..] : rest);
        return many < 1 || more < 0 ? -1 : (many * scale) + more;
    }

    private static int BelowHundred(string word)
    {
        int small = word switch { "ein" => 1, "zwo" => 2, _ => Array.IndexOf(Small, word) };
        if (small >= 0)
            return small;
        int and = word.IndexOf("und", StringComparison.Ordinal);
        int tens = Array.IndexOf(Tens, and < 0 ? word : word[(and + 3)..]);
        int unit = and < 0 ? 0 : word[..and] is "ein" ? 1 : Array.IndexOf(Small, word[..and]) is > 1 and < 10 and var known ? known : -1;
        return tens < 0 || unit < 0 ? -1 : ((tens + 2) * 10) + unit;
    }
}
