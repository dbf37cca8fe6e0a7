using AgentGateway.Audio.Front;
using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Ports;
using AgentGateway.Conversation.Session;
using AgentGateway.Primitives;
using AgentGateway.Testing;
using AgentGateway.Testing.Conversation;

namespace AgentGateway.Conversation.Tests.Session;

public sealed class VoiceWindowsTests
{
    private readonly Queue<short[]> _late = new();

    [Fact]
    public void What_was_kept_of_the_agents_echo_is_silent_and_what_the_caller_said_is_there()
    {
        var random = new SeededRandom(4);
        var intake = new AudioIntake();
        var played = new PlayedAudio();
        using var windows = new VoiceWindows(new LevelVoiceModel(), intake, played, new AudioOptions());
        short[] out48 = new short[960];
        short[] heard = new short[320];
        double low = 0;
        const int frames = 150;
        for (int i = 0; i < frames; i++)
        {
            // The agent for two seconds, 60 ms late in the microphone; then the caller, and the agent is silent.
            bool agent = i < 100;
            for (int n = 0; n < out48.Length; n++)
            {
                low += 0.05 * (random.NextGaussian(0, 30_000) - low);
                out48[n] = agent ? (short)Math.Clamp(low, short.MinValue, short.MaxValue) : (short)0;
            }

            played.Push(intake.Written, out48, agent);
            _late.Enqueue([.. out48]);
            short[] back = _late.Count > 3 ? _late.Dequeue() : new short[960];
            for (int n = 0; n < heard.Length; n++)
                heard[n] = (short)((back[n * 3] / 3) + (i >= 120 ? random.Next(8000) - 4000 : 0));
            intake.Push(heard, Instant.FromMilliseconds(i * 20));
            while (windows.TryNext(out _, out _, out _))
            {
            }

            if (i == 90)
                Assert.InRange(Kept(windows, from: 13_000, length: 15_000).Count(sample => sample == 0), 11_250, 15_000);
        }

        Assert.True(Loudness(windows, from: 120 * 320, length: 8_000) > 500, "The caller was not kept.");
    }

    [Fact]
    public void The_model_rests_on_an_open_line_and_begins_anew_when_a_sound_comes()
    {
        var model = new CountingVoiceModel();
        var intake = new AudioIntake();
        using var windows = new VoiceWindows(model, intake, new PlayedAudio(), new AudioOptions { EchoDefence = false });
        // The model hears the first second of silence.
        Assert.Equal(30, Hear(windows, intake, 30, _ => 0));
        Assert.Equal(30, model.Windows);
        Hear(windows, intake, 100, i => i % 2 == 0 ? 12 : -12);
        Assert.Equal((31, 0), (model.Windows, model.Resets));
        Hear(windows, intake, 20, i => i % 2 == 0 ? 40 : -40);
        Assert.Equal((51, 1), (model.Windows, model.Resets));
        // A short pause is none: nothing rests, nothing begins anew.
        Hear(windows, intake, 20, _ => 0);
        Hear(windows, intake, 20, i => i % 2 == 0 ? 40 : -40);
        Assert.Equal((91, 1), (model.Windows, model.Resets));
    }

    [Theory]
    [InlineData(true, 8, 20)]
    [InlineData(false, 0, 0.1)]
    public void A_quiet_voice_is_brought_to_a_usual_level_when_asked_for(bool normalize, double least, double most)
    {
        var intake = new AudioIntake();
        using var windows = new VoiceWindows(new CountingVoiceModel { Probability = 0.9f }, intake, new PlayedAudio(), new AudioOptions { EchoDefence = false, NormalizeLevel = normalize });
        Hear(windows, intake, 200, i => i % 4 < 2 ? 300 : -300);
        Assert.InRange(20 * Math.Log10(windows.Window.ToArray().Max(sample => Math.Abs((int)sample)) / 300.0), least, most);
    }

    // Windows of 512 samples: a multiple of five is whole frames as well.
    private static int Hear(VoiceWindows windows, AudioIntake intake, int count, Func<int, int> sample)
    {
        int heard = 0;
        for (int window = 0; window < count; window++)
        {
            intake.Push([.. Enumerable.Range(window * 512, 512).Select(at => (short)sample(at))], Instant.Zero);
            while (windows.TryNext(out _, out _, out _))
                heard++;
        }

        return heard;
    }

    private sealed class CountingVoiceModel : IVoiceActivityModel, IVoiceActivityDetector
    {
        public string Name => "counting";

        public int WindowSamples => 512;

        public float Probability { get; init; }

        public int Windows { get; private set; }

        public int Resets { get; private set; }

        public IVoiceActivityDetector CreateDetector() => this;

        public float Process(ReadOnlySpan<short> window)
        {
            Windows++;
            return Probability;
        }

        public void Reset() => Resets++;

        public void Dispose()
        {
        }
    }

    private static double Loudness(VoiceWindows windows, long from, int length) =>
        Math.Sqrt(Kept(windows, from, length).Average(sample => (double)sample * sample));

    private static short[] Kept(VoiceWindows windows, long from, int length)
    {
        short[] kept = new short[length];
        long at = from;
        Assert.Equal(length, windows.ReadAt(ref at, kept));
        Assert.Equal(from, at);
        return kept;
    }
}
