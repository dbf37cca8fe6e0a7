using AgentGateway.Conversation.Events;
using AgentGateway.Conversation.TurnTaking;
using AgentGateway.Testing;
using AgentGateway.TurnBench.Audio;

namespace AgentGateway.TurnBench.Suites;

/// <summary>Does the agent fall silent for those who mean it, and go on for those who only nod?</summary>
internal static class BargeInSuite
{
    /// <summary>About half a minute of speech.</summary>
    internal const string Text =
        "Well, let me tell you about our rooms. The first one looks over the garden, it has two beds, a desk and a comfortable chair. "
        + "The second one is a little larger, and it costs twelve more per night, but it has a balcony with a view of the river. "
        + "Both of them are quiet at night, because the street behind the house is closed for cars after ten. "
        + "In the morning there is a breakfast with fresh bread, fruit and eggs from a farm nearby. "
        + "If you come by train, somebody can meet you at the station and carry your bags.";

    private const double MostUntilSilent = 250;
    private static readonly TimeSpan End = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Decided = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(2.5);

    internal static void Run(BenchRun run)
    {
        foreach ((_, string name, double? noise, TimeSpan? echo) in Conditions().Where(c => run.Noises.Count == 0 || run.Noises.Contains(c.Level)))
        {
            Interruptions(run, name, noise, echo);
            People(run, name, noise, echo);
            ShortInterruptions(run, name, noise, echo);
            BackChannels(run, name, noise, echo);
            Undisturbed(run, name, noise, echo);
        }
    }

    /// <summary>Only nods and coughs, in a quiet room.</summary>
    internal static void RunNods(BenchRun run) => BackChannels(run, "quiet", null, null);

    /// <summary>Only sentences over the agent, in a very loud room.</summary>
    internal static void RunInterruptions(BenchRun run) => Interruptions(run, "5 dB noise", 5, null);

    private static IEnumerable<(string Level, string Name, double? Noise, TimeSpan? Echo)> Conditions()
    {
        yield return ("quiet", "quiet", null, null);
        yield return ("20", "20 dB noise", 20, null);
        yield return ("10", "10 dB noise", 10, null);
        yield return ("5", "5 dB noise", 5, null);
        yield return ("speakerphone", "speakerphone, echo -10 dB after 150 ms", null, TimeSpan.FromMilliseconds(150));
    }

    private static void Interruptions(BenchRun run, string name, double? noise, TimeSpan? echo)
    {
        Tell(run, "true barge-in", name, Interrupt(run, noise, echo, run.Count(60), run.Callers.Interruption));
    }

    // Recordings of people, who draw breath first: they are heard from their first sound of speech.
    private static void People(BenchRun run, string name, double? noise, TimeSpan? echo) =>
        Tell(run, "true barge-in by recorded people", name, Interrupt(run, noise, echo, run.Count(40), run.Callers.Person, Sounds.SpeechOnset));

    private static void Tell(BenchRun run, string who, string name, Answers answers)
    {
        double p95 = Report.Percentile(answers.UntilSilent, 0.95);
        run.Report.Add(
            $"{who}: onset to last agent packet, p50 / p95 / longest", $"{name}, {answers.Count} interruptions",
            Report.Text($"{Report.Percentile(answers.UntilSilent, 0.5):F0} / {p95:F0} / {Report.Percentile(answers.UntilSilent, 1):F0} ms"), "p95 <= 250 ms", p95 <= MostUntilSilent);
        run.Report.Add($"{who}: did not stop the agent", name, $"{answers.Missed} of {answers.Count}", "0", answers.Missed == 0);
    }

    private static void ShortInterruptions(BenchRun run, string name, double? noise, TimeSpan? echo)
    {
        Answers answers = Interrupt(run, noise, echo, run.Count(40), run.Callers.ShortInterruption);
        run.Report.Add(
            "one or two words (\"stop\", \"wait\") that did not stop the agent, said once / again after a second", name,
            $"{answers.Missed} / {answers.Ignored} of {answers.Count}");
    }

    private static Answers Interrupt(BenchRun run, double? noise, TimeSpan? echo, int count, Func<int, Utterance> say, Func<short[], TimeSpan>? begin = null)
    {
        List<double> untilSilent = [];
        int missed = 0;
        int ignored = 0;
        for (int n = 0; n < count; n++)
        {
            var random = new SeededRandom((ulong)n + 100);
            using BenchCall call = Begin(run, noise, echo, random, (ulong)n);
            int before = call.Events.Count;
            Utterance said = say(n);
            (TimeSpan onset, _) = call.Say(said);
            onset += begin?.Invoke(said.Pcm) ?? TimeSpan.Zero;
            bool stopped = call.RunUntil(() => Interrupted(call, before), said.Length + Decided);
            double after = ((call.LastAudible ?? onset) - onset).TotalMilliseconds;
            if (stopped)
                untilSilent.Add(after);
            else
                missed++;
            if (!stopped)
            {
                call.Say(said);
                ignored += call.RunUntil(() => Interrupted(call, before), said.Length + Decided) ? 0 : 1;
            }

            run.End(call);
            if (!stopped || after > MostUntilSilent || run.Verbose)
                Console.Error.WriteLine($"    {(stopped ? $"{after:F0} ms" : "missed")} {said.Name}:{CallTrace.Between(call, onset, call.Now)}");
        }

        return new Answers(count, untilSilent, missed, ignored);
    }

