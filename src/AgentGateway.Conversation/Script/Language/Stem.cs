using System.Text;
using AgentGateway.Conversation.Agents.Documents;

namespace AgentGateway.Conversation.Script.Language;

/// <summary>Whether two words are the same to a listener who tolerates endings and recognition errors.</summary>
internal static class Stem
{
    /// <summary>The word without its usual English endings.</summary>
    public static string Of(string word)
    {
        if (word.Length <= 3 || char.IsAsciiDigit(word[0]))
            return word;
        string stem = word;
        if (stem.EndsWith("ies", StringComparison.Ordinal) && stem.Length > 4)
            stem = stem[..^3] + "y";
        else if (stem.EndsWith("sses", StringComparison.Ordinal) || stem.EndsWith("xes", StringComparison.Ordinal) || stem.EndsWith("ches", StringComparison.Ordinal))
            stem = stem[..^2];
        else if (stem.EndsWith('s') && !stem.EndsWith("ss", StringComparison.Ordinal) && !stem.EndsWith("us", StringComparison.Ordinal))
            stem = stem[..^1];
        if (stem.Length > 5 && stem.EndsWith("ing", StringComparison.Ordinal))
            stem = Undouble(stem[..^3]);
        else if (stem.Length > 4 && stem.EndsWith("ed", StringComparison.Ordinal))
            stem = Undouble(stem[..^2]);
        if (stem.Length > 4 && stem.EndsWith('e'))
            stem = stem[..^1];
        return stem;
    }

    /// <summary>How alike two stems are: 1 the same, 0 not at all; between for spelling and sound.</summary>
    public static double Likeness(string a, string b) => Likeness(a, null, b, null);

    /// <summary>The same with the words' sounds, when they are known already.</summary>
    public static double Likeness(string a, string? soundOfA, string b, string? soundOfB)
    {
        if (a == b)
            return 1;
        int shorter = Math.Min(a.Length, b.Length);
        if (shorter < 4 || Math.Abs(a.Length - b.Length) > 2)
            return 0;
        if (shorter >= 5 && a[0] == b[0] && EditDistance.Between(a, b) is var distance && (distance == 1 || (distance == 2 && shorter >= 7)))
            return 0.8;
        string sound = soundOfA ?? Sound(a);
        return sound.Length >= 3 && sound == (soundOfB ?? Sound(b)) ? 0.7 : 0;
    }

    /// <summary>A rough key of how the word sounds: first sound, then consonants.</summary>
    public static string Sound(string word)
    {
        string text = word
            .Replace("ph", "f", StringComparison.Ordinal).Replace("gh", "", StringComparison.Ordinal).Replace("kn", "n", StringComparison.Ordinal)
            .Replace("wr", "r", StringComparison.Ordinal).Replace("ck", "k", StringComparison.Ordinal).Replace("ce", "s", StringComparison.Ordinal)
            .Replace("ci", "s", StringComparison.Ordinal);
        var key = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            char sound = text[i] switch
            {
                'a' or 'e' or 'i' or 'o' or 'u' or 'y' or 'h' or 'w' => i == 0 || (i == 1 && text[0] == 'h') ? 'a' : '\0',
                'c' or 'q' or 'x' or 'g' => 'k',
                'z' => 's',
                'd' => 't',
                'b' => 'p',
                'v' => 'f',
                char other => other,
            };
            if (sound != '\0' && (key.Length == 0 || key[^1] != sound))
                key.Append(sound);
        }

        return key.ToString();
    }

    private static string Undouble(string stem) =>
        stem.Length > 3 && stem[^1] == stem[^2] && stem[^1] is not ('l' or 's' or 'z') ? stem[..^1] : stem;
}
