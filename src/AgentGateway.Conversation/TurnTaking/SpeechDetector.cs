using AgentGateway.Primitives;

namespace AgentGateway.Conversation.TurnTaking;

/// <summary>
/// Smooths window probabilities into onsets, starts and ends of speech. Durations are those of the audio, so a burst of
/// windows after a stall is judged as if it had come in time.
/// </summary>
internal sealed class SpeechDetector(TurnTakerOptions options)
{
    private const int SamplesPerSecond = 16_000;
    private static readonly TimeSpan Trail = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan HintMemory = TimeSpan.FromMilliseconds(145);
    private static readonly TimeSpan EchoMemory = TimeSpan.FromMilliseconds(150);

    private enum Voice
    {
        Silent,
        Rising,
        Candidate,
        Speaking,
        Falling,
    }

    private Voice _voice;
    private TimeSpan _speech;
    private Instant _sureEnd;
    private double _echo;
    private double _echoWeight;
    private TimeSpan _silence;
    private TimeSpan _echoTime;
    private TimeSpan _likely;

    /// <summary>When the present or last speech began, in received audio.</summary>
    public Instant SpeechStart { get; private set; }

    /// <summary>Position of the sample at which it began.</summary>
    public long StartPosition { get; private set; }

    /// <summary>When the last speech ended, in received audio; moves while speech goes on.</summary>
    public Instant SpeechEnd { get; private set; }

    /// <summary>Position after the last window.</summary>
    public long Position { get; private set; }

    /// <summary>Whether a sound is going on that is or may become speech.</summary>
    public bool IsActive => _voice is Voice.Candidate or Voice.Speaking or Voice.Falling;

    /// <summary>Whether speech is going on.</summary>
    public bool IsSpeaking => _voice is Voice.Speaking or Voice.Falling;

    /// <summary>
    /// The same as near as can be told: the last window that was surely speech, because in noise the model lets go late. At most <see cref="Trail"/> before
    /// <see cref="SpeechEnd"/>.
    /// </summary>
    public Instant SureSpeechEnd => Instant.Max(_sureEnd, SpeechEnd - Trail);

    /// <summary>Whether the last window may be the beginning of speech.</summary>
    public bool IsStirring { get; private set; }

    /// <summary>Whether no sound is going on, and the last moments together may have been its beginning: a soft consonant, or a voice in noise.</summary>
    public bool IsHinting => _likely >= options.HintSpeech;

    /// <summary>Length of the present or last speech, its short pauses included.</summary>
    public TimeSpan SpeechLength => SpeechEnd - SpeechStart;

    /// <summary>
    /// How much of the present or last speech is explained by what the agent played, 0..1: the mean over its loud windows.
    /// </summary>
    public double EchoLikelihood => _echoWeight > 0 ? _echo / _echoWeight : 0;

    /// <summary>The same for the last moments of it: it follows within two tenths of a second.</summary>
    public double EchoNow { get; private set; }

    /// <summary>Whether the present or last sound is too short for speech and went over into the agent's own: it was the beginning of that.</summary>
    public bool TurnedToEcho => _speech < options.StartSpeech && _echoTime >= _speech;

    /// <summary>Adds a window.</summary>
    /// <param name="probability">Of speech, 0..1.</param>
    /// <param name="position">Position after it.</param>
    /// <param name="duration">Its length.</param>
    /// <param name="receivedAt">When its end was received.</param>
    /// <param name="echoLikelihood">How much of it is what the agent played, 0..1.</param>
    /// <param name="eager">
    /// Whether somebody speaks whom every moment disturbs: what would not end speech begins it, and one window that is surely speech is an onset.
    /// </param>
    public SpeechChange Process(float probability, long position, TimeSpan duration, Instant receivedAt, float echoLikelihood = 0, bool eager = false)
    {
        SpeechChange change = Step(probability, position, duration, receivedAt, eager);
        _likely = IsActive ? TimeSpan.Zero : (_likely * Math.Exp(-duration / HintMemory)) + (duration * probability);
        if (change is not SpeechChange.Dropped and not SpeechChange.Ended && _voice is not Voice.Silent && echoLikelihood >= options.EchoThreshold)
            _echoTime += duration;
        if (_voice is not Voice.Silent && probability >= options.ReleaseThreshold)
        {
            double echo = Math.Clamp(echoLikelihood, 0, 1);
            EchoNow = _echoWeight > 0 ? EchoNow + ((echo - EchoNow) * Math.Min(1, duration / EchoMemory)) : echo;
            _echo += echo * duration.TotalSeconds;
            _echoWeight += duration.TotalSeconds;
        }

        return change;
    }

