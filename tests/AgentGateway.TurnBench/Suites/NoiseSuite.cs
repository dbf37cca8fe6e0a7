using AgentGateway.Conversation.Events;

namespace AgentGateway.TurnBench.Suites;

/// <summary>A loud room and nobody who speaks: noise alone must not open a turn.</summary>
internal static class NoiseSuite
{
    internal static void Run(BenchRun run)
    {
        TimeSpan length = TimeSpan.FromMinutes(10 * run.Scale);
        foreach (int ratio in new[] { 20, 10, 5 })
        {
            using BenchCall call = run.Call(new Line { SpeechToNoise = ratio, Seed = (ulong)ratio });
            call.Run(length);
            int opened = call.Events.Count(e => e is UserSpeechStarted);
            int answered = call.Events.Count(e => e is ReplyStarted);
            run.End(call);
            run.Report.Add(
                "turns opened by noise alone", Report.Text($"as loud as at {ratio} dB, {length.TotalMinutes:F0} minutes"),
                $"{opened}, answered {answered}", "0", opened == 0);
        }
    }
}
