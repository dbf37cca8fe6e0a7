namespace AgentGateway.Conversation.TurnTaking;

/// <summary>
/// How long to wait after speech before the turn is over, from how complete its text looks. The likelihood is a table of
/// text patterns; the delay falls quadratically with it, so that doubt costs little and a dangling word costs much.
/// </summary>
internal sealed class EndpointingCurve(TurnVocabulary vocabulary, TimeSpan min, TimeSpan max)
{
    /// <summary>The delay from the end of speech.</summary>
    /// <param name="text">The turn so far.</param>
    /// <param name="audio">What the end-of-turn model heard, 0..1.</param>
    /// <param name="provider">What the recogniser judged, 0..1.</param>
    public TimeSpan Delay(string text, double? audio = null, double? provider = null)
    {
        double doubt = 1 - Combine(Likelihood(text), audio, provider);
        return min + ((max - min) * (doubt * doubt));
    }

    /// <summary>
    /// One likelihood of several: the audio's odds multiply those of the text, because voice and words fail in different
    /// ways; the recogniser's own judgement has heard both and replaces them.
    /// </summary>
    public static double Combine(double text, double? audio, double? provider)
    {
        if (provider is { } judged)
            return judged;
        if (audio is not { } heard)
            return text;
        double odds = Odds(text) * Odds(heard);
        return odds / (1 + odds);
    }

    private static double Odds(double likelihood)
    {
        double bounded = Math.Clamp(likelihood, 0.02, 0.98);
        return bounded / (1 - bounded);
    }

    /// <summary>How likely it is, 0..1, that a caller who paused after this text has finished.</summary>
    public double Likelihood(string text)
    {
        ReadOnlySpan<char> trimmed = text.AsSpan().TrimEnd();
        if (trimmed.IsEmpty)
            return 0.5;
        List<string> words = TurnVocabulary.Words(text);
        if (words.Count == 0)
            return 0.5;
        if (vocabulary.Complete.Contains(string.Join(' ', words)))
            return 1;
        if (trimmed.EndsWith("...") || trimmed[^1] is '…' or ',' or '-' or '–' or '—')
            return 0.1;
        if (vocabulary.Dangling.Contains(words[^1]))
            return trimmed[^1] is '?' ? 0.8 : 0.05;
        if (trimmed[^1] is '.' or '!' or '?' or '。' or '？' or '！')
            return 0.95;
        if (vocabulary.Leaning.Contains(words[^1]))
            return 0.35;
        // Somebody who dictates digits pauses between the groups.
        if (vocabulary.Digits.Contains(words[^1]) || char.IsAsciiDigit(words[^1][^1]))
            return words.Count >= 4 && !AreDigits(words) ? 0.65 : 0.35;
        if (words.Count >= 3 && vocabulary.Openers.Contains(words[0]))
            return 0.85;
        return words.Count switch
        {
            1 => 0.55,
            <= 3 => 0.6,
            _ => 0.63,
        };
    }

    private bool AreDigits(List<string> words)
    {
        foreach (string word in words)
        {
            if (!vocabulary.Digits.Contains(word) && !char.IsAsciiDigit(word[0]))
                return false;
        }

        return true;
    }
}
