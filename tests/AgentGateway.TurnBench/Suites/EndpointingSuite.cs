using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Events;
using AgentGateway.Testing;
using AgentGateway.TurnBench.Audio;

namespace AgentGateway.TurnBench.Suites;

/// <summary>Does the agent wait for the end of the sentence, and how long does it wait after it?</summary>
internal static class EndpointingSuite
{
    internal const string CutIns = "cut-ins per 100 turns";

    private const int TurnsPerCall = 8;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    private static readonly (string Name, double? Noise)[] Levels = [("quiet", null), ("20", 20), ("10", 10), ("5", 5)];

    internal static void Run(BenchRun run)
    {
        Outcome allPauses = new();
        Outcome allPlain = new();
        foreach ((string name, double? noise) in Levels.Where(level => run.Noises.Count == 0 || run.Noises.Contains(level.Name)))
        {
            Outcome pauses = Play(run, new TurnOptions(), noise, run.Count(120), WithPause);
            Outcome plain = Play(run, new TurnOptions(), noise, run.Count(60), Plain);
            Add(run, noise is null ? name : $"{name} dB noise", pauses, plain);
            allPauses.Add(pauses);
            allPlain.Add(plain);
        }

        Add(run, "all together", allPauses, allPlain);
    }

    private static void Add(BenchRun run, string name, Outcome pauses, Outcome plain)
    {
        run.Report.Add(CutIns, $"{name}, pauses of 0.3-0.9 s inside sentences, {pauses.Turns} turns", Report.Text($"{pauses.CutInsPer100:F1}"), "<= 5", pauses.CutInsPer100 <= 5);
        run.Report.Add("turns split in two", name, Report.Text($"{pauses.SplitsPer100:F1} per 100"));
        run.Report.Add("response latency after such turns, p50 / p95", name, Seconds(pauses));
        bool reached = Report.Percentile(plain.Latencies, 0.5) <= 0.8 && Report.Percentile(plain.Latencies, 0.95) <= 1.3;
        run.Report.Add("response latency, embedded engines, p50 / p95", $"{name}, {plain.Turns} turns without pauses", Seconds(plain), "<= 0.8 s / <= 1.3 s", reached);
        run.Report.Add("its parts at p50: endpointing, transcript, model, first sentence, voice, pacing", name, plain.Parts());
        run.Report.Add("unanswered turns", name, $"{pauses.Unanswered + plain.Unanswered} of {pauses.Turns + plain.Turns}");
    }

    /// <summary>Pauses as people make them, who look for a word; and pauses with a breath, a click or a cough inside.</summary>
    internal static void RunHesitations(BenchRun run)
    {
        foreach ((string name, double? noise) in Levels.Where(level => run.Noises.Count == 0 || run.Noises.Contains(level.Name)))
        {
            string level = noise is null ? name : $"{name} dB noise";
            Outcome hesitant = Play(run, new TurnOptions(), noise, run.Count(100), (said, n, random) => run.Callers.Hesitation(n, Pause(random)));
            AddPauses(run, $"{level}, hesitations of 0.3-0.9 s: drawn-out syllables, every second time \"um\" or \"uh\"", hesitant);
            Outcome sounds = Play(run, new TurnOptions(), noise, run.Count(100), WithSound);
            AddPauses(run, $"{level}, a short sound in pauses of 0.5-1 s inside sentences", sounds);
        }
    }

    private static void AddPauses(BenchRun run, string conditions, Outcome outcome)
    {
        run.Report.Add(CutIns, $"{conditions}, {outcome.Turns} turns", Report.Text($"{outcome.CutInsPer100:F1}"), "<= 5", outcome.CutInsPer100 <= 5);
        run.Report.Add("response latency after such turns, p50 / p95", conditions, Seconds(outcome));
    }

    /// <summary>Cut-ins against latency, for authors of agents to choose.</summary>
    internal static void RunCurve(BenchRun run)
    {
        foreach ((int min, int max) in new[] { (150, 1000), (200, 1500), (300, 2000), (300, 2500), (400, 2500), (500, 3000), (700, 4000) })
        {
            var turn = new TurnOptions { MinDelay = TimeSpan.FromMilliseconds(min), MaxDelay = TimeSpan.FromMilliseconds(max) };
            Outcome outcome = Play(run, turn, null, run.Count(90), WithPause);
            run.Report.Add(
                $"curve: min_ms {min}, max_ms {max}", "quiet, pauses of 0.3-0.9 s",
                Report.Text($"{outcome.CutInsPer100:F1} cut-ins per 100 turns at {Seconds(outcome)} (mean {outcome.Latencies.DefaultIfEmpty().Average():F2} s)"));
        }
    }

