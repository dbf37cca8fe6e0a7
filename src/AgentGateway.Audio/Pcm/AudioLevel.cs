using System.Numerics;
using System.Runtime.InteropServices;

namespace AgentGateway.Audio;

/// <summary>Loudness of 16-bit audio. Pure; thread-safe; vectorised.</summary>
public static class AudioLevel
{
    /// <summary>What silence measures: the floor of <see cref="Dbfs"/>, and the largest RFC 6464 level negated.</summary>
    public const float SilenceDbfs = -127f;

    /// <summary>Sum of the squared samples; exact.</summary>
    public static long SumOfSquares(ReadOnlySpan<short> samples)
    {
        long sum = 0;
        int i = 0;
        if (Vector.IsHardwareAccelerated && samples.Length >= Vector<short>.Count)
        {
            Vector<long> total = Vector<long>.Zero;
            ReadOnlySpan<Vector<short>> vectors = MemoryMarshal.Cast<short, Vector<short>>(samples);
            foreach (Vector<short> vector in vectors)
            {
                Vector.Widen(vector, out Vector<int> low, out Vector<int> high);

                // Two squares of -32768 make 2^31: they overflow int, so they are added as uint.
                Vector<uint> squares = Vector.AsVectorUInt32(low * low) + Vector.AsVectorUInt32(high * high);
                Vector.Widen(squares, out Vector<ulong> a, out Vector<ulong> b);
                total += Vector.AsVectorInt64(a + b);
            }

            sum = Vector.Sum(total);
            i = vectors.Length * Vector<short>.Count;
        }

        for (; i < samples.Length; i++)
            sum += samples[i] * samples[i];
        return sum;
    }

    /// <summary>Largest magnitude, 0..32768.</summary>
    public static int Peak(ReadOnlySpan<short> samples)
    {
        int low = 0;
        int high = 0;
        int i = 0;
        if (Vector.IsHardwareAccelerated && samples.Length >= Vector<short>.Count)
        {
            Vector<short> least = Vector<short>.Zero;
            Vector<short> most = Vector<short>.Zero;
            ReadOnlySpan<Vector<short>> vectors = MemoryMarshal.Cast<short, Vector<short>>(samples);
            foreach (Vector<short> vector in vectors)
            {
                least = Vector.Min(least, vector);
                most = Vector.Max(most, vector);
            }

            for (int lane = 0; lane < Vector<short>.Count; lane++)
            {
                low = Math.Min(low, least[lane]);
                high = Math.Max(high, most[lane]);
            }

            i = vectors.Length * Vector<short>.Count;
        }

        for (; i < samples.Length; i++)
        {
            low = Math.Min(low, samples[i]);
            high = Math.Max(high, samples[i]);
        }

        return Math.Max(high, -low);
    }

    /// <summary>Root mean square as a fraction of full scale, 0..1; 0 for no samples.</summary>
    public static float Rms(ReadOnlySpan<short> samples) =>
        samples.IsEmpty ? 0 : (float)(Math.Sqrt((double)SumOfSquares(samples) / samples.Length) / 32768.0);

    /// <summary>
    /// RMS level in dB relative to a full-scale square wave (dBov), <see cref="SilenceDbfs"/>..0. A full-scale sine measures -3.01.
    /// </summary>
    public static float Dbfs(ReadOnlySpan<short> samples)
    {
        float rms = Rms(samples);
        return rms <= 0 ? SilenceDbfs : Math.Clamp(20 * MathF.Log10(rms), SilenceDbfs, 0);
    }

    /// <summary>The audio level of RFC 6464 section 3: -dBov, 0 (loudest)..127 (silence).</summary>
    public static byte Rfc6464(ReadOnlySpan<short> samples) => (byte)MathF.Round(-Dbfs(samples));
}
