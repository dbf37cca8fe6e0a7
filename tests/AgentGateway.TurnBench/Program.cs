using System.CommandLine;
using System.Diagnostics;
using AgentGateway.Testing;
using AgentGateway.TurnBench;
using AgentGateway.TurnBench.Audio;
using AgentGateway.TurnBench.Engines;
using AgentGateway.TurnBench.Suites;

// Turn-taking, measured: whole conversations with the embedded engines on virtual time. Engines are charged the processor time they took,
// so a run on a busy machine gives the same figures as on an idle one, only later.
(string Name, Action<BenchRun> Run)[] suites =
[
    ("endpointing", EndpointingSuite.Run),
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
var heldOut = new Option<bool>("--held-out") { Description = "Other voices and phrases than those the rules were made with" };
var verbose = new Option<bool>("--verbose") { Description = "Print the events of every call" };
var root = new RootCommand("Measures turn-taking over recordings and generated dialogues") { scale, only, output, heldOut, verbose };
root.SetAction(async (parsed, cancellationToken) =>
{
    if (Recordings.All.Count == 0)
    {
        Console.Error.WriteLine("error: the recordings are missing: set AGENTGATEWAY_SHARED.");
        return 2;
    }

    await using var engines = new BenchEngines();
    var report = new Report();
    var run = new BenchRun(engines, new Callers(engines, parsed.GetValue(heldOut)), report, parsed.GetValue(scale)) { Verbose = parsed.GetValue(verbose) };
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
