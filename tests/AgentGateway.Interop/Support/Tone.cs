namespace AgentGateway.Interop.Support;

/// <summary>How much of a signal is one tone.</summary>
internal static class Tone
{
    private const double NeighbourhoodHz = 8;

    /// <summary>The share of the energy within 8 Hz of a frequency, 0 to 1; 0 for silence.</summary>
    internal static double ShareAt(ReadOnlySpan<short> pcm, int rate, double frequency)
    {
        double total = 0;
        foreach (short sample in pcm)
            total += (double)sample * sample;
        if (total == 0)
            return 0;

        // Every bin of the discrete Fourier transform near the frequency; each counts twice, for its mirror image.
        double step = (double)rate / pcm.Length;
        double tone = 0;
        for (double f = Math.Ceiling((frequency - NeighbourhoodHz) / step) * step; f <= frequency + NeighbourhoodHz; f += step)
            tone += 2 * Power(pcm, f / rate) / pcm.Length;
        return tone / total;
    }

    private static double Power(ReadOnlySpan<short> pcm, double cyclesPerSample)
    {
        double re = 0, im = 0;
        for (int i = 0; i < pcm.Length; i++)
        {
            (double sin, double cos) = Math.SinCos(2 * Math.PI * cyclesPerSample * i);
            re += pcm[i] * cos;
            im -= pcm[i] * sin;
        }

        return (re * re) + (im * im);
    }
}
