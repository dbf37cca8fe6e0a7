namespace AgentGateway.Audio;

/// <summary>Raised-cosine fades, so that starting and stopping audio does not click. Pure; thread-safe; no allocation.</summary>
public static class Fade
{
    /// <summary>The length used for starts and stops: 5 ms at 48 kHz.</summary>
    public const int DefaultSamples = 240;

    // Half a period of (1 - cos) / 2 in Q15; shorter and longer fades read it with a stride.
    private const int TableSize = 1024;
    private static readonly int[] Rising = BuildTable();

    /// <summary>Fades the whole span in, from silence to full level.</summary>
    public static void In(Span<short> samples)
    {
        for (int i = 0; i < samples.Length; i++)
            samples[i] = (short)((samples[i] * Gain(i, samples.Length)) >> 15);
    }

    /// <summary>Fades the whole span out, from full level to silence.</summary>
    public static void Out(Span<short> samples)
    {
        for (int i = 0; i < samples.Length; i++)
            samples[i] = (short)((samples[i] * (32768 - Gain(i, samples.Length))) >> 15);
    }

    /// <summary>
    /// Writes a mix that moves from <paramref name="from"/> to <paramref name="to"/>. All spans have the same length; the destination may be
    /// either source.
    /// </summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Cross(ReadOnlySpan<short> from, ReadOnlySpan<short> to, Span<short> destination)
    {
        if (from.Length != to.Length || destination.Length != to.Length)
            throw new ArgumentException("A cross-fade needs equal lengths.", nameof(to));
        for (int i = 0; i < to.Length; i++)
        {
            int gain = Gain(i, to.Length);
            destination[i] = (short)(((from[i] * (32768 - gain)) + (to[i] * gain)) >> 15);
        }
    }

    private static int Gain(int index, int length) => Rising[(int)(((2L * index) + 1) * TableSize / (2L * length))];

    private static int[] BuildTable()
    {
        int[] table = new int[TableSize];
        for (int i = 0; i < TableSize; i++)
            table[i] = (int)Math.Round(32768 * 0.5 * (1 - Math.Cos(Math.PI * (i + 0.5) / TableSize)));
        return table;
    }
}
