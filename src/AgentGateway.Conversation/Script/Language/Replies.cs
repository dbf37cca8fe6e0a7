namespace AgentGateway.Conversation.Script.Language;

/// <summary>A yes, a no, or neither.</summary>
internal enum YesNo
{
    Neither,
    Yes,
    No,
}

/// <summary>The small answers of English: yes, no, say that again, forget it.</summary>
internal static class Replies
{
    private static readonly HashSet<string> YesWords = new(StringComparer.Ordinal)
    {
        "yes", "yeah", "yea", "yep", "yup", "ya", "yet", "sure", "correct", "right", "exactly", "okay", "ok", "kay", "fine", "perfect",
        "absolutely", "indeed", "definitely", "certainly", "great", "good", "lovely", "write", "confirm", "confirmed", "agreed", "affirmative",
    };

    private static readonly HashSet<string> NoWords = new(StringComparer.Ordinal)
    {
        "no", "nope", "nah", "not", "wrong", "incorrect", "know", "change", "false", "never", "negative",
    };

    private static readonly string[][] RepeatPhrases =
    [
        ["repeat"], ["pardon"], ["say", "again"], ["what", "did", "you", "say"], ["come", "again"], ["did", "not", "hear"], ["did", "not", "catch"],
        ["did", "not", "understand", "you"], ["excuse", "me", "what"], ["sorry", "what"], ["once", "more"], ["one", "more", "time"],
    ];

    private static readonly string[][] CancelPhrases =
    [
        ["cancel"], ["never", "mind"], ["nevermind"], ["forget", "it"], ["forget", "about"], ["stop", "it"], ["stop", "that"], ["leave", "it"],
        ["changed", "my", "mind"], ["do", "not", "want"], ["no", "reservation"], ["nothing"],
    ];

    /// <summary>Words around a name: "it is under the name of John Smith please".</summary>
    private static readonly HashSet<string> NameNoise = new(StringComparer.Ordinal)
    {
        "my", "name", "is", "the", "it", "its", "this", "that", "on", "under", "for", "of", "a", "i", "am", "im", "please", "thanks", "thank", "you", "sir",
        "put", "reservation", "be", "would", "will", "should", "mister", "mr", "misses", "mrs", "miss", "last", "first", "surname", "family", "and", "in",
        "uh", "um", "er", "well", "yes", "okay", "ok", "sure", "so", "just", "call", "me", "speaking", "here", "hello", "hi", "to", "can", "make", "book",
    };

    /// <summary>Whether the words agree. A no outweighs a yes: "yes no that is wrong".</summary>
    public static YesNo Classify(IReadOnlyList<string> words)
    {
        bool negated = words.Any(NoWords.Contains) && !HasPhrase(words, ["no", "problem"]) && !HasPhrase(words, ["why", "not"]);
        if (negated)
            return YesNo.No;
        if (words.Any(YesWords.Contains) || HasPhrase(words, ["go", "ahead"]) || HasPhrase(words, ["please", "do"])
            || HasPhrase(words, ["that", "is", "it"]) || HasPhrase(words, ["do", "it"]) || HasPhrase(words, ["no", "problem"]))
            return YesNo.Yes;
        return YesNo.Neither;
    }

    /// <summary>Whether the caller wants to hear the last thing again.</summary>
    public static bool IsRepeat(IReadOnlyList<string> words) => words.Count <= 8 && RepeatPhrases.Any(phrase => HasPhrase(words, phrase))
        || (words.Count <= 2 && words.Count > 0 && words[^1] is "what" or "sorry" or "huh");

    /// <summary>Whether the caller drops what is being asked for.</summary>
    public static bool IsCancel(IReadOnlyList<string> words) => words.Count <= 10 && CancelPhrases.Any(phrase => HasPhrase(words, phrase));

    /// <summary>The name in an answer to "what is your name"; null when there is none, or far too many words.</summary>
    public static string? NameIn(IReadOnlyList<string> words)
    {
        List<string> rest = [.. words];
        while (rest.Count > 0 && NameNoise.Contains(rest[0]))
            rest.RemoveAt(0);
        while (rest.Count > 0 && NameNoise.Contains(rest[^1]))
            rest.RemoveAt(rest.Count - 1);
        if (rest.Count == 0 || rest.Any(word => !word.All(char.IsLetter)))
            return null;
        if (rest.Count >= 3 && rest.All(word => word.Length == 1))
            return Titles.Case([string.Concat(rest)]);
        return rest.Count <= 4 && rest.Sum(word => word.Length) <= 40 ? Titles.Case(rest) : null;
    }

    /// <summary>A name that is offered without being asked for: "my name is …", "under the name …".</summary>
    public static string? OfferedName(IReadOnlyList<string> words)
    {
        for (int i = 0; i + 1 < words.Count; i++)
        {
            bool named = words[i] == "name" && (i == 0 || words[i - 1] is "my" or "the");
            if (!named)
                continue;
            int start = i + 1;
            while (start < words.Count && words[start] is "is" or "of")
                start++;
            string[] name = [.. words.Skip(start).TakeWhile(word => !NameNoise.Contains(word) && word.All(char.IsLetter)).Take(3)];
            if (name.Length > 0)
                return Titles.Case(name);
        }

        return null;
    }

    private static bool HasPhrase(IReadOnlyList<string> words, string[] phrase)
    {
        for (int i = 0; i + phrase.Length <= words.Count; i++)
        {
            bool same = true;
            for (int j = 0; j < phrase.Length && same; j++)
                same = words[i + j] == phrase[j];
            if (same)
                return true;
        }

        return false;
    }
}
