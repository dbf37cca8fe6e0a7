using System.Numerics;
using System.Runtime.InteropServices;

namespace AgentGateway.Audio.Front;

/// <summary>
/// The band below 900 Hz of a 16 kHz signal at 2 kHz, emphasised towards its upper end, newest sample first: where a voice has
/// its energy and a correlation over half a second is cheap. No allocation after construction.
/// </summary>
internal sealed class LowBand
{
    /// <summary>Input samples per output sample.</summary>
    public const int Factor = 8;

    /// <summary>Output samples of a frame of 20 ms.</summary>
    public const int FrameSamples = 40;

    private const int InputFrame = FrameSamples * Factor;
    private const int Taps = 96;
    private const float Emphasis = 0.85f;
    private const float DcPole = 0.9f;
    private static readonly float[] Filter = MakeFilter();

    private readonly float[] _input = new float[Taps + InputFrame];
    private readonly float[] _samples;
    private float _last;
    private float _dcIn;
    private float _dcOut;

    public LowBand(int length) => _samples = new float[length];

    /// <summary>The samples, newest first.</summary>
    public ReadOnlySpan<float> Newest => _samples;

    /// <summary>Adds 320 samples.</summary>
    public void Push(ReadOnlySpan<short> frame)
    {
        _input.AsSpan(InputFrame).CopyTo(_input);
        for (int i = 0; i < InputFrame; i++)
            _input[Taps + i] = frame[i];
        _samples.AsSpan(0, _samples.Length - FrameSamples).CopyTo(_samples.AsSpan(FrameSamples));
        for (int n = 0; n < FrameSamples; n++)
        {
            float low = Dot(Filter, _input.AsSpan((n * Factor) + Factor, Taps));
            float dc = low - _dcIn + (DcPole * _dcOut);
            (_dcIn, _dcOut) = (low, dc);
            _samples[FrameSamples - 1 - n] = dc - (Emphasis * _last);
            _last = dc;
        }
    }

    public void Clear()
    {
        _input.AsSpan().Clear();
        _samples.AsSpan().Clear();
        _last = _dcIn = _dcOut = 0;
    }

    internal static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        Vector<float> sum = Vector<float>.Zero;
        ReadOnlySpan<Vector<float>> va = MemoryMarshal.Cast<float, Vector<float>>(a);
        ReadOnlySpan<Vector<float>> vb = MemoryMarshal.Cast<float, Vector<float>>(b[..a.Length]);
        for (int i = 0; i < va.Length; i++)
            sum += va[i] * vb[i];
        float total = Vector.Sum(sum);
        for (int i = va.Length * Vector<float>.Count; i < a.Length; i++)
            total += a[i] * b[i];
        return total;
    }

    /// <summary>to += scale * from.</summary>
    internal static void AddScaled(Span<float> to, ReadOnlySpan<float> from, float scale)
    {
        var factor = new Vector<float>(scale);
        Span<Vector<float>> vto = MemoryMarshal.Cast<float, Vector<float>>(to);
        ReadOnlySpan<Vector<float>> vfrom = MemoryMarshal.Cast<float, Vector<float>>(from[..to.Length]);
        for (int i = 0; i < vto.Length; i++)
            vto[i] += vfrom[i] * factor;
        for (int i = vto.Length * Vector<float>.Count; i < to.Length; i++)
            to[i] += from[i] * scale;
    }

    // A Hann-windowed sinc with its edge at 850 Hz.
    private static float[] MakeFilter()
    {
        float[] filter = new float[Taps];
        double sum = 0;
        for (int i = 0; i < Taps; i++)
        {
            double x = i - ((Taps - 1) / 2.0);
            double sinc = Math.Sin(2 * Math.PI * 850 / 16000 * x) / (Math.PI * x);
            filter[i] = (float)(sinc * (0.5 - (0.5 * Math.Cos(2 * Math.PI * (i + 0.5) / Taps))));
            sum += filter[i];
        }

        for (int i = 0; i < Taps; i++)
            filter[i] = (float)(filter[i] / sum);
        return filter;
    }
}
