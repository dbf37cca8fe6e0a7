using AgentGateway.Primitives;

namespace AgentGateway.Conversation.TurnTaking;

/// <summary>
/// Judges speech over the agent by its words, its length, and how much of it is the agent's own sound coming back.
/// </summary>
internal sealed class BargeInJudge(TurnVocabulary vocabulary, TurnTakerOptions options)
{
    private const double SomeEcho = 0.3;
    private const double Hysteresis = 0.15;

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
    public BargeInVerdict WhileSpeaking(string text, TimeSpan speech, double echoLikelihood, Instant now)
    {
        List<string> words = TurnVocabulary.Words(text);
        int real = vocabulary.CountRealWords(words);
        bool takesFloor = real >= 2 || vocabulary.HasInterrupt(words);
        if (words.Count > 0 && IsEcho(text, echoLikelihood, now))
            return BargeInVerdict.Open;
        if (takesFloor)
            return BargeInVerdict.Interruption;
        if (IsEcho(echoLikelihood))
            return BargeInVerdict.Open;
        TimeSpan extra = HasPartials ? options.WordlessBargeInExtraWithPartials : options.WordlessBargeInExtra;
        TimeSpan needed = real > 0
            ? options.MinBargeInSpeech
            : words.Count == 0 ? options.MinBargeInSpeech + extra : options.LongBackChannel;
        return speech >= needed ? BargeInVerdict.Interruption : BargeInVerdict.Open;
    }

    /// <summary>The verdict on speech that ended, once its final is there or is waited for no longer.</summary>
    public BargeInVerdict AfterSpeech(string text, double echoLikelihood, Instant now)
    {
        List<string> words = TurnVocabulary.Words(text);
        bool takesFloor = vocabulary.CountRealWords(words) > (IsEcho(echoLikelihood) ? 1 : 0) || vocabulary.HasInterrupt(words);
        return takesFloor && !IsEcho(text, echoLikelihood, now) ? BargeInVerdict.Interruption : BargeInVerdict.Nothing;
    }

    /// <summary>
    /// The verdict on words that were recognised after the agent had already gone on: only what clearly wants the floor.
    /// </summary>
    public BargeInVerdict Late(string text, double echoLikelihood, Instant now)
    {
        List<string> words = TurnVocabulary.Words(text);
        bool takesFloor = vocabulary.CountRealWords(words) >= 2 || vocabulary.HasInterrupt(words);
        return takesFloor && !IsEcho(text, echoLikelihood, now) ? BargeInVerdict.Interruption : BargeInVerdict.Nothing;
    }
}
