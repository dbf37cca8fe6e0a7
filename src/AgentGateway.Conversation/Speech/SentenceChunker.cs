using System.Collections.Frozen;
using System.Text;

namespace AgentGateway.Conversation.Speech;

/// <summary>
/// Cuts the text of a reply, as it streams in, into chunks that can be spoken: the first may be a clause, so that speech
/// begins early, the others are sentences. A cut needs white space behind it, so nothing inside a number, a decimal, a time,
/// an address or a URL is ever a place to cut; abbreviations, initials, ordinals and list numbers are known.
/// </summary>
internal sealed class SentenceChunker(string language = "en")
{
    /// <summary>A clause of the first chunk has at least this many characters, or <see cref="MinClauseWords"/>.</summary>
    public const int MinClauseLength = 12;

    /// <summary>Words of a clause that is shorter than <see cref="MinClauseLength"/>.</summary>
    public const int MinClauseWords = 4;

    /// <summary>A sentence longer than this is cut at its last comma or space.</summary>
    public const int MaxLength = 300;

    private static readonly FrozenSet<string> Abbreviations = new[]
    {
        "mr", "mrs", "ms", "dr", "prof", "st", "sr", "jr", "vs", "etc", "e.g", "i.e", "eg", "ie", "approx", "dept", "est", "fig", "inc", "ltd", "co",
        "corp", "ave", "blvd", "rd", "apt", "ext", "tel", "min", "max", "a.m", "p.m", "u.s", "u.k", "u.n", "ph.d", "b.a", "m.a", "no", "nr", "vol",
        "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "mon", "tue", "tues", "wed", "thu", "thur", "thurs", "fri",
        "z.b", "d.h", "u.a", "bzw", "ca", "evtl", "ggf", "inkl", "usw", "hr", "fr", "str", "u.s.w", "o.ä", "gen", "sen", "rep", "gov", "capt", "lt", "col",
        "rev", "hon",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    // Words too, and then only before a digit an abbreviation: "No. 5", but "I said no."
    private static readonly FrozenSet<string> BeforeDigits = new[] { "no", "nr", "fig", "vol", "mar", "may", "sat", "sun", "min", "max", "fri", "wed", "co", "mon", "dec", "jan" }
        .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private readonly StringBuilder _buffer = new();
    private readonly bool _ordinalDots = language.StartsWith("de", StringComparison.OrdinalIgnoreCase);
    private int _scanned;
    private bool _first = true;

    /// <summary>Adds text as it comes; any cut is allowed, also inside a word.</summary>
    public void Push(string text) => _buffer.Append(text);

    /// <summary>Takes the next chunk that is complete.</summary>
    public bool TryTake(out string chunk)
    {
        while (true)
        {
            int cut = FindCut();
            if (cut < 0)
            {
                chunk = "";
                return false;
            }

            if (Take(cut, out chunk))
                return true;
        }
    }

    /// <summary>Takes what is left once the reply is complete.</summary>
    public bool TryFlush(out string chunk) => Take(_buffer.Length, out chunk);

    /// <summary>Forgets what was not taken.</summary>
    public void Clear()
    {
        _buffer.Clear();
        _scanned = 0;
    }

    private bool Take(int length, out string chunk)
    {
        chunk = _buffer.ToString(0, length).Trim();
        _buffer.Remove(0, length);
        _scanned = 0;
        if (chunk.Length == 0)
            return false;
        _first = false;
        return true;
    }

    private int FindCut()
    {
        for (int i = _scanned; i < _buffer.Length; i++)
        {
            char c = _buffer[i];
            if (c == '\n')
                return i + 1;
            if (c is '。' or '！' or '？')
                return i + 1;
            if (i > MaxLength)
                return LastBreak(i);
            if (c is '.' or '!' or '?' or '…')
            {
                int end = SkipClosing(i + 1);
                if (end >= _buffer.Length)
                {
                    _scanned = i;
                    return -1;
                }

                if (!char.IsWhiteSpace(_buffer[end]))
                    continue;
                if (c != '.' || end > i + 1)
                    return end;
                switch (JudgeDot(i, end))
                {
                    case Dot.Ends:
                        return end;
                    case Dot.Unknown:
                        _scanned = i;
                        return -1;
                }
            }
            else if (_first && c is ',' or ';' or ':' or '–' or '—')
            {
                if (i + 2 >= _buffer.Length)
                {
                    _scanned = i;
                    return -1;
                }

                if (IsClauseEnd(i))
                    return i + 1;
            }
        }

        _scanned = _buffer.Length;
        return -1;
    }

    private bool IsClauseEnd(int at)
    {
        if (!_first || !char.IsWhiteSpace(_buffer[at + 1]))
            return false;
        // "May 5, 2026" and "1, 2, 3" belong together.
        if (at > 0 && char.IsDigit(_buffer[at - 1]) && char.IsDigit(_buffer[at + 2]))
            return false;
        string clause = _buffer.ToString(0, at).TrimStart();
        return clause.Length >= MinClauseLength || CountWords(clause) >= MinClauseWords;
    }

    private Dot JudgeDot(int at, int end)
    {
        int start = at;
        while (start > 0 && !char.IsWhiteSpace(_buffer[start - 1]))
            start--;
        string word = _buffer.ToString(start, at - start).TrimStart('(', '[', '"', '\'', '“', '‘', '*', '_');
        if (word.Length == 0)
            return Dot.Ends;
        if (IsNumber(word))
            return IsLineStart(start) || (_ordinalDots && word.Length <= 2) ? Dot.Belongs : Dot.Ends;
        // Initials: "J. S. Bach".
        if (word.Length == 1 && char.IsUpper(word[0]) && word[0] != 'I')
            return Dot.Belongs;
        if (!BeforeDigits.Contains(word))
            return Abbreviations.Contains(word) ? Dot.Belongs : Dot.Ends;
        int next = end;
        while (next < _buffer.Length && char.IsWhiteSpace(_buffer[next]))
            next++;
        return next == _buffer.Length ? Dot.Unknown : char.IsDigit(_buffer[next]) ? Dot.Belongs : Dot.Ends;
    }

    private bool IsLineStart(int at)
    {
        for (int i = at - 1; i >= 0; i--)
        {
            if (_buffer[i] == '\n')
                return true;
            if (!char.IsWhiteSpace(_buffer[i]))
                return false;
        }

        return true;
    }

    private int SkipClosing(int at)
    {
        while (at < _buffer.Length && _buffer[at] is '.' or '!' or '?' or '…' or '"' or '\'' or ')' or ']' or '”' or '’' or '»' or '*' or '_')
            at++;
        return at;
    }

    private int LastBreak(int limit)
    {
        int space = -1;
        for (int i = limit; i > limit / 2; i--)
        {
            if (!char.IsWhiteSpace(_buffer[i]))
                continue;
            if (_buffer[i - 1] is ',' or ';' or ':')
                return i;
            if (space < 0)
                space = i;
        }

        return space > 0 ? space : limit;
    }

    private static bool IsNumber(string word)
    {
        foreach (char c in word)
        {
            if (!char.IsDigit(c))
                return false;
        }

        return true;
    }

    private static int CountWords(string text)
    {
        int words = 0;
        bool inWord = false;
        foreach (char c in text)
        {
            if (!char.IsWhiteSpace(c) && !inWord)
                words++;
            inWord = !char.IsWhiteSpace(c);
        }

        return words;
    }

    private enum Dot
    {
        Ends,
        Belongs,
        Unknown,
    }
}
