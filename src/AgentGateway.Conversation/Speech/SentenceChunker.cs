using System.Collections.Frozen;
using System.Text;
using AgentGateway.Conversation.Text.Spoken;

namespace AgentGateway.Conversation.Speech;

/// <summary>
/// Cuts the text of a reply, as it streams in, into chunks that can be spoken: the first may be a clause, so that speech
/// begins early, the others are sentences. A cut needs white space behind it and must not lie inside what is said as one
/// (dates, numbers and ranges with spaces, links), by the same reader that puts them into words. Where the next word decides
/// ("p.m.", "3.", a comma behind a number) it is waited for; the same text gives the same chunks however it is streamed.
/// </summary>
internal sealed class SentenceChunker(string language = "en")
{
    /// <summary>A clause of the first chunk has at least this many characters, or <see cref="MinClauseWords"/>.</summary>
    public const int MinClauseLength = 12;

    /// <summary>Words of a clause that is shorter than <see cref="MinClauseLength"/>.</summary>
    public const int MinClauseWords = 4;

    /// <summary>A sentence longer than this is cut at its last comma or space.</summary>
    public const int MaxLength = 300;

    /// <summary>A stretch without any place to cut is cut here.</summary>
    public const int HardLength = 1000;

    private static readonly FrozenSet<string> Abbreviations = new[]
    {
        "mr", "mrs", "ms", "dr", "prof", "st", "sr", "jr", "vs", "etc", "e.g", "i.e", "eg", "ie", "approx", "dept", "est", "fig", "inc", "ltd", "co",
        "corp", "ave", "blvd", "rd", "apt", "ext", "tel", "min", "max", "a.m", "p.m", "u.s", "u.k", "u.n", "ph.d", "b.a", "m.a", "no", "nr", "vol",
        "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "mon", "tue", "tues", "wed", "thu", "thur", "thurs", "fri",
        "z.b", "d.h", "u.a", "bzw", "ca", "evtl", "ggf", "inkl", "usw", "hr", "fr", "str", "u.s.w", "o.ä", "gen", "sen", "rep", "gov", "capt", "lt", "col",
        "rev", "hon", "mio", "mrd", "abs", "p.o", "u.v.m",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    // Words too, and then only before a digit an abbreviation: "No. 5", but "I said no."
    private static readonly FrozenSet<string> BeforeDigits = new[] { "no", "nr", "fig", "vol", "mar", "may", "sat", "sun", "min", "max", "fri", "wed", "co", "mon", "dec", "jan" }
        .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> GermanBeforeDigits = new[] { "mo", "di", "mi", "do", "sa", "so", "s", "std" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    // They end a sentence as often as they stand inside one.
    private static readonly FrozenSet<string> MayEnd = new[] { "a.m", "p.m", "etc", "usw" }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> DayNames = new[]
    {
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "mon", "tue", "tues", "wed", "thu", "thur", "thurs", "fri", "sat", "sun", "est", "pst", "et", "pt",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private readonly StringBuilder _buffer = new();
    private readonly SpokenLanguage? _language = SpokenLanguage.For(language);
    private int _scanned;
    private bool _flushing;
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

    /// <summary>Takes what is left once the reply is complete; as long as it gives a chunk there may be another.</summary>
    public bool TryFlush(out string chunk)
    {
        _flushing = true;
        bool taken = TryTake(out chunk) || Take(_buffer.Length, out chunk);
        _flushing = false;
        return taken;
    }

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
            if (i > MaxLength && LastBreak(i) is var cut and > 0)
                return cut;
            if (c is '.' or '!' or '?' or '…')
            {
                int end = SkipClosing(i + 1);
                if (end >= _buffer.Length)
                {
                    _scanned = i;
                    return -1;
                }

                if (!char.IsWhiteSpace(_buffer[end]) || IsEnclosed(i))
                    continue;
                switch (c != '.' || end > i + 1 ? Place.Ends : JudgeDot(i, end))
                {
                    case Place.Ends:
                        return end;
                    case Place.Unknown:
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

                switch (IsClause(i) ? JudgeClause(i) : Place.Belongs)
                {
                    case Place.Ends:
                        return i + 1;
                    case Place.Unknown:
                        _scanned = i;
                        return -1;
                }
            }
        }

        _scanned = _buffer.Length;
        return -1;
    }

    private bool IsClause(int at)
    {
        if (!_first || !char.IsWhiteSpace(_buffer[at + 1]) || IsEnclosed(at))
            return false;
        string clause = _buffer.ToString(0, at).TrimStart();
        return clause.Length >= MinClauseLength || CountWords(clause) >= MinClauseWords;
    }

    // "May 5, 2026", "9 – 17" and "1, 2, 3" belong together, "Mar. 5, we open" does not.
    private Place JudgeClause(int at)
    {
        int before = at - 1;
        while (before > 0 && char.IsWhiteSpace(_buffer[before]))
            before--;
        // A chunk that begins with "#", "*" or "-" would look like a heading or an item of a list.
        if (SkipSpace(at + 1) is var start && start < _buffer.Length && _buffer[start] is '#' or '*' or '-' or '+' or '>' or '•' or '|')
            return Place.Belongs;
        // "&amp;" is no clause.
        if (_buffer[at] == ';' && IsEntity(at))
            return Place.Belongs;
        if (before < 0 || !(char.IsDigit(_buffer[before]) || _buffer[before] is '.' or '%' or '€' or '$' || EndsInMonth(before)))
            return Place.Ends;
        if (!TryNextWord(at + 1, out string next))
            return Place.Unknown;
        return char.IsDigit(next[0]) || IsInsideToken(at + 1) ? Place.Belongs : Place.Ends;
    }

    private bool IsEntity(int at)
    {
        int start = at - 1;
        while (start > 0 && at - start < 10 && (char.IsAsciiLetterOrDigit(_buffer[start]) || _buffer[start] == '#'))
            start--;
        return start >= 0 && start < at - 1 && _buffer[start] == '&';
    }

    private bool EndsInMonth(int at)
    {
        int start = at;
        while (start > 0 && char.IsLetter(_buffer[start - 1]))
            start--;
        return _language is not null && _language.Month(_buffer.ToString(start, at + 1 - start)) > 0;
    }

    private Place JudgeDot(int at, int end)
    {
        int start = WordStart(at);
        string word = _buffer.ToString(start, at - start).TrimStart('(', '[', '"', '\'', '“', '‘', '*', '_');
        if (word.Length == 0)
            return Place.Ends;
        if (IsNumber(word))
            return IsLineStart(start) ? Place.Belongs : _language is { OrdinalDot: true } && word.Length <= 2 ? JudgeOrdinal(end) : Place.Ends;
        if (word.Length == 1 && word[0] != 'I' && char.IsLetter(word[0]))
            return JudgeInitial(word, start, end);
        if (MayEnd.Contains(word))
        {
            if (!TryNextWord(end, out string following))
                return Place.Unknown;
            string name = following.TrimEnd('.', ',', ';', ':', '!', '?', ')');
            return char.IsUpper(following[0]) && !DayNames.Contains(name) && !(_language?.Month(name) > 0) ? Place.Ends : Place.Belongs;
        }

        // "Acme Inc. They" are two sentences, "Acme Inc. Support" is a name.
        if (start > 0 && _language is not null && _language.MayEndSentence(word))
        {
            if (!TryNextWord(end, out string following))
                return Place.Unknown;
            if (_language.StartsSentence(following.AsSpan(0, LetterCount(following))))
                return Place.Ends;
        }

        // "Mon.–Fri." ends like "Fri."
        word = word[(word.LastIndexOfAny(['-', '–', '—']) + 1)..];
        if (!BeforeDigits.Contains(word) && !(_language is { OrdinalDot: true } && GermanBeforeDigits.Contains(word)))
            return Abbreviations.Contains(word) ? Place.Belongs : Place.Ends;
        int next = SkipSpace(end);
        return next == _buffer.Length ? Place.Unknown : char.IsDigit(_buffer[next]) ? Place.Belongs : Place.Ends;
    }

    // "am 3. Mai", "im 2. Stock", "3. 10.", but "Zimmer 12. Bitte".
    private Place JudgeOrdinal(int end)
    {
        if (!TryNextWord(end, out string next))
            return Place.Unknown;
        return char.IsDigit(next[0]) || char.IsLower(next[0]) || IsInsideToken(end - 1) ? Place.Belongs : Place.Ends;
    }

    // Initials ("J. S. Bach") and abbreviations written apart ("z. B.", "p. m.").
    private Place JudgeInitial(string word, int start, int end)
    {
        if (char.IsUpper(word[0]))
            return Place.Belongs;
        int before = start;
        while (before > 0 && char.IsWhiteSpace(_buffer[before - 1]))
            before--;
        if (before > 1 && _buffer[before - 1] == '.' && before - WordStart(before - 1) == 2)
            return Place.Belongs;
        if (!TryNextWord(end, out string next))
            return Place.Unknown;
        return next.Length is 2 or 3 && next[1] == '.' ? Place.Belongs : Place.Ends;
    }

    private int WordStart(int at)
    {
        while (at > 0 && !char.IsWhiteSpace(_buffer[at - 1]))
            at--;
        return at;
    }

    private int SkipSpace(int at)
    {
        while (at < _buffer.Length && char.IsWhiteSpace(_buffer[at]))
            at++;
        return at;
    }

    // A word is whole when white space follows: in a stream the next piece may go on with it.
    private bool TryNextWord(int at, out string word)
    {
        int start = SkipSpace(at);
        int end = start;
        while (end < _buffer.Length && !char.IsWhiteSpace(_buffer[end]))
            end++;
        word = _buffer.ToString(start, end - start);
        return end < _buffer.Length || _flushing && end > start;
    }

    private bool IsInsideToken(int place) => _language is not null && SpokenReader.IsInsideToken(_buffer.ToString(), place, _language);

    // Inside the text of a link, a tag or a quotation of code there is no place to cut.
    private bool IsEnclosed(int at)
    {
        for (int i = at - 1; i >= 0 && _buffer[i] != '\n'; i--)
        {
            switch (_buffer[i])
            {
                case ']' when !(i + 1 < _buffer.Length && _buffer[i + 1] == '('):
                case ')':
                case '>':
                    return false;
                case '[':
                    return true;
                case '<' when char.IsAsciiLetter(_buffer[i + 1]):
                    return true;
            }
        }

        return false;
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

    // The last pause, else the last space, that is not inside a number or an address; 0 when there is none yet.
    private int LastBreak(int limit)
    {
        int space = 0;
        string text = _buffer.ToString();
        for (int i = limit; i > limit / 2; i--)
        {
            if (!char.IsWhiteSpace(text[i]))
                continue;
            bool pause = text[i - 1] is ',' or ';' or ':';
            if ((space > 0 && !pause) || (_language is not null && SpokenReader.IsInsideToken(text, i, _language)))
                continue;
            if (pause)
                return i;
            space = i;
        }

        return space > 0 ? space : limit >= HardLength ? limit : 0;
    }

    // "It's" begins like "It".
    private static int LetterCount(string word)
    {
        int count = 0;
        while (count < word.Length && char.IsLetter(word[count]))
            count++;
        return count;
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

    private enum Place
    {
        Ends,
        Belongs,
        Unknown,
    }
}
