using System.CommandLine;
using System.Net;
using AgentGateway.Audio;
using AgentGateway.LoadTest;
using AgentGateway.LoadTest.Tone;
using AgentGateway.LoadTest.Wer;

// Callers made with our own Rtc against any server that answers WHIP. The server is another process and is measured from
// outside, by the kernel's accounting, so that every server is measured alike.
var url = new Option<Uri>("--url") { Required = true, CustomParser = r => new Uri(r.Tokens[0].Value, UriKind.Absolute), Description = "Where offers are posted, such as http://127.0.0.1:8080/whip/echo" };
var pid = new Option<int>("--pid") { Description = "Process id of the server, for its CPU time and memory" };
var calls = new Option<int>("--calls") { DefaultValueFactory = _ => 40, Description = "Calls at the same time" };
var seconds = new Option<int>("--seconds") { DefaultValueFactory = _ => 20, Description = "Seconds measured" };
var warmup = new Option<int>("--warm-up") { DefaultValueFactory = _ => 3, Description = "Seconds between the last set-up and the measurement" };
var rate = new Option<double>("--rate") { DefaultValueFactory = _ => 20, Description = "Calls set up per second" };
var name = new Option<string>("--name") { DefaultValueFactory = _ => "server", Description = "Name in the table" };
var speech = new Option<FileInfo?>("--speech") { Description = "A WAV file that every caller plays in a loop; else a synthesized sentence" };
var from = new Option<IPAddress?>("--from") { CustomParser = r => IPAddress.Parse(r.Tokens[0].Value), Description = "Address that all callers call from, for servers with a port per call; else each has a loopback address of its own" };
var probe = new Option<FileInfo?>("--probe") { Description = "The file that AGENTGATEWAY_PROBE names in the server: allocations, collections and lateness join the row" };
var silent = new Option<bool>("--silent") { Description = "Callers send nothing: what a connected call costs by itself" };
var churn = new Option<double>("--churn") { Description = "Further calls a second that come, talk for two seconds and go while the others are measured" };
var csv = new Option<FileInfo?>("--csv") { Description = "Append the row to this file" };

var echo = new Command("echo", "Density: CPU, memory, loss and inter-arrival times of an echo server") { url, pid, calls, warmup, seconds, rate, name, speech, from, silent, churn, probe, csv };
echo.SetAction((parsed, cancellationToken) => EchoLoad.RunAsync(
    new EchoLoadOptions(
        parsed.GetRequiredValue(url),
        parsed.GetValue(pid),
        parsed.GetValue(calls),
        TimeSpan.FromSeconds(parsed.GetValue(warmup)),
        TimeSpan.FromSeconds(parsed.GetValue(seconds)),
        parsed.GetValue(rate),
        parsed.GetValue(name)!,
        parsed.GetValue(speech)?.FullName,
        parsed.GetValue(from),
        parsed.GetValue(probe)?.FullName,
        parsed.GetValue(csv)?.FullName) { Silent = parsed.GetValue(silent), ChurnRate = parsed.GetValue(churn) },
    cancellationToken));

var recordings = new Option<FileInfo[]>("--recordings") { AllowMultipleArgumentsPerToken = true, Description = "WAV files; each is one turn of the caller and should hold one sentence" };
var questions = new Option<FileInfo?>("--questions") { Description = "A text file with a sentence a line; each is synthesized and is one turn of the caller" };
var turns = new Option<int>("--turns") { DefaultValueFactory = _ => 20, Description = "Turns to measure" };
var latency = new Command("latency", "Response latency: end of the caller's speech to the agent's first sound") { url, recordings, questions, turns, name, csv };
latency.SetAction((parsed, cancellationToken) => LatencyRun.RunAsync(
    parsed.GetRequiredValue(url),
    new LatencyRunOptions(
        [.. parsed.GetValue(recordings)?.Select(f => f.FullName) ?? []],
        parsed.GetValue(questions)?.FullName,
        parsed.GetValue(turns),
        parsed.GetValue(name)!,
        parsed.GetValue(csv)?.FullName),
    cancellationToken));

var model = new Option<DirectoryInfo>("--model") { Required = true, Description = "Folder of the streaming recogniser's model" };
var loss = new Option<int[]>("--loss") { DefaultValueFactory = _ => [5, 10, 20], AllowMultipleArgumentsPerToken = true, Description = "Percent of packets lost; 0 is always measured" };
var repair = new Option<string[]>("--repair") { DefaultValueFactory = _ => ["none", "fec", "red", "nack", "all"], AllowMultipleArgumentsPerToken = true, Description = "none, or fec, red, nack joined by +; all is the three" };
var seeds = new Option<int>("--seeds") { DefaultValueFactory = _ => 3, Description = "Runs of each cell" };
var latencyMs = new Option<double>("--latency") { DefaultValueFactory = _ => 30, Description = "One-way delay in ms" };
var jitterMs = new Option<double>("--jitter") { DefaultValueFactory = _ => 10, Description = "Each packet's delay varies by up to this many ms both ways" };
var maxDelayMs = new Option<double>("--max-delay") { DefaultValueFactory = _ => new JitterBufferOptions().MaxDelay.TotalMilliseconds, Description = "Most delay that the jitter buffer aims at, in ms" };
var wer = new Command("wer", "Word error rate of the streaming recogniser behind a simulated bad network") { model, loss, repair, seeds, latencyMs, jitterMs, maxDelayMs, csv };
wer.SetAction((parsed, cancellationToken) => WerRun.RunAsync(
    new WerOptions(
        parsed.GetRequiredValue(model).FullName,
        parsed.GetValue(loss)!,
        parsed.GetValue(repair)!,
        parsed.GetValue(seeds),
        TimeSpan.FromMilliseconds(parsed.GetValue(latencyMs)),
        TimeSpan.FromMilliseconds(parsed.GetValue(jitterMs)),
        TimeSpan.FromMilliseconds(parsed.GetValue(maxDelayMs)),
        parsed.GetValue(csv)?.FullName),
    cancellationToken));

var voiceActivity = new Option<FileInfo>("--vad") { Required = true, Description = "silero_vad_v5.onnx" };
var shards = new Option<int>("--shards") { DefaultValueFactory = _ => 1, Description = "Media threads" };
var ownTones = new Option<bool>("--own-tones") { Description = "Each call has a frequency of its own, so that none can send what another has encoded" };
var tone = new Command("tone", "Serves an agent that listens with Silero and speaks a sine; prints its URL") { voiceActivity, shards, ownTones };
tone.SetAction((parsed, cancellationToken) => ToneServer.RunAsync(
    parsed.GetRequiredValue(voiceActivity).FullName, parsed.GetValue(shards), parsed.GetValue(ownTones), cancellationToken));

var opus = new Command("opus", "CPU of libopus alone: what as many echo calls cost without network, encryption and jitter buffer") { calls, seconds, csv };
opus.SetAction((parsed, cancellationToken) => OpusBaseline.RunAsync(
    parsed.GetValue(calls), parsed.GetValue(seconds), parsed.GetValue(csv)?.FullName, cancellationToken));

return await new RootCommand("Load and latency measurements over real WebRTC calls") { echo, latency, wer, tone, opus }.Parse(args).InvokeAsync();
