using System.Buffers;

namespace AgentGateway.Conversation.Speech.Alignment;

/// <summary>
/// Lays words into speech: dynamic programming over (word, boundary) finds the cheapest division, where it costs to make a word
/// longer or shorter than expected, to have more or fewer vowels in it, to have a pause inside it or behind it without a comma,
/// and to have none at a comma. Costs are squares of standard deviations.
/// </summary>
internal sealed class WordSearch
{
    // A word's length is off by so much: frames, and a share of the length.
    private const double Deviation = 0.04 * SpeechEnvelope.Rate;
    private const double DeviationShare = 0.22;

    private const double ClauseWithoutPause = 4;
    private const double SentenceWithoutPause = 6;
    private const double PauseWithoutBreak = 4 / 15.0;
    private const double WrongVowel = 0.15;

    // How far a word's end may be from where the lengths alone put it: a share of the time, and frames.
    private const double BandShare = 0.2;
    private const int MinBand = 120;
    private const int MaxBand = 400;

    private readonly List<ExpectedWord> _words;
    private readonly SpeechShape _speech;
    private readonly double _framesPerSecond;

    // For each word: the first boundary of its band, and for each boundary in it how long the word is that ends there.
    private readonly (int Low, int At)[] _bands;
    private readonly ushort[] _lengths;

    private WordSearch(List<ExpectedWord> words, SpeechShape speech, double pace)
    {
        _words = words;
        _speech = speech;
        _framesPerSecond = pace * SpeechEnvelope.Rate;
        _bands = new (int, int)[words.Count];
        _lengths = ArrayPool<ushort>.Shared.Rent(words.Count * Math.Min(speech.Count + 1, (2 * MaxBand) + 2));
    }

    /// <summary>Finds the words' ends.</summary>
    /// <param name="words">The words; one or more.</param>
    /// <param name="speech">The audio, or its beginning.</param>
    /// <param name="pace">How long the voice takes for what is expected to take 1.</param>
    /// <param name="isOpen">Whether the audio ends anywhere within the words.</param>
    public static WordEnd[] Run(List<ExpectedWord> words, SpeechShape speech, double pace, bool isOpen) => Run(words, speech, pace, isOpen, out _);

    /// <inheritdoc cref="Run(List{ExpectedWord}, SpeechShape, double, bool)"/>
    /// <param name="words">The words; one or more.</param>
    /// <param name="speech">The audio, or its beginning.</param>
    /// <param name="pace">How long the voice takes for what is expected to take 1.</param>
    /// <param name="isOpen">Whether the audio ends anywhere within the words.</param>
    /// <param name="boundary">Where the last word found ends.</param>
    public static WordEnd[] Run(List<ExpectedWord> words, SpeechShape speech, double pace, bool isOpen, out int boundary)
    {
        var search = new WordSearch(words, speech, pace);
        int found = search.Search(isOpen, out boundary);
        WordEnd[] ends = found < 0 ? search.Share() : search.Trace(found, boundary);
        ArrayPool<ushort>.Shared.Return(search._lengths);
        return ends;
    }

    // How many words lie within the audio; -1 when nothing fits.
    private int Search(bool isOpen, out int boundary)
    {
        int count = _speech.Count;
        double[] costs = ArrayPool<double>.Shared.Rent(2 * (count + 1));
        Span<double> best = costs.AsSpan(0, count + 1);
        Span<double> next = costs.AsSpan(count + 1, count + 1);
        best.Fill(double.PositiveInfinity);
        best[0] = 0;
        double expectedEnd = 0;
        double cheapest = double.PositiveInfinity;
        int found = -1;
        int used = 0;
        boundary = count;
        (int Low, int High) before = (0, 0);
        for (int k = 0; k < _words.Count; k++)
        {
            var word = new Candidate(_words[k], _framesPerSecond);
            if (isOpen && EndsInside(word, best, before, out int start) is var cost && cost < cheapest)
                (cheapest, found, boundary) = (cost, k, start);
            expectedEnd += word.Length;
            double band = Math.Min(MaxBand, MinBand + (expectedEnd * BandShare));
            bool isLast = k == _words.Count - 1 && !isOpen;
            int low = isLast ? count : Math.Clamp((int)(expectedEnd - band), 1, count);
            int high = isLast ? count : Math.Clamp((int)(expectedEnd + band), 1, count);
            next.Fill(double.PositiveInfinity);
            for (int end = low; end <= high; end++)
                next[end] = Extend(word, best, before, end, out _lengths[used + end - low]);
            _bands[k] = (low, used);
            used += high - low + 1;
            before = (low, high);
            Span<double> done = best;
            best = next;
            next = done;
        }

        int last = isOpen ? CheapestOf(best) : count;
        if (best[last] < cheapest)
            (found, boundary) = (_words.Count, last);
        ArrayPool<double>.Shared.Return(costs);
        return found;
    }

