using AgentGateway.Conversation.Text.Readable;

namespace AgentGateway.Conversation.Text;

/// <summary>
/// Text of a recogniser that knows neither case nor punctuation nor digits, made readable for a language model and for people: sentence
/// case, names, digits, times, dates, prices, telephone numbers and addresses, a full stop or question mark. Text that has case or
/// punctuation already is left alone, and so is a language without rules, but for its first letter. Pure and thread-safe.
/// </summary>
public static class ReadableTranscript
{
    private static readonly Rules English = new(EnglishDigits.Replace, EnglishCase.Apply, EnglishCase.IsQuestion);
    private static readonly Rules German = new(GermanDigits.Replace, GermanCase.Apply, GermanCase.IsQuestion);

    /// <summary>The readable text.</summary>
    /// <param name="raw">What the recogniser wrote; any text.</param>
    /// <param name="language">BCP 47 language.</param>
    /// <param name="isFinal">Whether the text is complete; a partial gets no mark at its end, so that it grows without flicker.</param>
    public static string Of(string raw, string language, bool isFinal = true)
    {
        ArgumentNullException.ThrowIfNull(raw);
        ArgumentNullException.ThrowIfNull(language);
        if (!IsBare(raw))
            return raw;
        string[] words = raw.ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0)
            return raw;
        if (Find(language) is not { } rules)
            return ReadableWords.Capital(string.Join(' ', words));
        bool question = isFinal && rules.IsQuestion(words);
        List<string> readable = rules.Digits(words);
        rules.Case(readable);
        string text = ReadableWords.Capital(string.Join(' ', readable));
        return !isFinal || char.IsPunctuation(text[^1]) && text[^1] != '%' ? text : text + (question ? '?' : '.');
    }

    // All letters in one case, and no mark that a sentence would have.
    private static bool IsBare(string raw)
    {
        bool upper = false;
        bool lower = false;
        foreach (char c in raw)
        {
            upper |= char.IsUpper(c);
            // Upper case keeps the ß of lower case.
            lower |= char.IsLower(c) && c != 'ß';
            if (c is '.' or ',' or '?' or '!' or ';' or ':' or '"' || char.IsDigit(c))
                return false;
        }

        return upper != lower;
    }

    private static Rules? Find(string language) =>
        language.StartsWith("en", StringComparison.OrdinalIgnoreCase) ? English : language.StartsWith("de", StringComparison.OrdinalIgnoreCase) ? German : null;

    /// <summary>What a language does to lower-case words.</summary>
    /// <param name="Digits">Digits and signs for what can be written in them.</param>
    /// <param name="Case">Capitals, and the comma behind a greeting, in place.</param>
    /// <param name="IsQuestion">Whether the words are a question by their form.</param>
    private sealed record Rules(Func<IReadOnlyList<string>, List<string>> Digits, Action<List<string>> Case, Func<IReadOnlyList<string>, bool> IsQuestion);
}
