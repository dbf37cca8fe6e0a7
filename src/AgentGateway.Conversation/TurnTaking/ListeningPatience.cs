using AgentGateway.Conversation.Agents;

namespace AgentGateway.Conversation.TurnTaking;

/// <summary>
/// How patient to be with something that is dictated: digits, letters and addresses come in groups, and every group looks
/// complete. The wait is long until the whole is there.
/// </summary>
internal static class ListeningPatience
{
    private static readonly TimeSpan BetweenGroups = TimeSpan.FromMilliseconds(1500);
    private static readonly TimeSpan BetweenLines = TimeSpan.FromMilliseconds(1200);
    private const int PhoneDigits = 10;

    /// <summary>The least delay after this text; zero when the text is whole, or is none of what was asked for.</summary>
    public static TimeSpan LeastDelay(ListeningContext context, string text, TurnVocabulary vocabulary)
    {
        if (context is ListeningContext.Auto or ListeningContext.Open)
            return TimeSpan.Zero;
        List<string> words = TurnVocabulary.Words(text);
        // "I don't know", "no thanks": whatever was asked for, this is an answer.
        if (words.Count == 0 || vocabulary.Complete.Contains(string.Join(' ', words)))
            return TimeSpan.Zero;
        int digits = CountDigits(words, vocabulary);
        return context switch
        {
            ListeningContext.Digits => digits > 0 ? BetweenGroups : TimeSpan.Zero,
            ListeningContext.Phone => digits is > 0 and < PhoneDigits ? BetweenGroups : TimeSpan.Zero,
            ListeningContext.Email => IsEmail(words) ? TimeSpan.Zero : BetweenGroups,
            ListeningContext.Spelling => words.Exists(word => word.Length == 1) ? BetweenGroups : TimeSpan.Zero,
            _ => digits > 0 && words.Count < 4 ? BetweenGroups : BetweenLines,
        };
    }

    // Number words of two digits count as two: "twenty three".
    private static int CountDigits(List<string> words, TurnVocabulary vocabulary)
    {
        int digits = 0;
        foreach (string word in words)
        {
            if (vocabulary.Digits.Contains(word))
                digits++;
            else
                digits += word.Count(char.IsAsciiDigit);
        }

        return digits;
    }

    private static bool IsEmail(List<string> words)
    {
        if (words[^1].Contains('@') && words[^1].LastIndexOf('.') > words[^1].IndexOf('@'))
            return true;
        int dot = words.FindLastIndex(word => word is "dot" or "point" or "punkt");
        return dot > 0 && dot == words.Count - 2 && words[^1].Length is >= 2 and <= 6;
    }
}
