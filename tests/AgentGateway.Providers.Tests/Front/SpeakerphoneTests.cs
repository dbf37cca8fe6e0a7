using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Events;
using AgentGateway.Providers.Tests.Engines;
using AgentGateway.Testing;
using AgentGateway.Testing.Acoustics;

namespace AgentGateway.Providers.Tests.Front;

public sealed class SpeakerphoneTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(80, 300)]
    [InlineData(150, 500)]
    [InlineData(300, 150)]
    public void The_agent_does_not_interrupt_itself(int delayMs, int reverberationMs)
    {
        (int turns, int interruptions, double spoken) = Listen((ulong)delayMs, delayMs, reverberationMs, minutes: 1);
        Assert.Equal(0, turns);
        Assert.Equal(0, interruptions);
        // Nor does it hold to listen, but for a moment in a room with much echo.
        Assert.InRange(spoken, Unhindered.Value - (reverberationMs > 300 ? 1 : 0.5), Unhindered.Value + 0.1);
    }

    // Seconds of speech in a minute when nothing comes back.
    private static readonly Lazy<double> Unhindered = new(() => Listen(1, null, minutes: 1).Spoken);

    // Twenty rooms, three minutes each.
    [Fact(Explicit = true)]
    public void An_hour_of_speakerphones_passes_without_a_self_interruption()
    {
        int turns = 0, interruptions = 0;
        for (ulong seed = 1; seed <= 20; seed++)
        {
            var random = new SeededRandom(seed);
            int delay = 80 + random.Next(221);
            (int t, int i, double spoken) = Listen(seed, delay, 100 + random.Next(401), minutes: 3);
            output.WriteLine($"seed {seed}: {delay} ms, {spoken:F0} s of agent speech, {t} turns, {i} interruptions");
            turns += t;
            interruptions += i;
        }

        Assert.Equal(0, turns);
        Assert.Equal(0, interruptions);
    }

    // The proof that the rooms are hard enough: without the defence the agent holds again and again to listen to itself.
    [Fact]
    public void Without_the_defence_it_stutters() =>
        Assert.InRange(Listen(80, 80, 300, minutes: 1, new AudioOptions { EchoDefence = false }).Spoken, 0, Unhindered.Value - 5);

    [Theory]
    [InlineData(80, 300, "librispeech/ls-1089-134686-0000.wav")]
    [InlineData(200, 200, "librispeech/ls-1272-128104-0000.wav")]
    [InlineData(300, 500, "librispeech/ls-2412-153948-0000.wav")]
    public void A_caller_who_speaks_over_the_agent_is_heard(int delayMs, int reverberationMs, string caller)
    {
        var random = new SeededRandom(3);
        using var call = new SpeakerphoneCall(random, new SpeakerRoom(random, delayMs, -10, reverberationMs));
        call.Ask();
        call.Run(6);
        Assert.Empty(call.Events.OfType<UserSpeechStarted>());
        TimeSpan begins = call.Now;
        call.Play(SpeakerphoneCall.Level(SpeechTestFiles.Load(SpeechTestFiles.Recording(caller)), -23)[..(16_000 * 4)]);
        AgentInterrupted interrupted = call.Events.OfType<AgentInterrupted>().First();
        output.WriteLine($"{caller}: interrupted after {(interrupted.At - begins).TotalMilliseconds:F0} ms");
        Assert.InRange((interrupted.At - begins).TotalMilliseconds, 0, 2000);
    }

    [Fact]
    public void A_caller_with_a_headset_is_heard_at_once()
    {
        var random = new SeededRandom(4);
        using var call = new SpeakerphoneCall(random, room: null);
        call.Ask();
        call.Run(3);
        call.Play(SpeakerphoneCall.Level(SpeechTestFiles.Load(SpeechTestFiles.Recording("librispeech/ls-1089-134686-0000.wav")), -23)[..(16_000 * 3)]);
        Assert.Single(call.Events.OfType<AgentInterrupted>());
    }

    private static (int Turns, int Interruptions, double Spoken) Listen(ulong seed, int delayMs, int reverberationMs, double minutes, AudioOptions? audio = null) =>
        Listen(seed, new SpeakerRoom(new SeededRandom(seed), delayMs, -10, reverberationMs), minutes, audio);

    private static (int Turns, int Interruptions, double Spoken) Listen(ulong seed, SpeakerRoom? room, double minutes, AudioOptions? audio = null)
    {
        using var call = new SpeakerphoneCall(new SeededRandom(seed), room, audio);
        for (int i = 0; i < minutes * 60; i++)
        {
            if (call.IsListening)
                call.Ask();
            call.Run(1);
        }

        if (call.Events.OfType<UserSpeechStarted>().Any() || call.Events.OfType<AgentInterrupted>().Any())
            TestContext.Current.TestOutputHelper?.WriteLine(call.ToString());
        return (call.Events.OfType<UserSpeechStarted>().Count(), call.Events.OfType<AgentInterrupted>().Count(), call.SpokenFrames * 0.02);
    }
}
