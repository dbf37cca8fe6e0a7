using AgentGateway.Conversation.Agents;

namespace AgentGateway.Conversation.TurnTaking;

/// <summary>
/// How long to wait after speech before the caller's turn is over: text, audio and the recogniser's judgement through the
/// curve, but never less than this caller's habit or what is being dictated asks for.
/// </summary>
internal sealed class Endpointing
{
    private const double Sure = 0.8;
    private const double Doubt = 0.5;

    private readonly TurnTakerOptions _options;
    private readonly TurnVocabulary _vocabulary;
    private readonly TextCompleteness _completeness;
    private readonly EndpointingCurve _curve;
    private readonly PauseHabit _habit;
    private bool _asked;

    public Endpointing(TurnTakerOptions options, TurnVocabulary vocabulary)
    {
        _options = options;
        _vocabulary = vocabulary;
        _completeness = new TextCompleteness(vocabulary, SentenceEnds.For(options.Language));
        _curve = new EndpointingCurve(options.MinDelay, options.MaxDelay);
        _habit = new PauseHabit(options.MaxLearnedDelay);
        Expects = options.Listen == ListeningContext.Auto ? ListeningContext.Open : options.Listen;
    }

    /// <summary>What the caller is expected to say.</summary>
    public ListeningContext Expects { get; private set; }

    /// <summary>How likely it is, 0..1, that the turn is over.</summary>
    public double Likelihood(UserTurn turn)
    {
        double text = _completeness.Likelihood(turn.Text, _asked, turn.Confidence);
        // "Yes, please" is whole however it is said.
        double likelihood = EndpointingCurve.Combine(text, text < TextCompleteness.Whole ? turn.AudioEndOfTurn : null, turn.ProviderEndOfTurn);
        // Who hums is about to go on, unless everything was said.
        return turn.EndsWithoutWords && likelihood < TextCompleteness.Certain ? Math.Min(likelihood, Doubt) : likelihood;
    }

    /// <summary>The delay from the end of a sound too short for speech, such as a breath, which the caller made in the pause: they may be about to go on.</summary>
    public TimeSpan DelayAfterSound(UserTurn turn) => Likelihood(turn) >= TextCompleteness.Certain ? TimeSpan.Zero : _options.MinDelay;

    /// <summary>The delay from the end of speech to the end of the turn.</summary>
    public TimeSpan Delay(UserTurn turn)
    {
        double likelihood = Likelihood(turn);
        TimeSpan delay = _curve.Delay(likelihood);
        TimeSpan dictated = ListeningPatience.LeastDelay(Expects, turn.Text, _vocabulary);
        if (delay < dictated)
            delay = dictated;
        TimeSpan habit = _options.LearnPauses ? _habit.LeastDelay * HabitWeight(likelihood) : TimeSpan.Zero;
        if (delay < habit)
            delay = habit;
        return delay < _options.MaxDelay ? delay : _options.MaxDelay;
    }

    // A habit counts less the surer the end is, and nothing when it is certain.
    private static double HabitWeight(double likelihood) => Math.Clamp((TextCompleteness.Certain - likelihood) / (TextCompleteness.Certain - Sure), 0, 1);

    /// <summary>The caller paused inside their turn for this long.</summary>
    public void LearnPause(TimeSpan pause) => _habit.Add(pause);

    /// <summary>The agent said something: it may have asked.</summary>
    public void HearAgent(Reply reply)
    {
        _asked = AgentQuestion.IsAsked(reply.Text);
        ListeningContext wanted = reply.ListenFor != ListeningContext.Auto ? reply.ListenFor : _options.Listen;
        Expects = wanted == ListeningContext.Auto ? AgentQuestion.Expects(reply.Text, _vocabulary) : wanted;
    }
}
