namespace AgentGateway.Calls.Legs;

/// <summary>
/// Turns the loss of single reports into what the encoder should expect: up at once, because the next loss is heard; down
/// slowly, because losses come in bursts; in steps, because each change costs the encoder a decision.
/// </summary>
internal struct LossEstimate
{
    // Forward error correction costs bits of the voice itself: one lost packet in a hundred is better concealed.
    private const double Negligible = 0.01;
    private const double Decay = 0.7;
    private const int Step = 5;
    private const int Max = 25;

    private double _loss;

    /// <summary>0, 5, .. 25 percent.</summary>
    internal readonly int Percent => _loss < Negligible ? 0 : Math.Min(Max, (int)Math.Ceiling(_loss * 100 / Step) * Step);

    /// <summary>Takes what one report says, 0..1.</summary>
    internal void Add(double fractionLost) => _loss = Math.Max(fractionLost, _loss * Decay);
}
