using System.Diagnostics;
using AgentGateway.Audio.Front;
using AgentGateway.Testing;
using AgentGateway.Testing.Acoustics;

namespace AgentGateway.Audio.Tests.Front;

/// <summary>Prints what the audio front costs on this machine. Explicit: run with <c>-explicit only</c>; figures, no verdicts.</summary>
public sealed class FrontMeasurements(ITestOutputHelper output)
{
    [Fact(Explicit = true)]
    public void Cost_of_a_frame()
    {
        short[] agent = Signals.Noise(new SeededRandom(1), 20, 16_000, 0.05);
        short[] microphone = new short[agent.Length];
        var room = new SpeakerRoom(new SeededRandom(2), 120, -10);
        for (int at = 0; at + 320 <= agent.Length; at += 320)
            room.Play(agent.AsSpan(at, 320), microphone.AsSpan(at, 320));
        output.WriteLine($"while the agent speaks: {Run(agent, microphone):F1} us per 20 ms");
        output.WriteLine($"while it is silent:     {Run(new short[agent.Length], microphone):F1} us per 20 ms");
        output.WriteLine($"denoiser:               {Denoise():F1} us per 20 ms");
        var played = new PlayedAudio();
        short[] frame = Signals.Sine(440, 0.02);
        Stopwatch watch = Stopwatch.StartNew();
        for (int i = 0; i < 10_000; i++)
            played.Push(i * 320, frame, speech: true);
        output.WriteLine($"reference, media thread: {watch.Elapsed.TotalMicroseconds / 10_000:F1} us per 20 ms");
    }

    private static double Denoise()
    {
        using var denoiser = new Denoiser();
        short[] noise = Signals.Noise(new SeededRandom(1), 20, amplitude: 0.05);
        double best = double.MaxValue;
        for (int round = 0; round < 5; round++)
        {
            Stopwatch watch = Stopwatch.StartNew();
            for (int at = 0; at + 960 <= noise.Length; at += 960)
                denoiser.Process(noise.AsSpan(at, 960));
            best = Math.Min(best, watch.Elapsed.TotalMicroseconds / (noise.Length / 960));
        }

        return best;
    }

    private static double Run(short[] played, short[] microphone)
    {
        using var defence = new EchoDefence(new EchoDefenceOptions());
        short[] cleaned = new short[320];
        double best = double.MaxValue;
        for (int round = 0; round < 5; round++)
        {
            Stopwatch watch = Stopwatch.StartNew();
            int frames = 0;
            for (int at = 0; at + 320 <= played.Length; at += 320, frames++)
            {
                defence.PushPlayed(played.AsSpan(at, 320));
                defence.Process(microphone.AsSpan(at, 320), cleaned);
            }

            best = Math.Min(best, watch.Elapsed.TotalMicroseconds / frames);
        }

        return best;
    }
}
