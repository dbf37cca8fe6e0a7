namespace AgentGateway.Conversation.TurnTaking;

/// <summary>
/// How long to wait after speech before the turn is over, from how likely it is that it is. Certainty waits the least time;
/// doubt waits as long as most pauses inside sentences last (1 s with the defaults), and only what is clearly unfinished waits longer.
/// </summary>
internal sealed class EndpointingCurve(TimeSpan min, TimeSpan max)
{
    // Likelihood, and the share of the way from the least to the most delay. Falling in between on straight lines. Two plateaus: doubt outlasts most
    // pauses, a likely end the short ones; between them there is nothing to gain. An answer is worth no more haste than that unless the end is certain.
    private static readonly (double Likelihood, double Share)[] Knots =
        [(0, 1), (0.05, 0.9), (0.08, 0.5), (0.12, 0.332), (0.6, 0.332), (0.7, 0.136), (0.97, 0.136), (TextCompleteness.Certain, 0), (1, 0)];

    /// <summary>The delay from the end of speech, for a likelihood of 0..1 that the turn is over.</summary>
    public TimeSpan Delay(double likelihood)
    {
        likelihood = Math.Clamp(likelihood, 0, 1);
        int above = 1;
        while (Knots[above].Likelihood < likelihood)
            above++;
        (double x0, double y0) = Knots[above - 1];
        (double x1, double y1) = Knots[above];
        return min + ((max - min) * (y0 + ((y1 - y0) * (likelihood - x0) / (x1 - x0))));
    }

    /// <summary>
    /// One likelihood of several: the audio's odds multiply those of the text, because voice and words fail in different
    /// ways; the recogniser's own judgement has heard both and replaces them.
    /// </summary>
    public static double Combine(double text, double? audio, double? provider)
    {
        if (provider is { } judged)
            return judged;
        if (audio is not { } heard)
            return text;
        double odds = Odds(text) * Odds(heard);
        return odds / (1 + odds);
    }

    private static double Odds(double likelihood)
    {
        double bounded = Math.Clamp(likelihood, 0.02, 0.98);
        return bounded / (1 - bounded);
    }
}
