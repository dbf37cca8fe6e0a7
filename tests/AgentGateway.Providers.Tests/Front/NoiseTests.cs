using AgentGateway.Conversation.Events;
using AgentGateway.Providers.Tests.Engines;
using AgentGateway.Testing;

namespace AgentGateway.Providers.Tests.Front;

/// <summary>Sounds that are nobody's turn, through the real voice activity model and a whole session.</summary>
public sealed class NoiseTests
{
    private const double Seconds = 12;

    public static TheoryData<string, double> Sounds
    {
        get
        {
            var data = new TheoryData<string, double>();
            foreach (string sound in (string[])["white", "pink", "street", "hum", "clicks", "dtmf", "ringback", "hold music", "breath"])
            {
                foreach (double level in (double[])[-60, -45, -30, -18])
                    data.Add(sound, level);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Sounds))]
    public void Noise_opens_no_turn(string sound, double level)
    {
        var random = new SeededRandom(11);
        using var call = new SpeakerphoneCall(random, room: null);
        call.Play(SpeakerphoneCall.Level(Make(sound, random), level));
        Assert.False(call.Events.OfType<UserSpeechStarted>().Any(), $"{sound} at {level} dBFS:\n{call}");
    }

    [Theory]
    [InlineData("noise/noise-sb2.wav")]
    [InlineData("noise/noise-sb3.wav")]
    public void Recorded_noise_opens_no_turn(string name)
    {
        using var call = new SpeakerphoneCall(new SeededRandom(12), room: null);
        call.Play(SpeakerphoneCall.Level(SpeechTestFiles.Load(SpeechTestFiles.Recording(name)), -30));
        Assert.Empty(call.Events.OfType<UserSpeechStarted>());
    }

    private static short[] Make(string sound, SeededRandom random)
    {
        double[] pcm = new double[(int)(Seconds * 16_000)];
        double a = 0, b = 0, c = 0;
        for (int i = 0; i < pcm.Length; i++)
        {
            double t = i / 16_000.0;
            double white = random.NextGaussian(0, 1);
            pcm[i] = sound switch
            {
                "white" => white,
                "pink" => (a = (0.997 * a) + (0.03 * white)) + (b = (0.96 * b) + (0.1 * white)) + (0.1 * white),
                // Wheels and engines: low noise that swells as cars pass.
                "street" => ((c = (0.985 * c) + (0.1 * white)) + (0.05 * white)) * (0.4 + Math.Pow(Math.Sin(Math.PI * t / 4), 2)),
                "hum" => Math.Sin(2 * Math.PI * 50 * t) + (0.5 * Math.Sin(2 * Math.PI * 100 * t)) + (0.3 * Math.Sin(2 * Math.PI * 150 * t)) + (0.02 * white),
                "clicks" => i % 5600 < 40 ? white * 3 : 0.02 * white,
                "dtmf" => t % 0.3 < 0.12 ? Math.Sin(2 * Math.PI * Row(t) * t) + Math.Sin(2 * Math.PI * Column(t) * t) : 0.01 * white,
                "ringback" => t % 6 < 2 ? Math.Sin(2 * Math.PI * 440 * t) + Math.Sin(2 * Math.PI * 480 * t) : 0.01 * white,
                "hold music" => Chord(t),
                "breath" => t % 3 < 0.9 ? white * Math.Sin(Math.PI * (t % 3) / 0.9) : 0.02 * white,
                _ => throw new ArgumentOutOfRangeException(nameof(sound)),
            };
        }

        double most = pcm.Max(Math.Abs);
        return [.. pcm.Select(x => (short)(x / most * 20_000))];
    }

    private static double Row(double t) => ((int)(t / 0.3) % 4) switch { 0 => 697, 1 => 770, 2 => 852, _ => 941 };

    private static double Column(double t) => ((int)(t / 0.3) % 3) switch { 0 => 1209, 1 => 1336, _ => 1477 };

    // Notes with overtones that fade: a music box.
    private static double Chord(double t)
    {
        double[] scale = [261.6, 329.6, 392, 523.3, 440, 349.2, 293.7, 392];
        double note = scale[(int)(t / 0.4) % scale.Length];
        double fade = Math.Exp(-4 * (t % 0.4));
        return fade * (Math.Sin(2 * Math.PI * note * t) + (0.4 * Math.Sin(4 * Math.PI * note * t)) + (0.2 * Math.Sin(6 * Math.PI * note * t)))
            + (0.3 * Math.Sin(2 * Math.PI * scale[(int)(t / 1.6) % scale.Length] / 2 * t));
    }
}
