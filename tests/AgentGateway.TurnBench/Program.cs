using System.CommandLine;
using System.Diagnostics;
using AgentGateway.Testing;
using AgentGateway.TurnBench;
using AgentGateway.TurnBench.Audio;
using AgentGateway.TurnBench.Engines;
using AgentGateway.TurnBench.Suites;

// Turn-taking, measured: whole conversations with the embedded engines on virtual time. Engines are charged fixed costs,
// so a run gives the same figures on a busy machine as on an idle one, and twice the same.
(string Name, Action<BenchRun> Run)[] suites =
[
    ("endpointing", EndpointingSuite.Run),
    ("hesitation", EndpointingSuite.RunHesitations),
    ("barge-in", BargeInSuite.Run),
    ("echo", EchoSuite.Run),
    ("noise", NoiseSuite.Run),
    ("heard", HeardTextSuite.Run),
    ("words", WordTimesSuite.Run),
    ("overhead", OverheadSuite.Run),
    ("curve", EndpointingSuite.RunCurve),
    ("replay", ReplaySuite.Run),
];
var scale = new Option<double>("--scale") { DefaultValueFactory = _ => 1, Description = "Share of the full size, such as 0.1 for a quick look" };
var only = new Option<string[]>("--only") { DefaultValueFactory = _ => [], AllowMultipleArgumentsPerToken = true, Description = "Suites: " + string.Join(", ", suites.Select(s => s.Name)) };
var output = new Option<DirectoryInfo?>("--out") { Description = "Folder for turns.md and turns.csv" };
var cast = new Option<string>("--cast") { DefaultValueFactory = _ => Cast.Tuned.Name, Description = "Who calls: those the rules were made with, or others, whom fewer rules have seen" };
cast.AcceptOnlyFromAmong([.. Cast.All.Select(each => each.Name)]);
var costs = new Option<bool>("--measure-costs") { Description = "Charge the engines what 95 of 100 of their computations cost on this machine, not the reference" };
var noise = new Option<string[]>("--noise") { DefaultValueFactory = _ => [], AllowMultipleArgumentsPerToken = true, Description = "Levels of endpointing, hesitation and barge-in: quiet, 20, 10, 5, speakerphone (barge-in)" };
var verbose = new Option<bool>("--verbose") { Description = "Print every call: its events, or what was decided in it" };
var root = new RootCommand("Measures turn-taking over recordings and generated dialogues") { scale, only, output, cast, costs, noise, verbose };
root.SetAction(async (parsed, cancellationToken) =>
{
    if (Recordings.All.Count == 0)
    {
        Console.Error.WriteLine("error: the recordings are missing: set AGENTGATEWAY_SHARED.");
        return 2;
    }

    await using var engines = new BenchEngines();
    if (parsed.GetValue(costs))
        await engines.MeasureAsync();
    Console.Error.WriteLine($"engines: {engines.Costs}");
    Cast callers = Cast.All.First(each => each.Name == parsed.GetValue(cast));
    var report = new Report(callers.Name);
    var run = new BenchRun(engines, new Callers(engines, callers), report, parsed.GetValue(scale)) { Verbose = parsed.GetValue(verbose), Noises = parsed.GetValue(noise)! };
    foreach ((string name, Action<BenchRun> action) in suites.Where(s => parsed.GetValue(only) is not { Length: > 0 } names || names.Contains(s.Name)))
    {
        long started = Stopwatch.GetTimestamp();
        Console.Error.WriteLine(name);
        action(run);
        Console.Error.WriteLine($"  {Stopwatch.GetElapsedTime(started).TotalSeconds:F0} s");
    }

    Console.WriteLine(report.ToMarkdown());
    if (parsed.GetValue(output) is { } folder)
    {
        folder.Create();
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "turns.md"), report.ToMarkdown(), cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "turns.csv"), report.ToCsv(), cancellationToken);
    }

    return 0;
});
return await root.Parse(args).InvokeAsync();
