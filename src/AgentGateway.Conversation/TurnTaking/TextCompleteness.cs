namespace AgentGateway.Conversation.TurnTaking;

/// <summary>
/// How complete a text looks: patterns that are certain first, then the language's model of sentence ends, then plain rules.
/// </summary>
internal sealed class TextCompleteness(TurnVocabulary vocabulary, SentenceEnds? model)
{
    /// <summary>A likelihood of at least this much is certain: the caller's habits do not matter.</summary>
    public const double Certain = 0.98;

    /// <summary>The likelihood of a whole short turn.</summary>
    public const double Whole = 1;

    // A recogniser that misheard the last word must not make the caller wait for seconds: only certain patterns may.
    private const double ModelDoubt = 0.15;
    private const float Unsure = 0.45f;

    // Words that the recogniser is less sure of say less: nothing at the one, all at the other.
    private const double Guessed = 0.2;
    private const double Heard = 0.5;

    // An answer of up to four words to a question is mostly whole: "tomorrow at eight", "on Friday".
    private const int ShortAnswer = 4;
    private const double ShortAnswerLikelihood = 0.82;

    /// <summary>How likely it is, 0..1, that a caller who paused after this text has finished.</summary>
    /// <param name="text">The turn so far.</param>
    /// <param name="answers">Whether the agent had asked something.</param>
    /// <param name="confidence">How sure the recogniser is of the text, 0..1; null when it cannot tell.</param>
    public double Likelihood(string text, bool answers = false, float? confidence = null)
    {
        ReadOnlySpan<char> trimmed = text.AsSpan().TrimEnd();
        List<string> words = TurnVocabulary.Words(text);
        if (words.Count == 0)
            return 0.5;
        if (vocabulary.Complete.Contains(string.Join(' ', words)))
            return Whole;
        if (trimmed.EndsWith("...") || trimmed[^1] is '…' or ',' or '-' or '–' or '—')
            return 0.05;
        if (vocabulary.Dangling.Contains(words[^1]))
            return trimmed[^1] is '?' ? 0.8 : confidence < Unsure ? ModelDoubt : 0.04;
        if (trimmed[^1] is '.' or '!' or '?' or '。' or '？' or '！')
            return Certain;
        // Somebody who dictates digits pauses between the groups.
        bool dictated = words.TrueForAll(IsDigit) && (!answers || words.Count > 2);
        if (dictated || (!answers && words.Count < 4 && IsDigit(words[^1])))
            return 0.35;
        double likelihood = Weigh(Math.Clamp(model?.Likelihood(words) ?? Guess(words), ModelDoubt, 0.94), confidence);
        return answers && words.Count <= ShortAnswer && !vocabulary.Leaning.Contains(words[^1])
            ? Math.Max(likelihood, ShortAnswerLikelihood)
            : likelihood;
    }

    private static double Weigh(double likelihood, float? confidence)
    {
        double weight = confidence is { } sure ? Math.Clamp((sure - Guessed) / (Heard - Guessed), 0, 1) : 1;
        double odds = Math.Pow(likelihood / (1 - likelihood), weight);
        return odds / (1 + odds);
    }

    private double Guess(List<string> words)
    {
        if (vocabulary.Leaning.Contains(words[^1]))
            return 0.35;
        if (words.Count >= 3 && vocabulary.Openers.Contains(words[0]))
            return 0.85;
        return words.Count <= 3 ? 0.75 : 0.8;
    }

    private bool IsDigit(string word) => vocabulary.Digits.Contains(word) || char.IsAsciiDigit(word[^1]);
}