    private static Outcome Play(BenchRun run, TurnOptions turn, double? noise, int turns, Func<Utterance, int, SeededRandom, Utterance> change)
    {
        var outcome = new Outcome();
        for (int n = 0; n < turns;)
        {
            var random = new SeededRandom((ulong)n + 1);
            using BenchCall call = run.Call(new Line { Turn = turn, SpeechToNoise = noise, Seed = (ulong)n });
            call.Run(TimeSpan.FromSeconds(1));
            for (int i = 0; i < TurnsPerCall && n < turns; i++, n++)
            {
                Utterance said = change(run.Callers.Turn(n), n, random);
                Ask(run, call, said, outcome);
                call.Run(TimeSpan.FromMilliseconds(600 + random.Next(600)));
            }

            run.End(call);
        }

        return outcome;
    }

    private static Utterance Plain(Utterance said, int n, SeededRandom random) => said;

    private static TimeSpan Pause(SeededRandom random) => TimeSpan.FromMilliseconds(300 + random.Next(600));

    private static Utterance WithPause(Utterance said, int n, SeededRandom random)
    {
        if (said.Gaps.Count == 0)
            return said;
        TimeSpan pause = Pause(random);
        int gap = random.Next(said.Gaps.Count);
        return said.WithPause(pause, gap) with { Name = Report.Text($"{said.Name} [{pause.TotalMilliseconds:F0} ms at {(double)said.Gaps[gap] / Utterance.SampleRate:F2} s]") };
    }

    // A third each: a breath of 0.2 s, the click of lips, a short cough.
    private static Utterance WithSound(Utterance said, int n, SeededRandom random)
    {
        if (said.Gaps.Count == 0)
            return said;
        short[] sound = (n % 3) switch { 0 => Sounds.Breath(random, 200, -44), 1 => Sounds.Breath(random, 20, -30), _ => Sounds.Cough(random, 1) };
        var before = TimeSpan.FromMilliseconds(250 + random.Next(250));
        var after = TimeSpan.FromMilliseconds(100 + random.Next(200));
        int gap = random.Next(said.Gaps.Count);
        return said.WithPause(before, sound, after, gap) with
        {
            Name = Report.Text($"{said.Name} [{before.TotalMilliseconds:F0} ms, {sound.Length / 16.0:F0} ms of sound, {after.TotalMilliseconds:F0} ms at {(double)said.Gaps[gap] / Utterance.SampleRate:F2} s]"),
        };
    }

    private static void Ask(BenchRun run, BenchCall call, Utterance said, Outcome outcome)
    {
        outcome.Turns++;
        int before = call.Events.Count;
        (TimeSpan start, TimeSpan end) = call.Say(said);
        bool cut = false;
        while (call.Now < end)
        {
            call.Step();
            cut |= call.IsSounding;
        }

        outcome.CutIns += cut ? 1 : 0;
        int committed = call.Events.Skip(before).Count(e => e is UserTurnCommitted);
        outcome.Splits += committed > 0 ? 1 : 0;
        TimeSpan? sounding = call.LastAudible;
        if (!call.RunUntil(() => call.IsSounding && call.LastAudible != sounding, Patience))
            outcome.Unanswered++;
        else if (!cut && committed == 0)
            outcome.Latencies.Add((call.Now - end).TotalSeconds);
        TimeSpan answered = call.Now;
        call.RunUntil(() => !call.IsSounding && call.Now - call.LastAudible > TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));
        foreach (TurnMeasured measured in call.Events.Skip(before).OfType<TurnMeasured>())
        {
            if (!cut && committed == 0)
                outcome.Measured.Add(measured.Latency);
        }

        if (run.Verbose)
            Console.Error.WriteLine(Report.Text($"{(cut ? "CUT-IN " : "")}{said.Name}, {said.Length.TotalSeconds:F2} s, answered {(answered - end).TotalMilliseconds:F0} ms after: {CallTrace.Between(call, start, answered)}"));
    }

    private static string Seconds(Outcome outcome) =>
        Report.Text($"{Report.Percentile(outcome.Latencies, 0.5):F2} s / {Report.Percentile(outcome.Latencies, 0.95):F2} s");

    private sealed class Outcome
    {
        public int Turns { get; set; }

        public int CutIns { get; set; }

        public int Splits { get; set; }

        public int Unanswered { get; set; }

        public List<double> Latencies { get; } = [];

        public List<TurnLatency> Measured { get; } = [];

        public double CutInsPer100 => 100.0 * CutIns / Math.Max(1, Turns);

        public double SplitsPer100 => 100.0 * Splits / Math.Max(1, Turns);

        public void Add(Outcome other)
        {
            Turns += other.Turns;
            CutIns += other.CutIns;
            Splits += other.Splits;
            Unanswered += other.Unanswered;
            Latencies.AddRange(other.Latencies);
            Measured.AddRange(other.Measured);
        }

        public string Parts() => string.Join(
            " + ",
            new[] { Part(m => m.Endpointing), Part(m => m.Transcription), Part(m => m.LlmFirstToken), Part(m => m.FirstChunk), Part(m => m.TtsFirstAudio), Part(m => m.Pacing) }) + " ms";

        private string Part(Func<TurnLatency, TimeSpan> part) =>
            Report.Text($"{Report.Percentile([.. Measured.Select(m => part(m).TotalMilliseconds)], 0.5):F0}");
    }
}
