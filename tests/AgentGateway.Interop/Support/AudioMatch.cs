using AgentGateway.Audio;

namespace AgentGateway.Interop.Support;

/// <summary>
/// Whether one recording contains another, after coding and a delay: normalised correlation of their loudness contours
/// (10 ms frames), which survives a codec's phase changes, at the best lag.
/// </summary>
internal static class AudioMatch
{
    private const int FramesPerSecond = 100;

    internal static (double Correlation, TimeSpan Delay) Find(IReadOnlyList<short> sent, string receivedWav, TimeSpan maxDelay)
    {
        short[] received = WavReader.ReadAllMono(receivedWav, out int rate);
        double[] a = Contour([.. sent], 48000);
        double[] b = Contour(received, rate);
        double best = -1;
        int bestLag = 0;
        for (int lag = 0; lag <= maxDelay.TotalSeconds * FramesPerSecond && lag < b.Length; lag++)
        {
            double correlation = Correlate(a, b.AsSpan(lag));
            if (correlation > best)
                (best, bestLag) = (correlation, lag);
        }

        return (best, TimeSpan.FromSeconds((double)bestLag / FramesPerSecond));
    }

    private static double[] Contour(short[] pcm, int rate)
    {
        int frame = rate / FramesPerSecond;
        double[] contour = new double[pcm.Length / frame];
        for (int i = 0; i < contour.Length; i++)
            contour[i] = Math.Log10(AudioLevel.Rms(pcm.AsSpan(i * frame, frame)) + 1e-3);
        return contour;
    }

    private static double Correlate(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        int n = Math.Min(a.Length, b.Length);
        if (n < FramesPerSecond)
            return -1;
        double meanA = 0, meanB = 0;
        for (int i = 0; i < n; i++)
        {
            meanA += a[i] / n;
            meanB += b[i] / n;
        }

        double ab = 0, aa = 0, bb = 0;
        for (int i = 0; i < n; i++)
        {
            ab += (a[i] - meanA) * (b[i] - meanB);
            aa += (a[i] - meanA) * (a[i] - meanA);
            bb += (b[i] - meanB) * (b[i] - meanB);
        }

        return aa * bb == 0 ? 0 : ab / Math.Sqrt(aa * bb);
    }
}
