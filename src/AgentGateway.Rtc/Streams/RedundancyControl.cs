namespace AgentGateway.Rtc.Streams;

/// <summary>
/// What each packet repeats (RFC 2198), by the loss that the far end reports: more at once, because the next loss is heard; less only after
/// a while without, because losses come in bursts and every change of the bitrate disturbs the path.
/// </summary>
internal sealed class RedundancyControl
{
    private const double OneFrom = 0.02;
    private const double TwoFrom = 0.08;
    private const double Decay = 0.8;

    // To fall, the smoothed loss has to be well below what raised it.
    private const double FallRatio = 0.4;

    // Independent losses come in runs of 1 / (1 - loss): 1.25 at 20 %.
    private const double BurstyFrom = 1.8;
    private const double BurstyUntil = 1.4;

    // Runs are forgotten so that the last fifty or so count.
    private const double RunMemory = 50;
    private const int MinRuns = 3;

    private double _loss;
    private double _runs;
    private double _runPackets;
    private bool _bursty;
    private int _level;

    public Redundancy Redundancy { get; private set; }

    /// <summary>Takes one report.</summary>
    /// <param name="fractionLost">0..1.</param>
    public void Add(double fractionLost)
    {
        _loss = Math.Max(fractionLost, _loss * Decay);
        int wanted = LevelFor(_loss, 1);
        _level = wanted > _level ? wanted : Math.Min(_level, Math.Max(wanted, LevelFor(_loss, FallRatio)));
        Update();
    }

    /// <summary>Takes how losses follow each other, where the far end tells it (transport-wide feedback).</summary>
    /// <param name="lost">Packets lost.</param>
    /// <param name="runs">Runs of consecutive ones that they make up.</param>
    public void AddRuns(int lost, int runs)
    {
        double keep = Math.Max(0, 1 - (runs / RunMemory));
        _runPackets = (_runPackets * keep) + lost;
        _runs = (_runs * keep) + runs;
        if (_runs >= MinRuns)
            _bursty = _runPackets / _runs >= (_bursty ? BurstyUntil : BurstyFrom);
        Update();
    }

    private static int LevelFor(double loss, double ratio) => loss >= TwoFrom * ratio ? 2 : loss >= OneFrom * ratio ? 1 : 0;

    // Against bursts a copy right behind the frame is lost with it.
    private void Update() => Redundancy = _level == 0 ? Redundancy.None
        : _bursty ? Redundancy.Spread
        : _level == 1 ? Redundancy.One : Redundancy.Two;
}
