namespace AgentGateway.Interop.Matrix;

/// <summary>
/// Whether a recording holds a tune: the normalised cross-correlation of both spectrograms (20 ms frames, the energy at each
/// of the tune's pitches) at the best lag. It minds neither a codec's phases nor a playout that loses or gains a little time on
/// the way: from one third of a second to the next the lag may slip by two frames. One third, the worst, does not count: the
/// other program shares its cores with everybody, and a moment without sound of its own is not what is asked for here.
/// </summary>
internal static class MelodyMatch
{
    private const int FrameMilliseconds = 20;
    private const int Slip = 2;
    private const int SegmentValues = 15 * Melody.Pitches;

    /// <summary>Correlation (-1..1), the mean of the tune's thirds of a second but the worst, and where in the recording the tune begins.</summary>
    internal static (double Correlation, TimeSpan At) Find(Melody melody, ReadOnlySpan<short> recording, int rate)
    {
        double[] sent = Spectrogram(melody.Render(), Melody.Rate);
        double[] heard = Spectrogram(recording, rate);
        int segments = sent.Length / SegmentValues;
        int lags = (heard.Length - sent.Length) / Melody.Pitches;
        if (lags < 0)
            return (-1, default);

        // best[l]: the best sum so far when the last segment lies at lag l; worst[l] and began[l]: its worst segment, and where the first one lies.
        double[] best = new double[lags + 1];
        double[] worst = new double[lags + 1];
        int[] began = new int[lags + 1];
        for (int segment = 0; segment < segments; segment++)
        {
            double[] next = new double[lags + 1];
            double[] nextWorst = new double[lags + 1];
            int[] nextBegan = new int[lags + 1];
            for (int lag = 0; lag <= lags; lag++)
            {
                int from = lag;
                for (int l = Math.Max(0, lag - Slip); segment > 0 && l <= Math.Min(lags, lag + Slip); l++)
                    from = best[l] > best[from] ? l : from;
                int at = segment * SegmentValues;
                double correlation = Correlate(sent.AsSpan(at, SegmentValues), heard.AsSpan(at + (lag * Melody.Pitches), SegmentValues));
                next[lag] = best[from] + correlation;
                nextWorst[lag] = segment == 0 ? correlation : Math.Min(worst[from], correlation);
                nextBegan[lag] = segment == 0 ? lag : began[from];
            }

            (best, worst, began) = (next, nextWorst, nextBegan);
        }

        int winner = Array.IndexOf(best, best.Max());
        double counted = segments > 1 ? (best[winner] - worst[winner]) / (segments - 1) : best[winner];
        return (counted, TimeSpan.FromMilliseconds(began[winner] * FrameMilliseconds));
    }

    // Energies of all pitches, frame after frame.
    private static double[] Spectrogram(ReadOnlySpan<short> pcm, int rate)
    {
        int frame = rate * FrameMilliseconds / 1000;
        double[] energies = new double[pcm.Length / frame * Melody.Pitches];
        for (int i = 0; i < energies.Length; i++)
        {
            ReadOnlySpan<short> samples = pcm.Slice(i / Melody.Pitches * frame, frame);
            energies[i] = Math.Sqrt(Energy(samples, Melody.Frequency(i % Melody.Pitches) / rate));
        }

        return energies;
    }

    // Goertzel's algorithm.
    private static double Energy(ReadOnlySpan<short> samples, double cyclesPerSample)
    {
        double coefficient = 2 * Math.Cos(2 * Math.PI * cyclesPerSample);
        double s1 = 0, s2 = 0;
        foreach (short sample in samples)
            (s1, s2) = (sample + (coefficient * s1) - s2, s1);
        return Math.Max(0, (s1 * s1) + (s2 * s2) - (coefficient * s1 * s2));
    }

    private static double Correlate(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double meanA = 0, meanB = 0;
        for (int i = 0; i < a.Length; i++)
        {
            meanA += a[i] / a.Length;
            meanB += b[i] / a.Length;
        }

        double ab = 0, aa = 0, bb = 0;
        for (int i = 0; i < a.Length; i++)
        {
            ab += (a[i] - meanA) * (b[i] - meanB);
            aa += (a[i] - meanA) * (a[i] - meanA);
            bb += (b[i] - meanB) * (b[i] - meanB);
        }

        return aa * bb == 0 ? 0 : ab / Math.Sqrt(aa * bb);
    }
}
