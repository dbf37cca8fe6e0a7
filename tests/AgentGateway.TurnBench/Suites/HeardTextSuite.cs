using AgentGateway.Conversation.Events;
using AgentGateway.Conversation.Ports;
using AgentGateway.Testing;
using AgentGateway.TurnBench.Engines;

namespace AgentGateway.TurnBench.Suites;

/// <summary>
/// After an interruption, is what history holds what the caller heard? The truth is counted apart from the session: samples that left,
/// less the way to the caller, against the times of the words in the voice's own audio.
/// </summary>
internal static class HeardTextSuite
{
    internal static void Run(BenchRun run)
    {
        Play(run, timings: true, run.Count(500));
        Play(run, timings: false, run.Count(500));
    }

    private static void Play(BenchRun run, bool timings, int count)
    {
        int within = 0;
        int exact = 0;
        int worst = 0;
        for (int n = 0; n < count; n++)
        {
            var random = new SeededRandom((ulong)n + 400);
            using BenchCall call = run.Call(new Line { Reply = BargeInSuite.Text, WithTimings = timings, Seed = (ulong)n });
            var delay = TimeSpan.FromMilliseconds(20 + random.Next(280));
            call.SetOutputDelay(delay);
            call.Run(TimeSpan.FromMilliseconds(500));
            call.Type("tell me about the rooms");
            call.RunUntil(() => call.IsSounding, TimeSpan.FromSeconds(5));
            call.Run(TimeSpan.FromMilliseconds(random.Next(20_000)));
            if (n % 5 == 0)
                call.Say(run.Callers.Interruption(n));
            else
                call.Type("stop");
            call.RunUntil(() => call.Events.Exists(e => e is AgentInterrupted), TimeSpan.FromSeconds(4));
            // While playout was held, what was on its way went on being heard.
            TimeSpan held = call.Now - (call.LastAudible ?? call.Now);
            TimeSpan behind = held < delay ? delay - held : TimeSpan.Zero;
            // One frame more, which fades: then every sample that left is counted.
            call.Step();
            if (call.Events.OfType<AgentInterrupted>().FirstOrDefault() is { } cut)
            {
                int heard = cut.HeardText.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
                int difference = Math.Abs(heard - Truth(call, behind));
                within += difference <= 1 ? 1 : 0;
                exact += difference == 0 ? 1 : 0;
                worst = Math.Max(worst, difference);
            }

            run.End(call);
        }

        double share = 100.0 * within / count;
        run.Report.Add(
            "heard text within one word", $"{count} random barge-ins, {(timings ? "word times from the voice" : "word times estimated")}",
            Report.Text($"{share:F1} % (exact {100.0 * exact / count:F1} %, worst {worst} words)"), ">= 98 %", share >= 98);
    }

    private static int Truth(BenchCall call, TimeSpan delay)
    {
        double played = (call.PlayedSamples / 48_000.0) - delay.TotalSeconds;
        double at = 0;
        int words = 0;
        foreach (SpokenText spoken in call.Voice.Said)
        {
            short[] pcm = spoken.Pcm;
            // The silence before a reply is not played.
            double trimmed = at == 0 ? Math.Max(0, (FirstLoud(pcm) / (double)spoken.SampleRate) - 0.005) : 0;
            foreach (WordTiming word in spoken.Words)
                words += at + word.End.TotalSeconds - trimmed <= played ? 1 : 0;
            at += (pcm.Length / (double)spoken.SampleRate) - trimmed;
        }

        return words;
    }

    private static int FirstLoud(short[] pcm) => Math.Max(0, pcm.AsSpan().IndexOfAnyExceptInRange((short)-256, (short)256));
}
