using System.Text;
using System.Text.RegularExpressions;

namespace AgentGateway.Conversation.Script.Language;

/// <summary>
/// Text to comparable words: recognised text has no punctuation and one case, typed text has both; afterwards they look alike.
/// Times and dates in digits stay one word ("7:30", "2026-03-28"); "7pm", "7 p.m." and "7 P M" all become "7", "pm".
/// </summary>
internal static partial class Words
{
    private const int MaxWords = 200;

    /// <summary>The words; at most 200, the rest of a longer text is ignored.</summary>
    public static IReadOnlyList<string> Split(string text)
    {
        List<string> words = [];
        foreach (Match match in Word().Matches(text.Length > 4000 ? text[..4000] : text))
        {
            if (words.Count >= MaxWords)
                break;
            Add(words, match.Value.ToLowerInvariant());
        }

        Join(words);
        return words;
    }

    private static void Add(List<string> words, string word)
    {
        word = word.Replace('’', '\'').Trim('\'');
        if (word is "p.m" or "p.m." or "a.m" or "a.m.")
        {
            words.Add(word[0] + "m");
            return;
        }

        if (word is "o'clock")
        {
            words.Add("oclock");
            return;
        }

        if (Glued().Match(word) is { Success: true } glued)
        {
            words.Add(glued.Groups[1].Value);
            words.Add(glued.Groups[2].Value);
            return;
        }

        if (word is "won't" or "can't" or "cannot")
        {
            words.Add(word[0] == 'w' ? "will" : "can");
            words.Add("not");
            return;
        }

        int apostrophe = word.IndexOf('\'', StringComparison.Ordinal);
        if (apostrophe < 0)
        {
            if (word.Length > 0)
                words.Add(word);
            return;
        }

        string head = word[..apostrophe];
        if (word.EndsWith("n't", StringComparison.Ordinal))
        {
            words.Add(word[..^3]);
            words.Add("not");
        }
        else if (word[(apostrophe + 1)..] is "s" or "m" or "d" or "ll" or "re" or "ve")
        {
            words.Add(head);
        }
        else
        {
            words.Add(word.Replace("'", "", StringComparison.Ordinal));
        }
    }

    /// <summary>Puts together what recognisers write in two: "P M", "O CLOCK", "TO MORROW", "GOOD BYE".</summary>
    private static void Join(List<string> words)
    {
        for (int i = 0; i + 1 < words.Count; i++)
        {
            string joined = words[i] + words[i + 1];
            if (joined is "pm" or "am" or "oclock" or "tomorrow" or "tonight" or "goodbye" or "goodby" or "today" or "midday" or "weekend")
            {
                words[i] = joined;
                words.RemoveAt(i + 1);
            }
        }

        for (int i = words.Count - 1; i >= 0; i--)
        {
            if (words[i].Length == 0)
                words.RemoveAt(i);
        }
    }

    [GeneratedRegex(@"\d{4}-\d{2}-\d{2}|\d{1,2}:\d{2}(?:\s?[ap]m\b)?|[ap]\.m\.?(?=\W|$)|[\p{L}\p{Nd}]+(?:['’][\p{L}]+)*", RegexOptions.IgnoreCase)]
    private static partial Regex Word();

    [GeneratedRegex(@"^(\d{1,2}(?::\d{2})?)\s?(am|pm|people|persons)$")]
    private static partial Regex Glued();
}

/// <summary>Puts words back together for people.</summary>
internal static class Titles
{
    /// <summary>"JOHN SMITH" and "john smith" as "John Smith".</summary>
    public static string Case(IEnumerable<string> words)
    {
        var text = new StringBuilder();
        foreach (string word in words.Where(word => word.Length > 0))
        {
            if (text.Length > 0)
                text.Append(' ');
            text.Append(char.ToUpperInvariant(word[0])).Append(word.AsSpan(1));
        }

        return text.ToString();
    }
}
