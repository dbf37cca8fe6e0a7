using System.Collections.Frozen;

namespace AgentGateway.Conversation.Text.Readable;

/// <summary>Writes words that belong together as people write them.</summary>
/// <param name="words">Lower-case words.</param>
/// <param name="at">Where they would begin.</param>
/// <param name="result">Gets what is written instead.</param>
/// <returns>How many words were used; 0 when none begins here.</returns>
internal delegate int WordReader(IReadOnlyList<string> words, int at, List<string> result);

/// <summary>What the rules of all languages do with words.</summary>
internal static class ReadableWords
{
    /// <summary>The words, with what a reader takes; the first reader that takes any wins, and a word that belongs to nothing stays.</summary>
    public static List<string> Replace(IReadOnlyList<string> words, WordReader[] readers)
    {
        List<string> result = [];
        for (int at = 0; at < words.Count;)
        {
            int used = 0;
            for (int reader = 0; used == 0 && reader < readers.Length; reader++)
                used = readers[reader](words, at, result);
            if (used == 0)
                result.Add(words[at]);
            at += Math.Max(used, 1);
        }

        return result;
    }

    /// <summary>The word at a place; null outside.</summary>
    public static string? At(IReadOnlyList<string> words, int index) => index >= 0 && index < words.Count ? words[index] : null;

    /// <summary>A text, not empty, with a capital first.</summary>
    public static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    /// <summary>Words between blanks as a set.</summary>
    public static FrozenSet<string> Set(string words) => words.Split(' ').ToFrozenSet(StringComparer.Ordinal);
}
