using AgentGateway.Conversation.Ports;
using AgentGateway.Providers.Intonation;

namespace AgentGateway.Providers.Tests.Intonation;

public sealed class IntonationModelTests
{
    private const int SampleRate = 16_000;

    private readonly IEndOfTurnDetector _detector = new IntonationModel().Create();

    [Theory]
    [InlineData(90)]
    [InlineData(130)]
    [InlineData(220)]
    [InlineData(330)]
    public void A_steady_pitch_is_found(double hertz)
    {
        short[] audio = Voice(1, _ => hertz);
        float[] pitch = new float[audio.Length / PitchTrack.HopSamples];
        int count = PitchTrack.Compute(audio, pitch, new float[pitch.Length]);
        Assert.InRange(count, 90, 101);
        // The last frames hold more pause than voice.
        Assert.All(pitch.Take(count - 3), found => Assert.Equal(12 * Math.Log2(hertz / 55), found, 0.2));
    }

    [Fact]
    public void A_voice_that_fell_below_its_range_has_ended() => Assert.InRange(Predict(at => at < 1.85 ? 130 : 105), 0.7f, 1);

    [Fact]
    public void A_voice_that_stays_up_goes_on() => Assert.InRange(Predict(at => at < 0.6 ? 105 : 140), 0, 0.3f);

    [Fact]
    public void A_monotonous_voice_says_nothing() => Assert.InRange(Predict(_ => 120), 0.45f, 0.6f);

    [Fact]
    public void A_voice_that_grows_quiet_has_rather_ended()
    {
        short[] even = Voice(2, _ => 120);
        short[] quiet = [.. even.Select((sample, at) => (short)(at > 1.8 * SampleRate ? sample / 3 : sample))];
        Assert.InRange(_detector.Predict(quiet), _detector.Predict(even) + 0.05f, 0.7f);
    }

    [Fact]
    public void It_hears_the_same_in_noise()
    {
        var random = new Random(1);
        short[] audio = Array.ConvertAll(Voice(2, at => at < 1.85 ? 130 : 105), sample => (short)(sample + random.Next(-1200, 1200)));
        Assert.InRange(_detector.Predict(audio), 0.65f, 1);
    }

    [Theory]
    [InlineData(105, 0.65f, 1)]
    [InlineData(150, 0, 0.35f)]
    public void Rumble_louder_than_the_voice_does_not_hide_it(double last, float least, float most)
    {
        var random = new Random(1);
        double rumble = 0;
        short[] voice = Voice(2, at => at < 0.6 ? 110 : at < 1.85 ? 130 : last);
        short[] audio = Array.ConvertAll(voice, sample =>
        {
            rumble += (random.Next(-4000, 4001) - rumble) * 0.02;
            return (short)(sample + (20 * rumble));
        });
        Assert.InRange(_detector.Predict(audio), least, most);
    }

    [Fact]
    public void Without_voice_it_cannot_tell()
    {
        var random = new Random(1);
        Assert.Equal(float.NaN, _detector.Predict(new short[2 * SampleRate]));
        Assert.Equal(float.NaN, _detector.Predict(Array.ConvertAll(new short[2 * SampleRate], _ => (short)random.Next(-3000, 3000))));
        Assert.Equal(float.NaN, _detector.Predict(Voice(0.1, _ => 120)));
        Assert.Equal(float.NaN, _detector.Predict([]));
    }

    [Fact]
    public void Only_the_last_seconds_are_heard()
    {
        short[] before = Voice(6, _ => 80);
        short[] last = Voice(3.75, at => at < 3.5 ? 130 : 105);
        Assert.Equal(_detector.Predict(last), _detector.Predict([.. before, .. last]), 0.02f);
    }

    private float Predict(Func<double, double> hertz) => _detector.Predict(Voice(2, hertz));

    // A buzz of ten harmonics, and a pause.
    private static short[] Voice(double seconds, Func<double, double> hertz)
    {
        short[] audio = new short[(int)(seconds * SampleRate) + (SampleRate / 4)];
        double phase = 0;
        for (int i = 0; i < (int)(seconds * SampleRate); i++)
        {
            phase += 2 * Math.PI * hertz((double)i / SampleRate) / SampleRate;
            double sample = 0;
            for (int harmonic = 1; harmonic <= 10; harmonic++)
                sample += Math.Sin(harmonic * phase) / harmonic;
            audio[i] = (short)(4000 * sample);
        }

        return audio;
    }
}
