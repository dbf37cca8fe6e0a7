using AgentGateway.Audio.Front;
using AgentGateway.Conversation.Agents;
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
