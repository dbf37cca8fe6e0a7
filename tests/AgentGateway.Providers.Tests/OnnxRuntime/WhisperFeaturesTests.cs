using AgentGateway.Providers.OnnxRuntime;

namespace AgentGateway.Providers.Tests.OnnxRuntime;

public sealed class WhisperFeaturesTests
{
    // By definition, with sums instead of transforms: whisper-features-reference.py prints the lines of 3 and 8 s. All values are those of
    // transformers.js 3's WhisperFeatureExtractor, too, given what the model's own script gives to Whisper's: the last 8 s behind zeros, normalised.
    [Theory]
    [InlineData(1, 0, 0, -0.03852)]
    [InlineData(1, 60, 700, 0.63730)]
    [InlineData(1, 79, 799, 0.56896)]
    [InlineData(1, 25, 780, 0.43127)]
    [InlineData(12, 0, 0, 1.09777)]
    [InlineData(12, 33, 640, 0.15980)]
    [InlineData(12, 60, 700, 0.28384)]
    [InlineData(12, 12, 660, 0.41954)]
    [InlineData(3, 0, 0, -0.15554)]
    [InlineData(3, 5, 520, 0.65462)]
    [InlineData(3, 10, 600, 0.49011)]
    [InlineData(3, 20, 650, 0.40939)]
    [InlineData(3, 33, 640, 0.49765)]
    [InlineData(3, 40, 400, -0.15554)]
    [InlineData(3, 60, 700, 0.43017)]
    [InlineData(3, 79, 799, 0.42600)]
    [InlineData(3, 12, 660, 0.33749)]
    [InlineData(3, 25, 780, 0.41468)]
    [InlineData(8, 0, 0, 0.23116)]
    [InlineData(8, 5, 520, 0.50486)]
    [InlineData(8, 10, 600, 0.22865)]
    [InlineData(8, 20, 650, 0.26547)]
    [InlineData(8, 33, 640, 0.24927)]
    [InlineData(8, 40, 400, 0.24876)]
    [InlineData(8, 60, 700, 0.41129)]
    [InlineData(8, 79, 799, 0.41784)]
    [InlineData(8, 12, 660, 0.13104)]
    [InlineData(8, 25, 780, 0.33072)]
    public void Features_are_those_of_the_definition(int seconds, int band, int frame, double expected) =>
        Assert.Equal(expected, Compute(Signal(seconds * 16_000))[(band * WhisperFeatures.Frames) + frame], 0.002);

    [Fact]
    public void Of_long_audio_the_end_counts()
    {
        short[] signal = Signal(WhisperFeatures.Samples);
        Assert.Equal(Compute(signal), Compute([.. Signal(5000), .. signal]));
    }

    [Fact]
    public void Short_audio_stands_behind_silence()
    {
        short[] signal = Signal(16_000);
        Assert.Equal(Compute(signal), Compute([.. new short[WhisperFeatures.Samples - signal.Length], .. signal]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(16_000)]
    public void Silence_gives_numbers(int samples) => Assert.All(Compute(new short[samples]), value => Assert.True(float.IsFinite(value)));

    // Shared with the script: a tone that glides and fades in and out over noise.
    internal static short[] Signal(int n)
    {
        short[] pcm = new short[n];
        long seed = 12345;
        for (int i = 0; i < n; i++)
        {
            seed = ((1103515245 * seed) + 12345) % 2147483648;
            double tone = 9000 * Math.Sin(2 * Math.PI * (200 + (900.0 * i / n)) * i / 16_000) * Math.Sin(Math.PI * i / n);
            pcm[i] = (short)((int)tone + (int)((seed >> 16) % 401) - 200);
        }

        return pcm;
    }

    internal static float[] Compute(short[] pcm)
    {
        float[] features = new float[WhisperFeatures.Bands * WhisperFeatures.Frames];
        new WhisperFeatures().Compute(pcm, features);
        return features;
    }
}