    private SpeechChange Step(float probability, long position, TimeSpan duration, Instant receivedAt, bool eager)
    {
        Position = position;
        bool sure = eager && probability >= options.SureThreshold;
        bool loud = probability >= (eager ? options.ReleaseThreshold : options.ActivationThreshold);
        IsStirring = probability >= options.StirThreshold;
        bool quiet = probability < options.ReleaseThreshold;
        switch (_voice)
        {
            case Voice.Silent when loud:
                _speech = TimeSpan.Zero;
                _echo = _echoWeight = 0;
                _echoTime = TimeSpan.Zero;
                SpeechStart = receivedAt - duration;
                StartPosition = position - (long)(duration.TotalSeconds * SamplesPerSecond);
                _voice = Voice.Rising;
                return Rise(duration, receivedAt, probability, sure);
            case Voice.Rising when quiet:
                _voice = Voice.Silent;
                return SpeechChange.None;
            case Voice.Rising:
            case Voice.Candidate when !quiet:
                return Rise(duration, receivedAt, probability, sure);
            case Voice.Candidate:
                _silence += duration;
                if (_silence < options.CandidateSilence)
                    return SpeechChange.None;
                _voice = Voice.Silent;
                return SpeechChange.Dropped;
            case Voice.Speaking when quiet:
                _silence = TimeSpan.Zero;
                _voice = Voice.Falling;
                return Fall(duration);
            case Voice.Speaking:
            case Voice.Falling when loud:
                End(receivedAt, probability);
                _voice = Voice.Speaking;
                return SpeechChange.None;
            case Voice.Falling:
                return Fall(duration);
            default:
                return SpeechChange.None;
        }
    }

    /// <summary>Ends speech without audio: none arrives any more.</summary>
    /// <returns>Whether a sound was going on.</returns>
    public bool Stop()
    {
        bool active = IsActive;
        IsStirring = false;
        _likely = TimeSpan.Zero;
        _voice = Voice.Silent;
        return active;
    }

    private SpeechChange Rise(TimeSpan duration, Instant receivedAt, float probability, bool sure)
    {
        _speech += duration;
        _silence = TimeSpan.Zero;
        End(receivedAt, probability);
        if (_speech >= options.StartSpeech)
        {
            // A start that skips the onset does not exist: with a window as long as the start, the onset is reported first.
            if (_voice == Voice.Rising)
            {
                _voice = Voice.Candidate;
                return SpeechChange.Onset;
            }

            _voice = Voice.Speaking;
            return SpeechChange.Started;
        }

        if (_voice != Voice.Rising || (_speech < options.CandidateSpeech && !sure))
            return SpeechChange.None;
        _voice = Voice.Candidate;
        return SpeechChange.Onset;
    }

    private void End(Instant receivedAt, float probability)
    {
        SpeechEnd = receivedAt;
        if (probability >= options.EndThreshold)
            _sureEnd = receivedAt;
    }

    private SpeechChange Fall(TimeSpan duration)
    {
        _silence += duration;
        if (_silence < options.EndSilence)
            return SpeechChange.None;
        _voice = Voice.Silent;
        return SpeechChange.Ended;
    }
}