    private static int CheapestOf(ReadOnlySpan<double> costs)
    {
        int cheapest = 0;
        for (int i = 1; i < costs.Length; i++)
        {
            if (costs[i] < costs[cheapest])
                cheapest = i;
        }

        return cheapest;
    }

    // The cheapest way to end a word at a boundary.
    private double Extend(in Candidate word, ReadOnlySpan<double> best, (int Low, int High) before, int end, out ushort length)
    {
        double cheapest = double.PositiveInfinity;
        length = 0;
        int to = Math.Min(before.High, end - word.Shortest);
        for (int start = Math.Max(before.Low, end - word.Longest); start <= to; start++)
        {
            if (best[start] >= cheapest)
                continue;
            double off = (end - start - word.Length) / word.Deviation;
            double cost = best[start] + (off * off) + _speech.SilenceInside(start, end) + (WrongVowel * Math.Abs(_speech.VowelsBetween(start, end) - word.Syllables));
            if (cost < cheapest)
                (cheapest, length) = (cost, (ushort)(end - start));
        }

        return cheapest + BreakCost(end, word.Break);
    }

    // The cheapest place for a word to begin that the audio does not hold to its end.
    private double EndsInside(in Candidate word, ReadOnlySpan<double> best, (int Low, int High) before, out int start)
    {
        int count = _speech.Count;
        double cheapest = double.PositiveInfinity;
        start = 0;
        for (int s = Math.Max(before.Low, count - word.Longest); s <= Math.Min(before.High, count); s++)
        {
            double over = Math.Max(0, count - s - word.Length) / word.Deviation;
            double cost = best[s] + (over * over) + _speech.SilenceInside(s, count) + (WrongVowel * Math.Max(0, _speech.VowelsBetween(s, count) - word.Syllables));
            if (cost < cheapest)
                (cheapest, start) = (cost, s);
        }

        return cheapest;
    }

    private double BreakCost(int boundary, WordBreak wanted)
    {
        if (boundary == _speech.Count)
            return 0;
        int pause = _speech.PauseAt(boundary);
        return wanted switch
        {
            WordBreak.None => pause * PauseWithoutBreak,
            _ when pause > 0 => 0,
            WordBreak.Clause => ClauseWithoutPause,
            _ => SentenceWithoutPause,
        };
    }

    private WordEnd[] Trace(int found, int boundary)
    {
        var ends = new WordEnd[found];
        for (int k = found - 1; k >= 0; k--)
        {
            ends[k] = new WordEnd(_words[k].TextEnd, _speech.TimeOf(boundary));
            boundary -= _lengths[_bands[k].At + boundary - _bands[k].Low];
        }

        return ends;
    }

    // Text and audio do not match: the words share the audio by their lengths.
    private WordEnd[] Share()
    {
        double whole = _words.Sum(word => word.Length);
        double sum = 0;
        return [.. _words.Select(word => new WordEnd(word.TextEnd, _speech.TimeOf((int)(_speech.Count * Math.Min(1, (sum += word.Length) / whole)))))];
    }

    /// <summary>A word at the voice's pace, in frames.</summary>
    private readonly struct Candidate(ExpectedWord word, double framesPerSecond)
    {
        public double Length { get; } = word.Length * framesPerSecond;

        public double Deviation { get; } = WordSearch.Deviation + (DeviationShare * word.Length * framesPerSecond);

        public int Shortest { get; } = Math.Max(3, (int)(word.Length * framesPerSecond * 0.25));

        public int Longest { get; } = (int)(word.Length * framesPerSecond * 2.5) + 15;

        public int Syllables { get; } = word.Syllables;

        public WordBreak Break { get; } = word.Break;
    }
}
