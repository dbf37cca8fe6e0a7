namespace AgentGateway.Rtc.Streams;

/// <summary>
/// How many earlier frames each packet repeats (RFC 2198), by the loss that the far end reports: up at once, because the next loss is
/// heard; down only after a while without, because losses come in bursts and every change of the bitrate disturbs the path.
/// </summary>
internal sealed class RedundancyControl
{
    /// <summary>The most frames repeated.</summary>
    public const int MaxLevel = 2;

    private const double OneFrom = 0.02;
    private const double TwoFrom = 0.08;
    private const double Decay = 0.8;

    // To fall, the smoothed loss has to be well below what raised it.
    private const double FallRatio = 0.4;

    private double _loss;

    /// <summary>0 (none), 1 or 2.</summary>
    public int Level { get; private set; }

    /// <summary>Takes one report.</summary>
    /// <param name="fractionLost">0..1.</param>
    public void Add(double fractionLost)
    {
        _loss = Math.Max(fractionLost, _loss * Decay);
        int wanted = LevelFor(_loss, 1);
        Level = wanted > Level ? wanted : Math.Min(Level, Math.Max(wanted, LevelFor(_loss, FallRatio)));
    }

    private static int LevelFor(double loss, double ratio) => loss >= TwoFrom * ratio ? 2 : loss >= OneFrom * ratio ? 1 : 0;
}
