using AgentGateway.Testing;

namespace AgentGateway.Audio.Tests.Resampling;

public sealed class ResamplerTests
{
    [Theory]
    [InlineData(48_000, 16_000)]
    [InlineData(16_000, 48_000)]
    [InlineData(48_000, 8_000)]
    [InlineData(8_000, 48_000)]
    [InlineData(22_050, 48_000)]
    [InlineData(24_000, 48_000)]
    [InlineData(44_100, 48_000)]
    [InlineData(48_000, 24_000)]
    [InlineData(16_000, 16_000)]
    public void Twenty_milliseconds_in_are_exactly_twenty_milliseconds_out(int inRate, int outRate)
    {
        using Resampler resampler = new(inRate, outRate);
        short[] input = Signals.Sine(440, 1, inRate);
        short[] output = new short[resampler.MaxOutputLength(inRate / 50)];
        for (int i = 0; i < 50; i++)
            Assert.Equal(outRate / 50, resampler.Process(input.AsSpan(i * inRate / 50, inRate / 50), output));
    }

    [Theory]
    [InlineData(48_000, 16_000)]
    [InlineData(16_000, 48_000)]
    [InlineData(22_050, 48_000)]
    [InlineData(8_000, 48_000)]
    public void A_tone_keeps_its_frequency_level_and_purity(int inRate, int outRate)
    {
        using Resampler resampler = new(inRate, outRate);
        short[] input = Signals.Sine(1000, 1, inRate);
        short[] output = new short[resampler.MaxOutputLength(input.Length)];
        int count = resampler.Process(input, output);
        Assert.InRange(count, outRate - 1, outRate + 1);
        ReadOnlySpan<short> middle = output.AsSpan(outRate / 10, outRate / 2);
        double share = Signals.ToneShareDb(middle, 1000, outRate);
        Assert.True(share > -0.001, $"share {share:F5} dB");
        Assert.InRange(AudioLevel.Dbfs(middle), -9.13f, -8.93f);
    }

    [Fact]
    public void Frequencies_above_the_new_nyquist_limit_are_removed()
    {
        using Resampler resampler = new(48_000, 16_000);
        short[] input = Signals.Sine(10_000, 1);
        short[] output = new short[16_001];
        int count = resampler.Process(input, output);
        Assert.True(AudioLevel.Dbfs(output.AsSpan(1000, count - 2000)) < -60);
    }

    [Fact]
    public void Speech_survives_the_way_to_48_kHz_and_back()
    {
        string path = Path.Combine(AgentGateway.Testing.TestPaths.Shared, "speech", "librispeech/ls-1089-134691-0000.wav");
        Assert.True(File.Exists(path), $"Missing recording {path}");
        short[] input = WavReader.ReadAllMono(path, out int rate);
        Assert.Equal(16_000, rate);
        using Resampler up = new(16_000, 48_000, 8);
        using Resampler down = new(48_000, 16_000, 8);
        short[] wide = new short[input.Length * 3];
        Assert.Equal(wide.Length, up.Process(input, wide));
        short[] back = new short[input.Length];
        Assert.Equal(back.Length, down.Process(wide, back));
        (int delay, double correlation) = Signals.Align(input.AsSpan(0, 16_000), back, 200);
        Assert.True(correlation > 0.99, $"correlation {correlation:F4} at {delay}");
    }

    [Fact]
    public void Pieces_of_any_size_give_the_same_as_the_whole()
    {
        short[] input = Signals.Voice(1);
        using Resampler whole = new(48_000, 16_000);
        using Resampler pieces = new(48_000, 16_000);
        short[] expected = new short[16_001];
        int count = whole.Process(input, expected);
        short[] actual = new short[16_100];
        int written = 0;
        int size = 1;
        for (int i = 0; i < input.Length; i += size)
        {
            size = (size * 7 % 997) + 1;
            written += pieces.Process(input.AsSpan(i, Math.Min(size, input.Length - i)), actual.AsSpan(written));
        }

        Assert.Equal(count, written);
        Assert.Equal(expected[..count], actual[..written]);
    }

    [Fact]
    public void Reset_forgets_the_past()
    {
        using Resampler resampler = new(48_000, 16_000);
        short[] output = new short[321];
        resampler.Process(Signals.Sine(1000, 0.02), output);
        resampler.Reset();
        resampler.Process(new short[960], output);
        Assert.Equal(0, AudioLevel.Peak(output));
    }

    [Fact]
    public void An_output_that_is_too_short_is_the_callers_mistake()
    {
        using Resampler resampler = new(48_000, 16_000);
        Assert.Throws<ArgumentException>(() => resampler.Process(new short[960], new short[100]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Resampler(7_999, 16_000));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Resampler(16_000, 48_001));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Resampler(16_000, 48_000, 11));
    }

    [Fact]
    public void Nothing_is_allocated_per_call()
    {
        using Resampler resampler = new(48_000, 16_000);
        short[] input = new short[960];
        short[] output = new short[321];
        resampler.Process(input, output);
        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int i = 0; i < 100; i++)
                resampler.Process(input, output);
        }));
    }
}
