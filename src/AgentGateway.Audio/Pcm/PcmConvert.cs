using System.Numerics;
using System.Runtime.InteropServices;

namespace AgentGateway.Audio;

/// <summary>Conversions between 16-bit and float samples. Pure; thread-safe; vectorised.</summary>
public static class PcmConvert
{
    /// <summary>Converts to floats in [-1, 1): sample / 32768.</summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter than <paramref name="source"/>.</exception>
    public static void ToFloat(ReadOnlySpan<short> source, Span<float> destination)
    {
        if (destination.Length < source.Length)
            throw new ArgumentException("The destination is too short.", nameof(destination));
        const float Scale = 1f / 32768f;
        int i = 0;
        if (Vector.IsHardwareAccelerated)
        {
            int step = Vector<short>.Count;
            Vector<float> scale = new(Scale);
            for (; i <= source.Length - step; i += step)
            {
                Vector.Widen(new Vector<short>(source[i..]), out Vector<int> low, out Vector<int> high);
                (Vector.ConvertToSingle(low) * scale).CopyTo(destination[i..]);
                (Vector.ConvertToSingle(high) * scale).CopyTo(destination[(i + Vector<int>.Count)..]);
            }
        }

        for (; i < source.Length; i++)
            destination[i] = source[i] * Scale;
    }

    /// <summary>Converts floats to 16 bits: scaled by 32768, rounded to nearest even, clipped at full scale. NaN becomes 0.</summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter than <paramref name="source"/>.</exception>
    public static void ToInt16(ReadOnlySpan<float> source, Span<short> destination)
    {
        if (destination.Length < source.Length)
            throw new ArgumentException("The destination is too short.", nameof(destination));
        int i = 0;
        if (Vector.IsHardwareAccelerated)
        {
            int step = Vector<short>.Count;
            for (; i <= source.Length - step; i += step)
            {
                Vector<int> low = Round(new Vector<float>(source[i..]));
                Vector<int> high = Round(new Vector<float>(source[(i + Vector<float>.Count)..]));
                Vector.Narrow(low, high).CopyTo(destination[i..]);
            }
        }

        for (; i < source.Length; i++)
        {
            float value = source[i] * 32768f;
            destination[i] = float.IsNaN(value) ? (short)0 : (short)MathF.Round(Math.Clamp(value, -32768f, 32767f));
        }
    }

    /// <summary>Averages interleaved stereo into mono. <paramref name="mono"/> holds half as many samples.</summary>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    public static void StereoToMono(ReadOnlySpan<short> stereo, Span<short> mono)
    {
        if ((stereo.Length & 1) != 0 || mono.Length < stereo.Length / 2)
            throw new ArgumentException("Stereo has an even number of samples, and mono holds half of them.", nameof(mono));
        for (int i = 0; i < stereo.Length / 2; i++)
            mono[i] = (short)((stereo[2 * i] + stereo[(2 * i) + 1]) >> 1);
    }

    /// <summary>The little-endian bytes of samples, without copying on little-endian machines (all supported ones).</summary>
    public static ReadOnlySpan<byte> AsBytes(ReadOnlySpan<short> samples) => MemoryMarshal.AsBytes(samples);

    private static Vector<int> Round(Vector<float> value)
    {
        Vector<float> scaled = value * 32768f;
        scaled = Vector.ConditionalSelect(Vector.Equals(scaled, scaled), scaled, Vector<float>.Zero);
        scaled = Vector.Min(Vector.Max(scaled, new Vector<float>(-32768f)), new Vector<float>(32767f));
        return Vector.ConvertToInt32(Vector.Round(scaled));
    }
}
