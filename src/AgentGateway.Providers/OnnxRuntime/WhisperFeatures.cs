using System.Numerics;
using System.Runtime.InteropServices;

namespace AgentGateway.Providers.OnnxRuntime;

/// <summary>
/// Whisper's log-mel features of the last 8 s before an instant, as Smart Turn was trained on them: 80 bands of 800 frames.
/// Audio that is shorter stands at the end, behind zeros. Holds its buffers; one thread at a time; no allocation per call.
/// </summary>
/// <remarks>
/// Zero mean and unit variance over the whole window, a periodic Hann window of 400 samples every 160, mirrored by 200 samples at both
/// ends, power spectrum, 80 Slaney bands to 8 kHz, log10, 8 decades under the maximum at most, then (x + 4) / 4.
/// </remarks>
internal sealed class WhisperFeatures
{
    /// <summary>Samples of the window: 8 s at 16 kHz.</summary>
    public const int Samples = 8 * 16_000;

    /// <summary>Mel bands.</summary>
    public const int Bands = 80;

    /// <summary>Frames of 10 ms.</summary>
    public const int Frames = 800;

    private const int FrameLength = 400;
    private const int Hop = 160;
    private const int Half = FrameLength / 2;
    private const int Bins = Half + 1;
    private const double Floor = 1e-10;

    private static readonly float[] Window = MakeWindow();
    private static readonly (int First, float[] Weights)[] Filters = MakeFilters();
    private static readonly (float[] Cosine, float[] Sine) Twiddles = MakeTwiddles();

    private readonly float[] _audio = new float[Samples + FrameLength];
    private readonly float[] _even = new float[Half + 1];
    private readonly float[] _odd = new float[Half];
    private readonly float[] _power = new float[Bins];

    /// <summary>Computes the features.</summary>
    /// <param name="pcm16k">16 kHz mono; of more than 8 s the last 8 s count.</param>
    /// <param name="features">Bands times frames, band by band.</param>
    public void Compute(ReadOnlySpan<short> pcm16k, Span<float> features)
    {
        if (pcm16k.Length > Samples)
            pcm16k = pcm16k[^Samples..];
        Normalize(pcm16k);
        float most = float.NegativeInfinity;
        for (int frame = 0; frame < Frames; frame++)
        {
            Transform(_audio.AsSpan(frame * Hop, FrameLength));
            for (int band = 0; band < Bands; band++)
            {
                (int first, float[] weights) = Filters[band];
                double sum = 0;
                for (int i = 0; i < weights.Length; i++)
                    sum += weights[i] * _power[first + i];
                float log = (float)Math.Log10(Math.Max(sum, Floor));
                features[(band * Frames) + frame] = log;
                most = Math.Max(most, log);
            }
        }

        for (int i = 0; i < Bands * Frames; i++)
            features[i] = (Math.Max(features[i], most - 8) + 4) / 4;
    }

    // Into the middle of the buffer, zeros in front, then mirrored at both ends without repeating the edge.
    private void Normalize(ReadOnlySpan<short> pcm)
    {
        double sum = 0;
        double squares = 0;
        foreach (short sample in pcm)
        {
            double x = sample / 32768.0;
            sum += x;
            squares += x * x;
        }

        double mean = sum / Samples;
        double scale = 1 / Math.Sqrt((squares / Samples) - (mean * mean) + 1e-7);
        Span<float> window = _audio.AsSpan(Half, Samples);
        window[..(Samples - pcm.Length)].Fill((float)(-mean * scale));
        int at = Samples - pcm.Length;
        foreach (short sample in pcm)
            window[at++] = (float)(((sample / 32768.0) - mean) * scale);
        for (int i = 0; i < Half; i++)
        {
            _audio[i] = _audio[FrameLength - i];
            _audio[Half + Samples + i] = _audio[Half + Samples - 2 - i];
        }
    }

