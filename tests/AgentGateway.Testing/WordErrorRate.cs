namespace AgentGateway.Testing;

/// <summary>
/// Word error rate: substitutions, insertions and deletions of the cheapest alignment, over the number of reference words.
/// Texts are normalised first: lower case, punctuation off, hyphen to space, and the few spellings in which the references differ.
/// </summary>
public readonly record struct WordErrorRate(int Errors, int ReferenceWords)
{
    private static readonly Dictionary<string, string> Spellings = new(StringComparer.Ordinal)
    {
        ["mister"] = "mr",
        ["counseled"] = "counselled",
        ["dishonored"] = "dishonoured",
    };

    /// <summary>0 is perfect; may exceed 1 when words were invented.</summary>
    public double Rate => ReferenceWords == 0 ? (Errors == 0 ? 0 : 1) : (double)Errors / ReferenceWords;

    public static WordErrorRate operator +(WordErrorRate a, WordErrorRate b) =>
        new(a.Errors + b.Errors, a.ReferenceWords + b.ReferenceWords);

    public static WordErrorRate Add(WordErrorRate left, WordErrorRate right) => left + right;

    public static WordErrorRate Between(string reference, string hypothesis)
    {
        string[] expected = Normalize(reference);
        string[] heard = Normalize(hypothesis);
        int[] previous = new int[heard.Length + 1];
        int[] current = new int[heard.Length + 1];
        for (int j = 0; j <= heard.Length; j++)
            previous[j] = j;
        for (int i = 1; i <= expected.Length; i++)
        {
            current[0] = i;
            for (int j = 1; j <= heard.Length; j++)
            {
                int substitution = previous[j - 1] + (expected[i - 1] == heard[j - 1] ? 0 : 1);
                current[j] = Math.Min(substitution, Math.Min(previous[j], current[j - 1]) + 1);
            }

            (previous, current) = (current, previous);
        }

        return new WordErrorRate(previous[heard.Length], expected.Length);
    }

    /// <summary>The words as they are compared.</summary>
    public static string[] Normalize(string text)
    {
        char[] letters = text.ToLowerInvariant().ToCharArray();
        for (int i = 0; i < letters.Length; i++)
        {
            if (!char.IsLetterOrDigit(letters[i]) && letters[i] != '\'')
                letters[i] = ' ';
        }

        string flat = new string(letters).Replace("for ever", "forever", StringComparison.Ordinal);
        string[] words = flat.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < words.Length; i++)
        {
            string word = words[i].Trim('\'');
            words[i] = Spellings.GetValueOrDefault(word, word);
        }

        return Array.FindAll(words, w => w.Length > 0);
    }
}
