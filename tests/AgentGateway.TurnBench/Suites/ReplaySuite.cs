using System.Diagnostics;
using AgentGateway.Conversation.Log;
using AgentGateway.Conversation.Log.Replay;
using AgentGateway.Testing;

namespace AgentGateway.TurnBench.Suites;

/// <summary>The same log gives the same decisions, and soon.</summary>
internal static class ReplaySuite
{
    internal static void Run(BenchRun run)
    {
        using BenchCall call = run.Call(new Line { SpeechToNoise = 20 });
        var random = new SeededRandom(500);
        TimeSpan length = TimeSpan.FromMinutes(10 * Math.Min(1, run.Scale * 2));
        for (int n = 0; call.Now < length; n++)
        {
            call.Say(n % 4 == 3 ? run.Callers.BackChannel(n) : run.Callers.Turn(n));
            call.Run(TimeSpan.FromMilliseconds(3000 + random.Next(6000)));
        }

        run.End(call);
        CallLogReader.TryOpen(call.Log, out CallLogReader? log, out _);
        long started = Stopwatch.GetTimestamp();
        ReplayReport report = CallReplay.Run(log!);
        TimeSpan took = Stopwatch.GetElapsedTime(started);
        run.Report.Add(
            "replay of a call", Report.Text($"{report.Length.TotalMinutes:F1} minutes, {call.Log.Length / 1024.0:F0} KB, {report.Facts} facts, {report.Commands} decisions"),
            Report.Text($"{took.TotalSeconds:F2} s"), "< 5 s", took.TotalSeconds < 5);
        double same = 100.0 * (run.Replayed - run.Different.Count) / run.Replayed;
        run.Report.Add("same log, same decisions", $"all {run.Replayed} calls of this run", Report.Text($"{same:F1} %"), "100 %", run.Different.Count == 0);
        run.Report.Add("invariants of the log violated", $"all {run.Replayed} calls of this run", $"{run.Violations.Count}", "0", run.Violations.Count == 0);
        foreach (string different in run.Different.Take(3).Concat(run.Violations.Take(5)))
            Console.Error.WriteLine(different);
    }
}
