namespace AgentGateway.Providers.Engines;

/// <summary>
/// Splits a request into sentences so that audio starts after the first. It splits only where a new sentence plainly begins: a mark of
/// end, a space and an upper-case letter or digit, behind at least <see cref="MinLength"/> characters. A wrong join costs milliseconds, a wrong split ("Dr. Smith") is heard.
/// </summary>
internal static class SentenceSplitter
{
    /// <summary>Shortest piece, in characters.</summary>
    public const int MinLength = 20;

    /// <summary>The sentences as (start, length), in order, covering all text but the spaces between.</summary>
    public static IReadOnlyList<(int Start, int Length)> Split(string text)
    {
        List<(int, int)> pieces = [];
        int start = 0;
        for (int i = 0; i + 2 < text.Length; i++)
        {
            if (text[i] is not ('.' or '!' or '?' or '\u2026') || text[i + 1] != ' ' || i + 1 - start < MinLength)
                continue;
            if (!char.IsUpper(text[i + 2]) || IsAbbreviation(text, start, i))
                continue;
            pieces.Add((start, i + 1 - start));
            start = i + 2;
        }

        if (start < text.Length)
            pieces.Add((start, text.Length - start));
        return pieces;
    }

    // A short capitalised word before the dot is more often a title or an initial than the end of a sentence.
    private static bool IsAbbreviation(string text, int start, int dot)
    {
        if (text[dot] != '.')
            return false;
        int word = dot;
        while (word > start && char.IsLetter(text[word - 1]))
            word--;
        int length = dot - word;
        return length is > 0 and <= 3 && char.IsUpper(text[word]);
    }
}
