namespace AgentGateway.Audio.Front;

/// <summary>
/// How much of the last quarter of a second is explained by what was played: a filter of 32 ms is fitted around the known delay
/// by least squares, and what it leaves is compared with what there was. Needs no time to learn.
/// </summary>
internal sealed class EchoShare
{
    /// <summary>Samples of the low band that are looked at: 240 ms.</summary>
    public const int Window = 480;

    /// <summary>Taps of the filter: 32 ms.</summary>
    public const int Taps = 64;

    private const int Before = 12;

    private readonly float[] _auto = new float[Taps];
    private readonly float[] _cross = new float[Taps];
    private readonly float[] _filter = new float[Taps];
    private readonly float[] _prediction = new float[Taps];
    private readonly float[] _left = new float[Window];

    /// <summary>The share, 0..1.</summary>
    /// <param name="microphone">Newest first; at least <see cref="Window"/> samples.</param>
    /// <param name="played">Newest first; reaches beyond lag, window and taps.</param>
    /// <param name="lag">The delay.</param>
    /// <param name="window">How much of the window to look at, in samples.</param>
    public float Measure(ReadOnlySpan<float> microphone, ReadOnlySpan<float> played, int lag, int window = Window)
    {
        ReadOnlySpan<float> heard = microphone[..window];
        ReadOnlySpan<float> source = played[Math.Max(0, lag - Before)..];
        float total = LowBand.Dot(heard, heard);
        float energy = LowBand.Dot(source[..window], source);
        if (total < window * 4f || energy < window * 4f)
            return 0;
        for (int i = 0; i < Taps; i++)
        {
            _auto[i] = LowBand.Dot(source[..window], source[i..]);
            _cross[i] = LowBand.Dot(heard, source[i..]);
        }

        _auto[0] *= 1.01f;
        if (!Solve())
            return 0;
        heard.CopyTo(_left);
        for (int i = 0; i < Taps; i++)
            LowBand.AddScaled(_left.AsSpan(0, window), source[i..], -_filter[i]);
        float left = LowBand.Dot(_left.AsSpan(0, window), _left);
        float share = 1 - (left / total);

        // A filter of many taps fits anything a little.
        const float chance = 0.12f;
        return Math.Clamp((share - chance) / (1 - chance), 0, 1);
    }

    // Levinson's recursion for a symmetric Toeplitz system.
    private bool Solve()
    {
        float[] a = _prediction;
        Array.Clear(a);
        Array.Clear(_filter);
        float error = _auto[0];
        _filter[0] = _cross[0] / error;
        for (int m = 1; m < Taps; m++)
        {
            float reflection = _auto[m];
            for (int i = 1; i < m; i++)
                reflection += a[i] * _auto[m - i];
            reflection = -reflection / error;
            for (int i = 1; i <= (m - 1) / 2; i++)
            {
                float x = a[i];
                float y = a[m - i];
                a[i] = x + (reflection * y);
                a[m - i] = y + (reflection * x);
            }

            if (m % 2 == 0)
                a[m / 2] *= 1 + reflection;
            a[m] = reflection;
            error *= 1 - (reflection * reflection);
            if (error <= _auto[0] * 1e-6f)
                return m > 1;
            float q = _cross[m];
            for (int i = 0; i < m; i++)
                q -= _filter[i] * _auto[m - i];
            q /= error;
            for (int i = 0; i < m; i++)
                _filter[i] += q * a[m - i];
            _filter[m] += q;
        }

        return true;
    }
}