    private static void BackChannels(BenchRun run, string name, double? noise, TimeSpan? echo)
    {
        int trials = 0;
        int cancelled = 0;
        int changed = 0;
        int unharmed = 0;
        List<double> held = [];
        int calls = run.Count(30);
        Speech whole = Whole(run);
        for (int n = 0; n < calls; n++)
        {
            var random = new SeededRandom((ulong)n + 200);
            using BenchCall call = Begin(run, noise, echo, random, (ulong)n);
            int before = call.Events.Count;
            for (int i = 0; i < 4 && call.IsSounding; i++)
            {
                Utterance sound = i % 2 == 0
                    ? run.Callers.BackChannel((n * 2) + (i / 2))
                    : new Utterance("cough", Sounds.Cough(random), []);
                long spoken = call.SpeechFrames;
                TimeSpan began = call.Now;
                call.Say(sound);
                call.Run(sound.Length + Settled);
                trials++;
                if (run.Verbose && !Interrupted(call, before))
                    Console.Error.WriteLine($"    nothing {sound.Name}, {sound.Length.TotalMilliseconds:F0} ms:{CallTrace.Between(call, began, call.Now)}");
                if (Interrupted(call, before))
                {
                    cancelled++;
                    Console.Error.WriteLine($"    cancelled by {sound.Name}, {sound.Length.TotalMilliseconds:F0} ms:{CallTrace.Between(call, began, call.Now)}");
                    break;
                }

                held.Add(Math.Max(0, (call.Now - began).TotalMilliseconds - ((call.SpeechFrames - spoken) * 20)));
            }

            // To its end: sample for sample the speech is the one that nobody nods to.
            if (!Interrupted(call, before))
            {
                call.RunUntil(() => call.State == AgentState.Listening, TimeSpan.FromSeconds(60));
                call.Run(End);
                unharmed++;
                if (call.Speech.DifferenceFrom(whole) is { } difference)
                {
                    changed++;
                    Console.Error.WriteLine($"    changed {difference}");
                }
            }

            run.End(call);
        }

        double share = 100.0 * cancelled / Math.Max(1, trials);
        run.Report.Add("back-channels and coughs that cancel the agent", $"{name}, {trials} sounds", Report.Text($"{share:F1} %"), "<= 5 %", share <= 5);
        run.Report.Add("speeches that lost or repeated a sample at a resume", name, $"{changed} of {unharmed}", "0", changed == 0);
        run.Report.Add("time the agent held its breath, p50 / p95", name, Report.Text($"{Report.Percentile(held, 0.5):F0} ms / {Report.Percentile(held, 0.95):F0} ms"));
    }

    // Nobody says anything: how often does the agent stop for the room, or for itself?
    private static void Undisturbed(BenchRun run, string name, double? noise, TimeSpan? echo)
    {
        TimeSpan spoken = TimeSpan.Zero;
        int holds = 0;
        int interrupted = 0;
        for (int n = 0; n < run.Count(20); n++)
        {
            using BenchCall call = Begin(run, noise, echo, new SeededRandom((ulong)n + 500), (ulong)n + 500);
            call.RunUntil(() => call.State == AgentState.Listening, TimeSpan.FromSeconds(60));
            spoken += call.Now;
            interrupted += call.Events.Count(e => e is AgentInterrupted);
            run.End(call);
            holds += CallTrace.Count(call, TurnCommandKind.HoldPlayout);
        }

        run.Report.Add(
            "nobody speaks: interruptions, and holds per minute", Report.Text($"{name}, {spoken.TotalMinutes:F0} minutes of the agent's speech"),
            Report.Text($"{interrupted}, {holds / spoken.TotalMinutes:F1}"), "0 interruptions", interrupted == 0);
    }

    // What the agent says when nobody nods.
    private static Speech Whole(BenchRun run)
    {
        using BenchCall call = run.Call(new Line { Reply = Text });
        call.Type("tell me about the rooms");
        call.RunUntil(() => call.IsSounding, TimeSpan.FromSeconds(5));
        call.RunUntil(() => call.State == AgentState.Listening, TimeSpan.FromSeconds(90));
        call.Run(End);
        run.End(call);
        return call.Speech;
    }

    private static BenchCall Begin(BenchRun run, double? noise, TimeSpan? echo, SeededRandom random, ulong seed)
    {
        BenchCall call = run.Call(new Line { Reply = Text, SpeechToNoise = noise, Echo = echo, Seed = seed });
        call.Run(TimeSpan.FromSeconds(1));
        call.Type("tell me about the rooms");
        call.RunUntil(() => call.IsSounding, TimeSpan.FromSeconds(5));
        call.Run(TimeSpan.FromMilliseconds(1000 + random.Next(4000)));
        // Not in one of its own pauses: then there would be nothing to stop.
        call.RunUntil(() => call.IsSounding, TimeSpan.FromSeconds(3));
        return call;
    }

    // Milliseconds until the agent was silent, of those that stopped it; how many did not, and how many did not when they were said once more.
    private sealed record Answers(int Count, List<double> UntilSilent, int Missed, int Ignored);

    private static bool Interrupted(BenchCall call, int since) => call.Events.Skip(since).Any(e => e is AgentInterrupted);
}
