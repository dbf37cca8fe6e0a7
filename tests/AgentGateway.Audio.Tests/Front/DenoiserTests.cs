using AgentGateway.Audio.Front;
using AgentGateway.Testing;

namespace AgentGateway.Audio.Tests.Front;

/// <summary>What people hear of a noisy caller: less noise and the same voice.</summary>
public sealed class DenoiserTests
{
    private static readonly Lazy<short[]> Speech = new(() =>
    {
        short[] pcm = Signals.Recording("librispeech/ls-1089-134686-0000.wav");
        return pcm[..(pcm.Length / 960 * 960)];
    });

    [Theory]
    [InlineData("white", 20, 3)]
    [InlineData("white", 10, 7)]
    [InlineData("white", 5, 8)]
    [InlineData("fan", 20, 0.3)]
    [InlineData("fan", 10, 2)]
    [InlineData("fan", 5, 3)]
    public void Steady_noise_under_speech_is_lowered(string kind, double snr, double better)
    {
        short[] clean = Speech.Value;
        short[] noisy = Mix(clean, Noise(kind, clean.Length), snr);
        short[] cleaned = Clean(noisy);

        // The first second is for learning the noise.
        double before = Snr(clean, noisy, 0);
        double after = Snr(clean, cleaned, Denoiser.DelaySamples);
        double pauses = PauseLevel(clean, noisy, 0) - PauseLevel(clean, cleaned, Denoiser.DelaySamples);
        Assert.True(after - before > better && pauses > 8, $"{before:F1} dB before, {after:F1} dB after; {pauses:F1} dB less in pauses");
    }

    [Fact]
    public void Clean_speech_is_left_nearly_untouched()
    {
        short[] clean = Speech.Value;
        short[] cleaned = Clean(clean);
        double snr = Snr(clean, cleaned, Denoiser.DelaySamples);
        double level = AudioLevel.Dbfs(cleaned) - AudioLevel.Dbfs(clean);
        Assert.True(snr > 22 && level is > -0.5 and < 0.5, $"{snr:F1} dB of difference, {level:F2} dB of level");
    }

    [Fact]
    public void Nothing_is_allocated_per_frame_and_silence_stays_silent()
    {
        using var denoiser = new Denoiser();
        short[] frame = new short[960];
        denoiser.Process(frame);
        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int i = 0; i < 100; i++)
                denoiser.Process(frame);
        }));
        Assert.All(frame, s => Assert.InRange(s, -1, 1));
        Assert.Throws<ArgumentException>(() => denoiser.Process(new short[480]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Denoiser(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Denoiser(41));
    }

    private static short[] Clean(short[] pcm)
    {
        using var denoiser = new Denoiser();
        short[] output = [.. pcm];
        for (int at = 0; at < output.Length; at += 960)
            denoiser.Process(output.AsSpan(at, 960));
        return output;
    }

    private static double[] Noise(string kind, int samples)
    {
        var random = new SeededRandom(48);
        double[] noise = new double[samples];
        double low = 0;
        for (int i = 0; i < samples; i++)
        {
            // A fan: most of it below 300 Hz.
            double white = random.NextGaussian(0, 1);
            low += (white - low) * 0.04;
            noise[i] = kind == "fan" ? low : white;
        }

        return noise;
    }

    private static short[] Mix(short[] speech, double[] noise, double snr)
    {
        double gain = Math.Sqrt(speech.Sum(s => (double)s * s) / noise.Sum(n => n * n)) * Math.Pow(10, -snr / 20);
        return [.. speech.Select((s, i) => (short)Math.Clamp(s + (gain * noise[i]), short.MinValue, short.MaxValue))];
    }

    private static double Snr(short[] clean, short[] heard, int delay) =>
        Signals.Snr(clean.AsSpan(48_000, clean.Length - 48_000 - delay), heard.AsSpan(48_000 + delay));

    // Level where nobody speaks: the quietest tenth of the clean recording's frames.
    private static double PauseLevel(short[] clean, short[] heard, int delay)
    {
        int[] frames = [.. Enumerable.Range(50, (clean.Length / 960) - 52).OrderBy(i => AudioLevel.SumOfSquares(clean.AsSpan(i * 960, 960)))];
        return 10 * Math.Log10(frames.Take(frames.Length / 10).Average(i => (double)AudioLevel.SumOfSquares(heard.AsSpan((i * 960) + delay, 960)) / 960));
    }
}
