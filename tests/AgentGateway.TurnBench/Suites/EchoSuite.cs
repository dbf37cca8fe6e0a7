using AgentGateway.Conversation.Events;
using AgentGateway.Testing;

namespace AgentGateway.TurnBench.Suites;

/// <summary>The agent on a speakerphone, nobody else in the room: it must not answer itself.</summary>
internal static class EchoSuite
{
    internal static void Run(BenchRun run)
    {
        TimeSpan target = TimeSpan.FromMinutes(60 * run.Scale);
        TimeSpan simulated = TimeSpan.Zero;
        int interruptions = 0;
        int turns = 0;
        int holds = 0;
        for (ulong n = 0; simulated < target; n++)
        {
            var random = new SeededRandom(n + 300);
            var delay = TimeSpan.FromMilliseconds(80 + random.Next(221));
            using BenchCall call = run.Call(new Line { Reply = BargeInSuite.Text, Echo = delay, Seed = n });
            for (int i = 0; i < 4; i++)
            {
                call.Type("go on");
                call.RunUntil(() => call.IsSounding, TimeSpan.FromSeconds(5));
                call.RunUntil(() => call.State == AgentState.Listening, TimeSpan.FromSeconds(90));
                call.Run(TimeSpan.FromSeconds(1));
            }

            interruptions += call.Events.Count(e => e is AgentInterrupted);
            turns += call.Events.Count(e => e is UserTurnCommitted { Typed: false });
            holds += call.Events.Count(e => e is UserSpeechStarted);
            simulated += call.Now;
            run.End(call);
        }

        double hours = simulated.TotalHours;
        run.Report.Add(
            "self-interruptions by echo per hour of speakerphone", Report.Text($"echo at -10 dB after 80-300 ms, {simulated.TotalMinutes:F0} minutes"),
            Report.Text($"{interruptions / hours:F1}"), "0", interruptions == 0);
        run.Report.Add("turns made of the agent's own words per hour", "the same", Report.Text($"{turns / hours:F1}"), "0", turns == 0);
        run.Report.Add("turns opened by echo per hour", "the same", Report.Text($"{holds / hours:F1}"));
    }
}
