using System.Collections.Frozen;
using static AgentGateway.Conversation.Text.Readable.ReadableWords;

namespace AgentGateway.Conversation.Text.Readable;

/// <summary>Capitals of English words, the short forms of titles, and whether words ask something.</summary>
internal static class EnglishCase
{
    private static readonly FrozenSet<string> Names = Set(
        "monday tuesday wednesday thursday friday saturday sunday january february april june july august september october november december "
        + "christmas easter english german french spanish italian american british chinese japanese indian russian turkish dutch polish "
        + "america england britain germany france spain italy europe london paris berlin munich hamburg vienna madrid rome new-york boston chicago "
        + "california texas florida washington canada australia india china japan google amazon paypal visa mastercard whatsapp facebook microsoft "
        + "james john robert michael william david richard joseph thomas charles christopher daniel matthew anthony donald steven paul andrew joshua "
        + "kenneth kevin brian george edward ronald timothy jason jeffrey ryan jacob gary nicholas eric jonathan stephen larry justin scott brandon "
        + "benjamin samuel gregory alexander patrick jack dennis jerry tyler aaron jose adam nathan henry peter kyle walter "
        + "mary patricia jennifer linda elizabeth barbara susan jessica sarah karen lisa nancy betty margaret sandra ashley kimberly emily donna "
        + "michelle carol amanda melissa deborah stephanie rebecca sharon laura cynthia kathleen amy angela shirley anna brenda pamela emma nicole "
        + "helen samantha katherine christine rachel carolyn janet catherine maria heather diane olivia julie joyce victoria kelly christina lauren "
        + "smith johnson williams jones garcia miller davis rodriguez martinez hernandez lopez gonzalez wilson anderson taylor moore jackson thompson "
        + "harris clark lewis robinson walker mueller schmidt schneider fischer weber meyer wagner becker schulz hoffmann");

    private static readonly FrozenDictionary<string, string> Acronyms = new Dictionary<string, string>
    {
        ["ok"] = "OK", ["tv"] = "TV", ["usa"] = "USA", ["uk"] = "UK", ["pdf"] = "PDF", ["faq"] = "FAQ", ["atm"] = "ATM", ["vip"] = "VIP", ["gps"] = "GPS", ["dvd"] = "DVD",
        ["usb"] = "USB", ["iban"] = "IBAN", ["vat"] = "VAT", ["wifi"] = "Wi-Fi", ["sms"] = "SMS", ["url"] = "URL", ["ceo"] = "CEO", ["bbq"] = "BBQ", ["mister"] = "Mr.",
        ["mr"] = "Mr.", ["mrs"] = "Mrs.", ["misses"] = "Mrs.", ["ms"] = "Ms.", ["dr"] = "Dr.",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Openers = Set(
        "what what's when when's where where's who who's whose how how's why which can could do does did is are was were will would may have has should shall isn't aren't "
        + "don't doesn't didn't can't couldn't won't wouldn't shouldn't am");

    // What stands before a question or an answer without being part of it.
    private static readonly FrozenSet<string> LeadIns = Set("hi hello hey okay ok well so um uh yes yeah no and but oh thanks sorry right alright please now er actually");

    private static readonly FrozenSet<string> Subjects = Set("i i'd i'm i'll i've you he she it it's we they that that's this there there's can could do does is are what when where who how why would will my");

    private static readonly FrozenSet<string> Commas = Set("hi hello hey yes yeah no okay ok well thanks sorry");

    private static readonly FrozenSet<string> NotNames = Set(
        "a an the and or but not so is are was here there calling from to i it just my that this with on in at about for going looking trying sorry fine good afraid very really "
        + "speaking please what where when how who can would could also still only now sure happy glad ready");

    /// <summary>Whether the words are a question by their form.</summary>
    public static bool IsQuestion(IReadOnlyList<string> words)
    {
        int at = 0;
        while (at < words.Count - 1 && LeadIns.Contains(words[at]))
            at++;
        // "what a day" and "how nice" exclaim; "is" alone asks nothing.
        if (Openers.Contains(words[at]) && words.Count - at > 1 && !(words[at] == "what" && words[at + 1] == "a"))
            return true;
        if (words.Count - at > 2 && words[at] is "excuse" or "tell" && words[at + 1] == "me")
            return words[at] == "excuse" && Openers.Contains(words[at + 2]);
        return words.Count >= 4 && words[^1] == "right" && words[^2] is not ("all" or "the" or "that's" or "is" or "turn");
    }

    /// <summary>Sets capitals and the comma behind a greeting, in place.</summary>
    public static void Apply(List<string> words)
    {
        for (int i = 0; i < words.Count; i++)
        {
            string word = words[i];
            string stem = word.EndsWith("'s", StringComparison.Ordinal) ? word[..^2] : word;
            if (word is "i" || word.StartsWith("i'", StringComparison.Ordinal))
                words[i] = "I" + word[1..];
            else if (word.Length == 1 && char.IsLetter(word[0]) && IsSpelling(words, i))
                words[i] = word.ToUpperInvariant();
            else if (Names.Contains(stem) || IsMonthInContext(words, i))
                words[i] = Capital(word);
            else if (Acronyms.TryGetValue(stem, out string? acronym) && !(stem == "misses" && i + 1 == words.Count))
                words[i] = acronym + word[stem.Length..];
            if (words[i].EndsWith('.') && i + 1 < words.Count && char.IsLetter(words[i + 1][0]))
                words[i + 1] = Capital(words[i + 1]);
            Introduce(words, i);
        }

        if (words.Count > 1 && Commas.Contains(words[0].ToLowerInvariant()) && Subjects.Contains(words[1].ToLowerInvariant()))
            words[0] += ",";
    }

    // "my name is ada lovelace"
    private static void Introduce(List<string> words, int at)
    {
        if (at < 2 || words[at] is not ("is" or "name's") || words[at - 1] != "name")
            return;
        for (int i = at + 1; i <= at + 2 && i < words.Count && char.IsLetter(words[i][0]) && !NotNames.Contains(words[i]); i++)
            words[i] = Capital(words[i]);
    }

    // Letters one by one; "a" is a word unless letters stand on both sides.
    private static bool IsSpelling(List<string> words, int at)
    {
        bool before = at > 0 && words[at - 1].Length == 1 && char.IsLetter(words[at - 1][0]);
        bool after = at + 1 < words.Count && words[at + 1].Length == 1 && char.IsLetter(words[at + 1][0]);
        return words[at] == "a" ? before && after : before || after;
    }

    // "march" and "may" are words too: behind these and before a number they are months.
    private static bool IsMonthInContext(List<string> words, int at) =>
        words[at] is "march" or "may"
        && (at > 0 && words[at - 1] is "in" or "of" or "next" or "last" or "until" or "since" || (at + 1 < words.Count && char.IsAsciiDigit(words[at + 1][0])));
}
