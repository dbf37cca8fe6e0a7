using System.CommandLine;
using AgentGateway.LoadTest;

// Callers made with our own Rtc against any server that answers WHIP. The server is another process and is measured from
// outside, by the kernel's accounting, so that every server is measured alike.
var url = new Option<Uri>("--url") { Required = true, CustomParser = r => new Uri(r.Tokens[0].Value, UriKind.Absolute), Description = "Where offers are posted, such as http://127.0.0.1:8080/whip/echo" };
var pid = new Option<int>("--pid") { Description = "Process id of the server, for its CPU time and memory" };
var calls = new Option<int>("--calls") { DefaultValueFactory = _ => 40, Description = "Calls at the same time" };
var seconds = new Option<int>("--seconds") { DefaultValueFactory = _ => 20, Description = "Seconds measured, after a warm-up of 3" };
var rate = new Option<double>("--rate") { DefaultValueFactory = _ => 20, Description = "Calls set up per second" };
var name = new Option<string>("--name") { DefaultValueFactory = _ => "server", Description = "Name in the table" };
var speech = new Option<FileInfo>("--speech") { Required = true, Description = "A WAV file that every caller plays in a loop" };
var csv = new Option<FileInfo?>("--csv") { Description = "Append the row to this file" };

var echo = new Command("echo", "Density: CPU, memory, loss and inter-arrival times of an echo server") { url, pid, calls, seconds, rate, name, speech, csv };
echo.SetAction((parsed, cancellationToken) => EchoLoad.RunAsync(
    new EchoLoadOptions(
        parsed.GetRequiredValue(url),
        parsed.GetValue(pid),
        parsed.GetValue(calls),
        TimeSpan.FromSeconds(parsed.GetValue(seconds)),
        parsed.GetValue(rate),
        parsed.GetValue(name)!,
        parsed.GetRequiredValue(speech).FullName,
        parsed.GetValue(csv)?.FullName),
    cancellationToken));

var recordings = new Option<DirectoryInfo>("--recordings") { Required = true, Description = "Folder of WAV files; each is one turn of the caller" };
var turns = new Option<int>("--turns") { DefaultValueFactory = _ => 20, Description = "Turns to measure" };
var latency = new Command("latency", "Response latency: end of the caller's speech to the agent's first sound") { url, recordings, turns, name, csv };
latency.SetAction((parsed, cancellationToken) => LatencyRun.RunAsync(
    parsed.GetRequiredValue(url),
    parsed.GetRequiredValue(recordings).FullName,
    parsed.GetValue(turns),
    parsed.GetValue(name)!,
    parsed.GetValue(csv)?.FullName,
    cancellationToken));

return await new RootCommand("Load and latency measurements over real WebRTC calls") { echo, latency }.Parse(args).InvokeAsync();
