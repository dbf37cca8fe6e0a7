namespace AgentGateway.Audio.Front;

/// <summary>
/// Finds how long what was played takes to come back, by cross-correlation over all delays at once. The sums fade, so a frame
/// costs its own products only, whatever the length they look back.
/// </summary>
internal sealed class EchoDelay
{
    private const float Fade = 0.98f; // 1 s

    // Two voices of the same pitch correlate by 0.3 for a while, at any delay; an echo by more, or for longer.
    private const float ChanceCorrelation = 0.25f;
    private const float ClearCorrelation = 0.5f;
    private const int StableFrames = 2;
    private const int FramesBeyondChance = 50;

    private readonly float[] _cross;
    private readonly float[] _energy;
    private float _microphone;
    private int _candidate = -1;
    private int _agreed;

    /// <param name="lags">How many delays are searched, in samples of the low band.</param>
    public EchoDelay(int lags)
    {
        _cross = new float[lags];
        _energy = new float[(lags / LowBand.FrameSamples) + 2];
    }

    /// <summary>The delay in samples of the low band; -1 while none is known.</summary>
    public int Lag { get; private set; } = -1;

    /// <summary>Correlation at the present delay, 0..1.</summary>
    public float Correlation { get; private set; }

    /// <summary>Adds a frame of both, newest first.</summary>
    public void Push(ReadOnlySpan<float> microphone, ReadOnlySpan<float> played)
    {
        Span<float> cross = _cross;
        for (int i = 0; i < cross.Length; i++)
            cross[i] *= Fade;
        for (int i = 0; i < LowBand.FrameSamples; i++)
        {
            if (microphone[i] != 0)
                LowBand.AddScaled(cross, played[i..], microphone[i]);
        }

        ReadOnlySpan<float> newest = microphone[..LowBand.FrameSamples];
        _microphone = (_microphone * Fade) + LowBand.Dot(newest, newest);

        // The faded energy of what was played, for each whole frame of delay.
        _energy.AsSpan(0, _energy.Length - 1).CopyTo(_energy.AsSpan(1));
        newest = played[..LowBand.FrameSamples];
        _energy[0] = (_energy[1] * Fade) + LowBand.Dot(newest, newest);
        Search();
    }

    public void Clear()
    {
        _cross.AsSpan().Clear();
        _energy.AsSpan().Clear();
        _microphone = 0;
        Lag = _candidate = -1;
        Correlation = 0;
    }

    private void Search()
    {
        int best = -1;
        float most = 0;
        for (int i = 0; i < _cross.Length; i++)
        {
            float score = _cross[i] * _cross[i] / (_energy[i / LowBand.FrameSamples] + 1e3f);
            if (score > most)
                (most, best) = (score, i);
        }

        Correlation = MathF.Sqrt(most / (_microphone + 1e3f));
        if (best < 0 || Correlation < ChanceCorrelation)
            return;
        if (Math.Abs(best - _candidate) > 2)
            (_candidate, _agreed) = (best, 0);
        // A filter that is near enough follows by itself: moving it would start it anew.
        if (++_agreed >= (Correlation >= ClearCorrelation ? StableFrames : FramesBeyondChance) && (Lag < 0 || Math.Abs(best - Lag) > 6))
            Lag = best;
    }
}