    // A real transform of 400: the frame folded into its even and odd halves, then both by table. 400 is no power of two, and this
    // runs once per pause.
    private void Transform(ReadOnlySpan<float> frame)
    {
        _even[0] = frame[0] * Window[0];
        _even[Half] = frame[Half] * Window[Half];
        _odd[0] = 0;
        for (int i = 1; i < Half; i++)
        {
            float a = frame[i] * Window[i];
            float b = frame[FrameLength - i] * Window[FrameLength - i];
            _even[i] = a + b;
            _odd[i] = a - b;
        }

        (float[] cosine, float[] sine) = Twiddles;
        for (int k = 0; k < Bins; k++)
        {
            float real = Dot(_even, cosine.AsSpan(k * (Half + 1), Half + 1));
            float imaginary = Dot(_odd, sine.AsSpan(k * Half, Half));
            _power[k] = (real * real) + (imaginary * imaginary);
        }
    }

    private static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        Vector<float> sum = Vector<float>.Zero;
        ReadOnlySpan<Vector<float>> va = MemoryMarshal.Cast<float, Vector<float>>(a);
        ReadOnlySpan<Vector<float>> vb = MemoryMarshal.Cast<float, Vector<float>>(b);
        for (int i = 0; i < va.Length; i++)
            sum += va[i] * vb[i];
        float total = Vector.Sum(sum);
        for (int i = va.Length * Vector<float>.Count; i < a.Length; i++)
            total += a[i] * b[i];
        return total;
    }

    private static float[] MakeWindow()
    {
        float[] window = new float[FrameLength];
        for (int i = 0; i < FrameLength; i++)
            window[i] = (float)(0.5 - (0.5 * Math.Cos(2 * Math.PI * i / FrameLength)));
        return window;
    }

    private static (float[] Cosine, float[] Sine) MakeTwiddles()
    {
        float[] cosine = new float[Bins * (Half + 1)];
        float[] sine = new float[Bins * Half];
        for (int k = 0; k < Bins; k++)
        {
            for (int n = 0; n <= Half; n++)
                cosine[(k * (Half + 1)) + n] = (float)Math.Cos(2 * Math.PI * (k * n % FrameLength) / FrameLength);
            for (int n = 0; n < Half; n++)
                sine[(k * Half) + n] = (float)Math.Sin(2 * Math.PI * (k * n % FrameLength) / FrameLength);
        }

        return (cosine, sine);
    }

    // Triangles on the Slaney scale (linear to 1 kHz, then logarithmic), each of the same area.
    private static (int First, float[] Weights)[] MakeFilters()
    {
        double[] edges = new double[Bands + 2];
        double top = ToMel(8000);
        for (int i = 0; i < edges.Length; i++)
            edges[i] = ToHertz(top * i / (Bands + 1));
        var filters = new (int, float[])[Bands];
        for (int band = 0; band < Bands; band++)
        {
            (double low, double middle, double high) = (edges[band], edges[band + 1], edges[band + 2]);
            int first = (int)Math.Ceiling(low / 40);
            int last = Math.Min(Bins - 1, (int)Math.Floor(high / 40));
            float[] weights = new float[Math.Max(0, last - first + 1)];
            for (int bin = first; bin <= last; bin++)
            {
                double f = bin * 40.0;
                double rise = (f - low) / (middle - low);
                double fall = (high - f) / (high - middle);
                weights[bin - first] = (float)(Math.Max(0, Math.Min(rise, fall)) * 2 / (high - low));
            }

            filters[band] = (first, weights);
        }

        return filters;
    }

    private static double ToMel(double hertz) => hertz < 1000 ? 3 * hertz / 200 : 15 + (Math.Log(hertz / 1000) * 27 / Math.Log(6.4));

    private static double ToHertz(double mel) => mel < 15 ? 200 * mel / 3 : 1000 * Math.Exp((mel - 15) * Math.Log(6.4) / 27);
}
