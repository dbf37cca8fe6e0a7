using System.Text;

namespace AgentGateway.Conversation.TurnTaking;

/// <summary>
/// How words sound, coarsely: a spelling becomes a row of classes of sounds, and two rows are as far apart as a recogniser that
/// hears badly would have to err. Vowels are one class, voiced and voiceless are near, what is weak (an "h", a last stop) is cheap to lose.
/// Made for English; other spellings in Latin letters only become coarser.
/// </summary>
internal static class WordSounds
{
    private const char Vowel = 'A';
    private const char WeakR = 'R';
    private const int Longest = 24;

    // The end of a word is swallowed: "yep" is "yet" to many.
    private const double LastSound = 0.5;

    private const string Stops = "ptkbdg";
    private const string Nasals = "mn";
    private const string Sibilants = "szSCJ";
    private const string Fricatives = "szSCJfvTh";
    private const string Glides = "wrlyR";
    private const string Voiced = "pbtdkgfvszCJTdTt";

    /// <summary>The row of sounds of some words; of at most 24 sounds.</summary>
    public static string Of(IEnumerable<string> words)
    {
        var row = new StringBuilder();
        foreach (string word in words)
            Add(row, word);
        return row.ToString(0, Math.Min(row.Length, Longest));
    }

    /// <summary>How far apart two rows are, per sound of the longer one: 0 for the same, about 1 for nothing in common.</summary>
    public static double Distance(string a, string b)
    {
        if (a.Length == 0 || b.Length == 0)
            return a.Length == b.Length ? 0 : 1;
        Span<double> row = stackalloc double[b.Length + 1];
        row[0] = 0;
        for (int j = 1; j <= b.Length; j++)
            row[j] = row[j - 1] + Loss(b, j - 1);
        for (int i = 1; i <= a.Length; i++)
        {
            double diagonal = row[0];
            row[0] += Loss(a, i - 1);
            for (int j = 1; j <= b.Length; j++)
            {
                double above = row[j];
                double confusion = Confusion(a[i - 1], b[j - 1]) * (i == a.Length && j == b.Length ? LastSound : 1);
                double best = Math.Min(diagonal + confusion, Math.Min(above + Loss(a, i - 1), row[j - 1] + Loss(b, j - 1)));
                diagonal = above;
                row[j] = best;
            }
        }

        return row[b.Length] / Math.Max(a.Length, b.Length);
    }

    private static void Add(StringBuilder row, string word)
    {
        int begin = row.Length;
        for (int i = 0; i < word.Length; i++)
        {
            char c = word[i];
            char next = i + 1 < word.Length ? word[i + 1] : ' ';
            if (IsVowel(c))
            {
                // A last "e" is silent after another vowel.
                bool silent = c == 'e' && i == word.Length - 1 && row.ToString(begin, row.Length - begin).Contains(Vowel);
                if (!silent)
                    AddVowel(row);
                continue;
            }

            if (!char.IsAsciiLetter(c) || c == next)
                continue;
            switch (c, next)
            {
                case ('t', 'h'):
                case ('s', 'h'):
                case ('c', 'h'):
                case ('p', 'h'):
                    row.Append(c switch { 't' => 'T', 's' => 'S', 'c' => 'C', _ => 'f' });
                    i++;
                    break;
                case ('w', 'h'):
                    row.Append('w');
                    i++;
                    break;
                case ('g', 'h') when i > 0:
                    i++;
                    break;
                case ('c', 'k'):
                case ('k', 'n') when i == 0:
                case ('w', 'r') when i == 0:
                    break;
                case ('c', _):
                    row.Append(next is 'e' or 'i' or 'y' ? 's' : 'k');
                    break;
                case ('q', _):
                    row.Append('k').Append('w');
                    i += next == 'u' ? 1 : 0;
                    break;
                case ('x', _):
                    row.Append('k').Append('s');
                    break;
                case ('j', _):
                    row.Append('J');
                    break;
                case ('y', _) when i == 0 && IsVowel(next):
                    row.Append('y');
                    break;
                case ('y', _):
                    AddVowel(row);
                    break;
                case ('w', _) when IsVowel(next):
                    row.Append('w');
                    break;
                case ('r', _):
                    row.Append(IsVowel(next) || next == 'y' || row.Length == begin ? 'r' : WeakR);
                    break;
                case ('h', _) when IsVowel(next):
                    row.Append('h');
                    break;
                case ('w' or 'h', _):
                    break;
                default:
                    row.Append(c);
                    break;
            }
        }
    }

    private static void AddVowel(StringBuilder row)
    {
        if (row.Length == 0 || row[^1] != Vowel)
            row.Append(Vowel);
    }

    private static bool IsVowel(char c) => c is 'a' or 'e' or 'i' or 'o' or 'u' || (c > 127 && char.IsLetter(c) && c != 'ß');

    private static double Loss(string row, int at) => row[at] switch
    {
        WeakR => 0.1,
        'h' => 0.3,
        Vowel or 'w' or 'y' or 'T' => 0.5,
        _ when Stops.Contains(row[at], StringComparison.Ordinal) && at == row.Length - 1 => 0.4,
        _ => 0.8,
    };

    private static double Confusion(char a, char b)
    {
        if (a == b)
            return 0;
        if (IsPair(a, b) || IsPair(b, a))
            return 0.25;
        if (Both(Stops, a, b) || Both(Nasals, a, b) || Both(Sibilants, a, b) || Both(Glides, a, b))
            return 0.45;
        if (Both(Fricatives, a, b))
            return 0.6;
        if (a == Vowel || b == Vowel)
            return Glides.Contains(a == Vowel ? b : a, StringComparison.Ordinal) ? 0.5 : 1.2;
        return 0.9;
    }

    private static bool IsPair(char a, char b)
    {
        for (int i = 0; i < Voiced.Length; i += 2)
        {
            if (Voiced[i] == a && Voiced[i + 1] == b)
                return true;
        }

        return false;
    }

    private static bool Both(string sounds, char a, char b) =>
        sounds.Contains(a, StringComparison.Ordinal) && sounds.Contains(b, StringComparison.Ordinal);
}
