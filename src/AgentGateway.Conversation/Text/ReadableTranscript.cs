using AgentGateway.Conversation.Text.Readable;

namespace AgentGateway.Conversation.Text;

/// <summary>
/// Text of a recogniser that knows neither case nor punctuation nor digits, made readable for a language model and for people: sentence
/// case, names, digits, times, dates, prices, telephone numbers and addresses, a full stop or question mark. Text that has case or
/// punctuation already is left alone, and so is a language without rules, but for its first letter. Pure and thread-safe.
/// </summary>
public static class ReadableTranscript
{
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
        bool english = language.StartsWith("en", StringComparison.OrdinalIgnoreCase);
        if (!english && !language.StartsWith("de", StringComparison.OrdinalIgnoreCase))
            return Capital(string.Join(' ', words));
        bool question = isFinal && (english ? EnglishCase.IsQuestion(words) : GermanCase.IsQuestion(words));
        List<string> readable = english ? EnglishDigits.Replace(words) : GermanDigits.Replace(words);
        if (english)
            EnglishCase.Apply(readable);
        else
            GermanCase.Apply(readable);
        string text = Capital(string.Join(' ', readable));
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

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
