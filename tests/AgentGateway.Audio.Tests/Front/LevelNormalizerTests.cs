using AgentGateway.Audio.Front;

namespace AgentGateway.Audio.Tests.Front;

public sealed class LevelNormalizerTests
{
    [Theory]
    [InlineData(-45, 15, 20)]
    [InlineData(-35, 6, 12)]
    [InlineData(-6, -14.5, -9.5)]
    [InlineData(-60, 17.9, 18.1)]
    public void A_voice_far_from_the_usual_level_is_brought_towards_it(double level, double least, double most)
    {
        var normalizer = new LevelNormalizer();
        Run(normalizer, level, 10, speech: 1);
        Assert.InRange(normalizer.GainDb, least < 0 ? Math.Max(least, LevelNormalizer.MinGainDb) : least, Math.Min(most, LevelNormalizer.MaxGainDb));
    }

    [Theory]
    [InlineData(-28)]
    [InlineData(-23)]
    [InlineData(-18)]
    public void A_usual_voice_is_left_alone_to_the_bit(double level)
    {
        var normalizer = new LevelNormalizer();
        short[] window = Tone(level);
        short[] before = [.. window];
        normalizer.Process(window, 1);
        Assert.Equal(before, window);
    }

    [Fact]
    public void Noise_moves_nothing()
    {
        var normalizer = new LevelNormalizer();
        Run(normalizer, -50, 30, speech: 0.2f);
        Assert.Equal(0, normalizer.GainDb);
    }

    [Fact]
    public void The_gain_moves_slowly()
    {
        var normalizer = new LevelNormalizer();
        Run(normalizer, -50, 1, speech: 1);
        Assert.InRange(normalizer.GainDb, 5, 7);
    }

    [Fact]
    public void A_shout_after_a_whisper_does_not_clip()
    {
        var normalizer = new LevelNormalizer();
        Run(normalizer, -55, 10, speech: 1);
        short[] shout = Tone(-6);
        normalizer.Process(shout, 1);
        Assert.InRange(AudioLevel.Peak(shout), 1, 30_001);
    }

    private static void Run(LevelNormalizer normalizer, double level, double seconds, float speech)
    {
        for (double t = 0; t < seconds; t += 0.032)
            normalizer.Process(Tone(level), speech);
    }

    private static short[] Tone(double level)
    {
        short[] tone = new short[512];
        for (int i = 0; i < tone.Length; i++)
            tone[i] = (short)(32768 * Math.Pow(10, level / 20) * Math.Sqrt(2) * Math.Sin(2 * Math.PI * 250 * i / 16_000) * 0.99);
        return tone;
    }
}
