using System.Buffers;
using System.Collections.Frozen;

namespace AgentGateway.Conversation.Speech.Alignment;

/// <summary>
/// How long words take to say, guessed from their spelling: groups of vowels are syllables, the other letters consonants, less the
/// silent and double ones. Lengths are those of an ordinary voice at its ordinary pace; what counts is how they compare.
/// </summary>
internal static class WordLengths
{
    // In seconds; fitted to the word times of flite's and espeak-ng's voices.
    private const double PerWord = 0.066;
    private const double PerSyllable = 0.066;
    private const double PerLongVowel = 0.024;
    private const double PerFricative = 0.083;
    private const double PerSonorant = 0.048;
    private const double PerPlosive = 0.062;
    private const double PerDigit = 0.3;
    private const double PerIdeograph = 0.2;
    private const double BeforeBreak = 0.1;
    private const double LessWhenWeak = 0.06;
    private const double Shortest = 0.06;

    private const int MaxLetters = 64;

    private static readonly SearchValues<char> OtherVowels = SearchValues.Create("àáâãäåæāăąèéêëēĕėęěìíîïĩīĭįıòóôõöøōŏőœùúûüũūŭůűųýÿəаеёиоуыэюяіїєαάεέηήιίϊοόυύωώ");

    // Words that are spoken without stress.
    private static readonly FrozenSet<string> Weak = new[]
    {
        "a", "an", "and", "are", "as", "at", "be", "but", "by", "can", "for", "from", "has", "i", "in", "is", "it", "of", "on", "or", "that", "the", "to", "was", "we",
        "with", "would", "you", "your", "am", "das", "der", "die", "es", "im", "und", "zu", "de", "des", "du", "el", "en", "et", "la", "le", "les", "los", "un", "une", "y",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The words of a text, in order. Signs that stand alone belong to the word before them.</summary>
    /// <param name="text">Text for a voice.</param>
    /// <param name="language">BCP 47 language.</param>
    public static List<ExpectedWord> Of(string text, string language)
    {
        List<ExpectedWord> words = [];
        for (int at = 0; at < text.Length;)
        {
            if (char.IsWhiteSpace(text[at]))
            {
                at++;
                continue;
            }

            int end = at + 1;
            while (end < text.Length && !char.IsWhiteSpace(text[end]) && !(IsIdeograph(text[end - 1]) && char.IsLetter(text[end])))
                end++;
            Add(words, text.AsSpan(at, end - at), end, language);
            at = end;
        }

        if (words.Count > 0)
            words[^1] = words[^1] with { Break = WordBreak.Sentence };
        return words;
    }

    private static void Add(List<ExpectedWord> words, ReadOnlySpan<char> token, int end, string language)
    {
        WordBreak pause = BreakOf(token);
        Sounds sounds = SoundsOf(token, language);
        if (sounds.Syllables > 0)
        {
            bool weak = Weak.GetAlternateLookup<ReadOnlySpan<char>>().Contains(token);
            double length = PerWord + sounds.Length + (pause == WordBreak.None ? 0 : BeforeBreak) - (weak ? LessWhenWeak : 0);
            words.Add(new ExpectedWord(end, Math.Max(Shortest, length), sounds.Syllables, pause));
        }
        else if (words.Count > 0)
        {
            words[^1] = words[^1] with { TextEnd = end, Break = (WordBreak)Math.Max((int)words[^1].Break, (int)pause) };
        }
    }

    private static WordBreak BreakOf(ReadOnlySpan<char> token)
    {
        ReadOnlySpan<char> bare = token.TrimEnd("\"'”’)]»");
        return bare.IsEmpty ? WordBreak.None : bare[^1] switch
        {
            '.' or '!' or '?' or '…' or '。' or '！' or '？' => WordBreak.Sentence,
            ',' or ';' or ':' or '–' or '—' or '，' or '、' or '；' or '：' => WordBreak.Clause,
            _ => WordBreak.None,
        };
    }

    private static Sounds SoundsOf(ReadOnlySpan<char> token, string language)
    {
        Span<char> letters = stackalloc char[MaxLetters];
        int count = 0;
        var other = default(Sounds);
        foreach (char c in token)
        {
            if (char.IsDigit(c))
                other += new Sounds(1, PerDigit);
            else if (IsIdeograph(c) || c is >= '\uac00' and <= '\ud7a3')
                other += new Sounds(1, PerIdeograph);
            else if (char.IsLetter(c) && count < letters.Length)
                letters[count++] = char.ToLowerInvariant(c);
        }

        return count == 0 ? other : other + SoundsOfLetters(letters[..count], language);
    }

    private static Sounds SoundsOfLetters(ReadOnlySpan<char> word, string language)
    {
        word = word[..^SilentEnd(word, language)];
        int syllables = 0;
        double length = 0;
        for (int i = 0; i < word.Length; i++)
        {
            if (!IsVowel(word, i))
            {
                length += IsSilent(word, i) ? 0 : Consonant(word[i]);
            }
            else if (i == 0 || !IsVowel(word, i - 1))
            {
                syllables++;
                length += PerSyllable;
            }
            else if (i < 2 || !IsVowel(word, i - 2))
            {
                length += PerLongVowel;
            }
        }

        if (syllables > 0)
            return new Sounds(syllables, length);
        // A script that does not write its vowels, or an abbreviation: every second letter has one.
        syllables = (word.Length + 1) / 2;
        return new Sounds(syllables, length + (syllables * PerSyllable));
    }

    private static double Consonant(char c) => c switch
    {
        's' or 'z' or 'f' or 'v' or 'c' or 'j' or 'ß' or 'ç' or 'š' or 'ž' => PerFricative,
        'x' => PerPlosive + PerFricative,
        'm' or 'n' or 'l' or 'r' or 'w' or 'y' or 'ñ' or 'ł' => PerSonorant,
        _ => PerPlosive,
    };

    // Written, but part of the sound before or behind: ll, ch, th, ck, gh, sch, ah.
    private static bool IsSilent(ReadOnlySpan<char> word, int at)
    {
        if (at == 0)
            return false;
        char before = word[at - 1];
        char next = at + 1 < word.Length ? word[at + 1] : ' ';
        return word[at] switch
        {
            'h' => IsVowel(word, at - 1) || before is 'c' or 's' or 't' or 'p' or 'g' or 'r' or 'w',
            'k' => before is 'c' or 'k',
            'g' => next == 'h' || before == 'g',
            'c' => before == 'c' || (before == 's' && next == 'h'),
            var c => c == before,
        };
    }

    private static int SilentEnd(ReadOnlySpan<char> word, string language)
    {
        if (language.StartsWith("fr", StringComparison.OrdinalIgnoreCase))
            return word.Length <= 2 ? 0 : word.Length > 3 && word.EndsWith("es") ? 2 : word[^1] is 'e' or 's' or 't' or 'd' or 'x' or 'z' or 'p' ? 1 : 0;
        if (!language.StartsWith("en", StringComparison.OrdinalIgnoreCase) || word[^1] != 'e' || word.Length < 3 || IsVowel(word, word.Length - 2))
            return 0;
        // "are", "home", but not "the", and "little" has its syllable there.
        return word.Length == 3 ? (IsVowel(word, 0) ? 1 : 0) : word[^2] == 'l' && !IsVowel(word, word.Length - 3) ? 0 : 1;
    }

    private static bool IsVowel(ReadOnlySpan<char> word, int at) => word[at] switch
    {
        'a' or 'e' or 'i' or 'o' => true,
        'u' => at == 0 || word[at - 1] != 'q',
        'y' => at > 0 && (at + 1 == word.Length || word[at + 1] is not ('a' or 'e' or 'i' or 'o' or 'u')),
        var c => c > 127 && OtherVowels.Contains(c),
    };

    private static bool IsIdeograph(char c) => c is (>= '\u3040' and <= '\u30ff') or (>= '\u3400' and <= '\u9fff');

    private readonly record struct Sounds(int Syllables, double Length)
    {
        public static Sounds operator +(Sounds a, Sounds b) => new(a.Syllables + b.Syllables, a.Length + b.Length);
    }
}
