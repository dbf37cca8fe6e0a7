using AgentGateway.Testing;

namespace AgentGateway.Audio.Tests;

/// <summary>Test signals and how alike two of them are.</summary>
internal static class Signals
{
    public static short[] Sine(double frequency, double seconds, int rate = AudioFormat.SampleRate, double amplitude = 0.5)
    {
        short[] samples = new short[(int)(seconds * rate)];
        for (int i = 0; i < samples.Length; i++)
            samples[i] = (short)Math.Round(amplitude * 32767 * Math.Sin(2 * Math.PI * frequency * i / rate));
        return samples;
    }

    public static short[] Noise(SeededRandom random, double seconds, int rate = AudioFormat.SampleRate, double amplitude = 0.1)
    {
        short[] samples = new short[(int)(seconds * rate)];
        for (int i = 0; i < samples.Length; i++)
            samples[i] = (short)Math.Clamp(random.NextGaussian(0, amplitude * 32767), -32768, 32767);
        return samples;
    }

    /// <summary>A voice-like sound: harmonics of a pitch that wanders, in syllables with short pauses.</summary>
    public static short[] Voice(double seconds, int rate = AudioFormat.SampleRate)
    {
        short[] samples = new short[(int)(seconds * rate)];
        double phase = 0;
        for (int i = 0; i < samples.Length; i++)
        {
            double t = (double)i / rate;
            double pitch = 140 + (30 * Math.Sin(2 * Math.PI * 0.7 * t));
            phase += pitch / rate;
            double syllable = Math.Max(0, Math.Sin(2 * Math.PI * 3 * t));
            double value = 0;
            for (int h = 1; h <= 20; h++)
                value += Math.Sin(2 * Math.PI * h * phase) / (1 + Math.Abs((h * pitch) - 700) / 300);
            samples[i] = (short)(3000 * syllable * value);
        }

        return samples;
    }

    /// <summary>A recording of speech at 48 kHz, from the shared material.</summary>
    public static short[] Recording(string relativePath)
    {
        string path = Path.Combine(TestPaths.Shared, "speech", relativePath);
        Assert.True(File.Exists(path), $"Missing recording {path}; set {TestPaths.SharedVariable} to the shared folder.");
        short[] samples = WavReader.ReadAllMono(path, out int rate);
        using Resampler resampler = new(rate, AudioFormat.SampleRate, 8);
        short[] output = new short[resampler.MaxOutputLength(samples.Length)];
        return output[..resampler.Process(samples, output)];
    }

    /// <summary>Signal to noise ratio in dB, for the best gain between the two.</summary>
    public static double Snr(ReadOnlySpan<short> reference, ReadOnlySpan<short> actual)
    {
        int count = Math.Min(reference.Length, actual.Length);
        double cross = 0;
        double power = 0;
        double total = 0;
        for (int i = 0; i < count; i++)
        {
            cross += (double)reference[i] * actual[i];
            power += (double)reference[i] * reference[i];
            total += (double)actual[i] * actual[i];
        }

        double gain = cross / power;
        double noise = total - (gain * cross);
        return 10 * Math.Log10(gain * gain * power / Math.Max(noise, 1e-9));
    }

    /// <summary>The delay (0..maxDelay samples) of actual against reference with the highest correlation, and that correlation.</summary>
    public static (int Delay, double Correlation) Align(ReadOnlySpan<short> reference, ReadOnlySpan<short> actual, int maxDelay)
    {
        (int Delay, double Correlation) best = (0, -1);
        for (int delay = 0; delay <= maxDelay; delay++)
        {
            // Every seventh sample is enough to find the place.
            double value = Correlation(reference, actual[delay..], 7);
            if (value > best.Correlation)
                best = (delay, value);
        }

        return (best.Delay, Correlation(reference, actual[best.Delay..]));
    }

    public static double Correlation(ReadOnlySpan<short> a, ReadOnlySpan<short> b, int stride = 1)
    {
        int count = Math.Min(a.Length, b.Length);
        double cross = 0;
        double powerA = 0;
        double powerB = 0;
        for (int i = 0; i < count; i += stride)
        {
            cross += (double)a[i] * b[i];
            powerA += (double)a[i] * a[i];
            powerB += (double)b[i] * b[i];
        }

        return cross / Math.Sqrt(Math.Max(powerA * powerB, 1));
    }

    /// <summary>Power of one frequency in dB relative to the whole signal's power.</summary>
    public static double ToneShareDb(ReadOnlySpan<short> samples, double frequency, int rate)
    {
        double real = 0;
        double imaginary = 0;
        double total = 0;
        for (int i = 0; i < samples.Length; i++)
        {
            double angle = 2 * Math.PI * frequency * i / rate;
            real += samples[i] * Math.Cos(angle);
            imaginary += samples[i] * Math.Sin(angle);
            total += (double)samples[i] * samples[i];
        }

        return 10 * Math.Log10(2 * ((real * real) + (imaginary * imaginary)) / samples.Length / Math.Max(total, 1));
    }
}
