using AgentGateway.Primitives;

namespace AgentGateway.Conversation.TurnTaking;

/// <summary>
/// Judges speech over the agent by its words, its length, and how much of it is the agent's own sound coming back.
/// </summary>
internal sealed class BargeInJudge(TurnVocabulary vocabulary, TurnTakerOptions options)
{
    private const double SomeEcho = 0.3;
    private const double Hysteresis = 0.15;

    // How far from a back-channel words may sound to be a misheard one: next to nothing where the recogniser is sure of them, and nearly
    // anything where it is not. Measured with recorded and synthetic callers; what is rightly heard scores 0.45 and more in the middle.
    private const double SureDistance = 0.06;
    private const double UnsureDistance = 0.355;
    private const double Sure = 0.65;
    private const double Unsure = 0.2;
    private const double UnknownDoubt = 0.2;
    private const int MostNodWords = 3;

    // Of what is no word by itself ("but", "a") it is less sure when it is a nod.
    private const double SureOfWord = 0.35;

    // How far from what takes the floor ("weight" is "wait"), and how much nearer than to any back-channel.
    private const double SureCallDistance = 0.15;
    private const double UnsureCallDistance = 0.25;
    private const double CallMargin = 0.01;

    // Who was not understood says it again, within so long.
    private static readonly TimeSpan Insistence = TimeSpan.FromSeconds(3);

    private (Instant Onset, Instant End)? _doubted;

    /// <summary>What the agent said.</summary>
    public AgentWords Agent { get; } = new();

    /// <summary>Whether the recogniser gives partials: when it does, speech without any is more likely none.</summary>
    public bool HasPartials { get; set; }

    /// <summary>Whether a sound is mostly the agent's own.</summary>
    public bool IsEcho(double echoLikelihood) => echoLikelihood >= options.EchoThreshold;

    /// <summary>Whether a sound that was taken for the agent's own turned out to be more.</summary>
    public bool IsNoEcho(double echoLikelihood) => echoLikelihood < options.EchoThreshold - Hysteresis;

    /// <summary>
    /// Whether words are the agent's own. A caller may repeat a word or two of the agent ("Friday at eight"), so short texts need the
    /// sound to point the same way.
    /// </summary>
    public bool IsEcho(string text, double echoLikelihood, Instant now) => Agent.Explain(text, echoLikelihood >= SomeEcho ? 2 : 4, now);

    /// <summary>The verdict while the caller is still speaking.</summary>
    public BargeInVerdict WhileSpeaking(in Overheard heard, Instant now)
    {
        List<string> words = TurnVocabulary.Words(heard.Text);
        int real = CountRealWords(words, heard, out bool takesFloor);
        if (words.Count > 0 && IsEcho(heard.Text, heard.Echo, now))
            return BargeInVerdict.Open;
        if (takesFloor || real >= 2)
            return BargeInVerdict.Interruption;
        if (IsEcho(heard.Echo))
            return BargeInVerdict.Open;
        TimeSpan extra = HasPartials ? options.WordlessBargeInExtraWithPartials : options.WordlessBargeInExtra;
        TimeSpan needed = real > 0
            ? options.MinBargeInSpeech
            : words.Count == 0 ? options.MinBargeInSpeech + extra : options.LongBackChannel;
        return heard.Speech >= needed ? BargeInVerdict.Interruption : BargeInVerdict.Open;
    }

    /// <summary>The verdict on speech that ended, once its final is there or is waited for no longer.</summary>
    public BargeInVerdict AfterSpeech(in Overheard heard, Instant now) => Ended(heard with { IsFinal = true }, IsEcho(heard.Echo) || heard.Speech < options.StartSpeech ? 2 : 1, now);

    /// <summary>
    /// The verdict on words that were recognised after the agent had already gone on: only what clearly wants the floor.
    /// </summary>
    public BargeInVerdict Late(in Overheard heard, Instant now) => Ended(heard, 2, now);

    private BargeInVerdict Ended(in Overheard heard, int needed, Instant now)
    {
        List<string> words = TurnVocabulary.Words(heard.Text);
        int real = CountRealWords(words, heard, out bool takesFloor);
        if (heard.TurnedToEcho || IsEcho(heard.Text, heard.Echo, now))
            return BargeInVerdict.Nothing;
        bool interrupts = takesFloor || real >= needed || (vocabulary.CountRealWords(words, IsSure(heard)) > 0 && Insists(heard));
        return interrupts ? BargeInVerdict.Interruption : BargeInVerdict.Nothing;
    }

    // Whether something that may have been a word was said a second time.
    private bool Insists(in Overheard heard)
    {
        if (_doubted is { } before && before.Onset != heard.Onset && heard.Onset - before.End <= Insistence)
            return true;
        _doubted = (heard.Onset, heard.Onset + heard.Span);
        return false;
    }

    // A nod is short. What is heard instead of it sounds like it, or is the beginning of it; a short word that takes the floor is misheard, too.
    private int CountRealWords(List<string> words, in Overheard heard, out bool takesFloor)
    {
        takesFloor = vocabulary.HasInterrupt(words);
        int real = vocabulary.CountRealWords(words, IsSure(heard));
        if (words.Count == 0 || heard.Span >= options.NodLength)
            return real;
        // The agent is silent meanwhile: nothing is lost by hearing the sound to its end, or to the length that no nod has.
        if (!heard.IsFinal && (heard.Confidence < Sure || (!takesFloor && vocabulary.MayBecomeNod(words))))
        {
            takesFloor = false;
            return 0;
        }

        if (takesFloor || words.Count > MostNodWords)
            return real;
        double nod = vocabulary.NodDistance(words);
        double call = vocabulary.InterruptDistance(words);
        double doubt = heard.Confidence is { } sure ? Math.Clamp((Sure - sure) / (Sure - Unsure), 0, 1) : UnknownDoubt;
        takesFloor = call < nod - CallMargin && call <= Between(SureCallDistance, UnsureCallDistance, doubt);
        double brevity = Math.Clamp((options.NodLength - heard.Span) / (options.NodLength - options.UsualNodLength), 0, 1);
        return nod <= Between(SureDistance, UnsureDistance, doubt * brevity) ? 0 : real;
    }

    private static bool IsSure(in Overheard heard) => heard.Confidence >= SureOfWord;

    private static double Between(double sure, double unsure, double doubt) => sure + (doubt * (unsure - sure));
}
