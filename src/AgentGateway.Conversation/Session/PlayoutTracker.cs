using AgentGateway.Conversation.Ports;
using AgentGateway.Conversation.Speech;
using AgentGateway.Conversation.Speech.Alignment;
using AgentGateway.Conversation.Text;

namespace AgentGateway.Conversation.Session;

/// <summary>Knows where the chunks and words of a reply lie in the playout queue, and so what was heard at a position.</summary>
/// <param name="language">BCP 47 language of the reply.</param>
/// <param name="pace">How fast its voice speaks: used and learned where the voice does not tell when its words are.</param>
internal sealed class PlayoutTracker(string language = "en", VoicePace? pace = null)
{
    // 14 characters a second, as people speak: used until anything of a chunk's audio is known.
    private const int SamplesPerCharacter = PlayoutQueue.SampleRate / 14;

    // Audio that is still being made is looked at again when there is so much more of it.
    private const int AlignEvery = SpeechEnvelope.Rate / 2;

    private readonly VoicePace _pace = pace ?? new VoicePace();
    private readonly List<Track> _tracks = [];
    private bool _sealed;

    /// <summary>The chunks, in order.</summary>
    public List<Track> Tracks => _tracks;

    public void Add(int segment, SpokenText text) => _tracks.Add(new Track { Segment = segment, Spoken = text });

    public void Begin(int segment, long position) => Find(segment)?.Start = position;

    public void End(int segment, long position) => Find(segment)?.End = position;

    public void AddWords(int segment, IReadOnlyList<WordTiming> words, long trimmed)
    {
        if (Find(segment) is not { } track)
            return;
        foreach (WordTiming word in words)
        {
            long end = (long)(word.End.TotalSeconds * PlayoutQueue.SampleRate) - trimmed;
            track.Words.Add((Math.Max(0, end), track.Spoken.WrittenLength(word.TextOffset + word.TextLength)));
        }
    }

    /// <summary>Adds what a chunk's audio looks like, in order.</summary>
    public void AddShape(int segment, ReadOnlySpan<SpeechFrame> frames, bool isComplete)
    {
        if (Find(segment) is not { } track)
            return;
        track.Aligner ??= new WordAligner(track.Spoken.Text, language, _pace.Value);
        track.Aligner.Add(frames);
        track.IsShapeComplete = isComplete;
        if (!isComplete || track.Words.Count > 0)
            return;
        track.Estimated = track.Aligner.Align(isComplete: true);
        if (track.Estimated.Length > 0)
            _pace.Learn(track.Aligner.Pace);

        // All is known.
        track.Aligner = null;
    }

    public void Seal() => _sealed = true;

    /// <summary>Whether anything was played.</summary>
    public bool HasStarted(long position)
    {
        foreach (Track track in _tracks)
        {
            if (track.Start is { } start && position > start)
                return true;
        }

        return false;
    }

    /// <summary>Whether everything was played; chunks that were not spoken count as played.</summary>
    public bool IsFinished(long position)
    {
        if (!_sealed)
            return false;
        foreach (Track track in _tracks)
        {
            if (track.Start is not null && !(track.End is { } end && position >= end))
                return false;
        }

        return true;
    }

    /// <summary>How many characters of a chunk's written text were played at a position.</summary>
    public static int HeardLength(Track track, long position)
    {
        if (track.Start is not { } start || position <= start)
            return 0;
        if (track.End is { } end && position >= end)
            return track.Text.Length;
        long played = position - start;
        if (track.Words.Count > 0)
            return LastBefore(track.Words, played);
        if (Estimate(track) is { } ends)
            return track.Spoken.WrittenLength(LastBefore(ends, played));

        string spoken = track.Spoken.Text;
        long length = Math.Max(1, track.End is { } known ? known - start : (long)spoken.Length * SamplesPerCharacter);
        return track.Spoken.WrittenLength(WordEndBefore(spoken, (int)Math.Min(spoken.Length - 1, spoken.Length * played / length)));
    }

    private static WordEnd[]? Estimate(Track track)
    {
        if (track.Aligner is not { } aligner)
            return track.Estimated;
        if (!track.IsShapeComplete && (track.Estimated is null || aligner.Frames - track.EstimatedFrames >= AlignEvery))
        {
            track.Estimated = aligner.Align(isComplete: false);
            track.EstimatedFrames = aligner.Frames;
        }

        return track.Estimated;
    }

    private static int LastBefore(List<(long End, int TextEnd)> words, long played)
    {
        int heard = 0;
        foreach ((long end, int textEnd) in words)
        {
            if (end > played)
                break;
            heard = textEnd;
        }

        return heard;
    }

    private static int LastBefore(WordEnd[] ends, long played)
    {
        int heard = 0;
        foreach (WordEnd word in ends)
        {
            if ((long)(word.Time.TotalSeconds * PlayoutQueue.SampleRate) > played)
                break;
            heard = word.TextEnd;
        }

        return heard;
    }

    // A word counts once it was played whole.
    private static int WordEndBefore(string text, int length)
    {
        if (length < 0)
            return 0;
        if (char.IsWhiteSpace(text[length]))
            return length;
        int at = length;
        while (at > 0 && !char.IsWhiteSpace(text[at - 1]))
            at--;
        while (at > 0 && char.IsWhiteSpace(text[at - 1]))
            at--;
        return at;
    }

    private Track? Find(int segment) => _tracks.Find(track => track.Segment == segment);

    /// <summary>One chunk.</summary>
    internal sealed class Track
    {
        public required int Segment { get; init; }

        public required SpokenText Spoken { get; init; }

        /// <summary>What is shown: heard lengths count in it.</summary>
        public string Text => Spoken.Written;

        public long? Start { get; set; }

        public long? End { get; set; }

        /// <summary>For each spoken word: where it ends in samples from the start, and in the written text.</summary>
        public List<(long End, int TextEnd)> Words { get; } = [];

        /// <summary>The audio's look, where the voice does not tell when its words are; null before anything of it is known, and once all is.</summary>
        public WordAligner? Aligner { get; set; }

        /// <summary>Whether the aligner has the whole audio.</summary>
        public bool IsShapeComplete { get; set; }

        /// <summary>What the aligner found when it was asked last.</summary>
        public WordEnd[]? Estimated { get; set; }

        /// <summary>How much audio it had then.</summary>
        public int EstimatedFrames { get; set; }

        /// <summary>Characters that were reported as played.</summary>
        public int Reported { get; set; }
    }
}
