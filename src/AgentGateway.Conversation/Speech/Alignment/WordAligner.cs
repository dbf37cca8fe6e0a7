namespace AgentGateway.Conversation.Speech.Alignment;

/// <summary>
/// Finds the words of a text in its synthesized audio, for voices that do not tell when their words are. The words' lengths are
/// expected from their spelling; pauses and vowels in the audio correct them (<see cref="WordSearch"/>). It works on the beginning
/// of the audio too, while the rest is being made. Deterministic; some 0.2 ms per second of speech.
/// </summary>
/// <param name="text">The text that is spoken.</param>
/// <param name="language">BCP 47 language.</param>
/// <param name="pace">How long this voice takes, 1 for as long as <see cref="WordLengths"/> expects; used until the audio is complete.</param>
internal sealed class WordAligner(string text, string language, double pace = 1)
{
    private const double MinPace = 0.3;
    private const double MaxPace = 4;

    // How much speech, in seconds, the pace known before counts for.
    private const double PaceTrust = 4;

    private readonly double _known = pace;
    private readonly List<ExpectedWord> _words = WordLengths.Of(text, language);
    private readonly List<SpeechFrame> _frames = [];

    /// <summary>The pace of this audio, as far as the last alignment told.</summary>
    public double Pace { get; private set; } = pace;

    /// <summary>Frames of audio so far.</summary>
    public int Frames => _frames.Count;

    /// <summary>Adds audio.</summary>
    public void Add(ReadOnlySpan<SpeechFrame> frames) => _frames.AddRange(frames);

    /// <summary>Where the words end, in order.</summary>
    /// <param name="isComplete">Whether there is no more audio. While there is, words that end beyond it are left out.</param>
    public WordEnd[] Align(bool isComplete)
    {
        using var speech = new SpeechShape(_frames);
        if (_words.Count == 0 || speech.Count == 0)
            return [];
        if (isComplete)
        {
            Pace = PaceOf(_words.Count, speech.Count, 0);
            return WordSearch.Run(_words, speech, Pace, isOpen: false);
        }

        // Once to see how fast it goes, once more with that.
        WordEnd[] found = WordSearch.Run(_words, speech, _known, isOpen: true, out int boundary);
        Pace = PaceOf(found.Length, boundary, PaceTrust);
        return WordSearch.Run(_words, speech, Pace, isOpen: true);
    }

    private double PaceOf(int words, int frames, double trust)
    {
        double expected = trust;
        for (int i = 0; i < words; i++)
            expected += _words[i].Length;
        return Math.Clamp(((_known * trust) + ((double)frames / SpeechEnvelope.Rate)) / expected, MinPace, MaxPace);
    }
}
