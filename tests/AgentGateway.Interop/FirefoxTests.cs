using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using AgentGateway.Audio;
using AgentGateway.Interop.Support;
using AgentGateway.Testing;

namespace AgentGateway.Interop;

/// <summary>
/// Stock headless Firefox drives the console page in a network namespace of the test's own. Its only preferences replace
/// the microphone by a tone and grant it; nothing about connections is set.
/// </summary>
[Collection("real peers")]
public sealed partial class FirefoxTests
{
    // Long enough for two receiver reports, which come 2.5 to 7.5 s apart (RFC 3550 section 6.2).
    private const double CallSeconds = 14;

    [Fact]
    public async Task The_echo_agent_returns_the_tone_of_its_microphone()
    {
        using var folder = new WorkFolder();
        JsonElement result = await CallAsync("echo", folder, []);

        // Firefox's fake microphone plays 1 kHz. All that returns is that tone, from the call's first second on.
        short[] heard = WavReader.ReadAllMono(folder["heard.wav"], out int rate);
        Assert.True(heard.Length > rate * (CallSeconds - 3), $"{heard.Length} samples; {result}");
        for (int at = rate; at + rate <= heard.Length; at += rate)
        {
            double share = Tone.ShareAt(heard.AsSpan(at, rate), rate, 1000);
            Assert.True(share > 0.9, $"{share:P0} of second {at / rate} is the tone; {result}");
        }
    }

    [Fact]
    public async Task The_receptionist_greets_it()
    {
        using var folder = new WorkFolder();
        // The greeting is over within the call, however late the call began.
        JsonElement result = await CallAsync("receptionist", folder, ["speaking", "listening"]);

        // A tone is nobody speaking, so the agent may ask after its caller towards the end.
        JsonElement greeting = result.GetProperty("bubbles")[0];
        Assert.Equal("agent", greeting.GetProperty("side").GetString());
        Assert.All(result.GetProperty("bubbles").EnumerateArray(), b => Assert.Equal("agent", b.GetProperty("side").GetString()));
        Words.AssertHeard(greeting.GetProperty("text").GetString()!, await Transcriber.TranscribeAsync(folder["heard.wav"]), 0.6);
        string[] states = [.. result.GetProperty("states").EnumerateArray().Select(s => s[1].GetString()!)];
        Assert.True(states.SkipWhile(s => s != "speaking").Contains("listening"), $"It never listened again: {result}");
    }

    private static async Task<JsonElement> CallAsync(string agent, WorkFolder folder, string[] states)
    {
        await using NetworkNamespace space = await NetworkNamespace.CreateAsync();
        await using GatewayProcess gateway = await GatewayProcess.StartAsync([], space.Prefix);
        string options = JsonSerializer.Serialize(new { url = gateway.Url, agent, recording = folder["heard.wav"], seconds = CallSeconds, states });
        string[] command = [.. space.Prefix, "node", Path.Combine(TestPaths.RepositoryRoot, "tests", "browser", "firefox-call.mjs"), options];
        JsonElement result = await PeerProcess.RunAsync(BrowserTests.Limit, command[0], command[1..]);

        string details = $"{result}\n{gateway.Log}";
        Assert.True(result.GetProperty("errors").GetArrayLength() == 0, details);
        Assert.True(result.GetProperty("alerts").GetArrayLength() == 0, details);
        Assert.Equal("ended", result.GetProperty("finalState").GetString());
        JsonElement connected = Assert.Single(result.GetProperty("connectionStates").EnumerateArray(), s => s[1].GetString() == "connected");

        JsonElement statistics = result.GetProperty("statistics");
        // Audio comes from the moment of connection.
        double secondsConnected = statistics.GetProperty("seconds").GetDouble() - connected[0].GetDouble();
        // Frames for which the machine had no time are never sent late; they are counted.
        int skipped = int.Parse(Skipped().Match(await gateway.EndLineAsync()).Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        Assert.True(statistics.GetProperty("packetsReceived").GetInt32() + skipped > 50 * (secondsConnected - 1), details);
        Assert.True(statistics.GetProperty("packetsLost").GetInt32() == 0, details);
        Assert.True(statistics.GetProperty("totalAudioEnergy").GetDouble() > 0.01, details);

        // What Firefox sends arrives: the gateway's receiver reports say so.
        Assert.True(statistics.GetProperty("remotePacketsReceived").GetInt32() > 50, details);
        Assert.Contains("m=audio", statistics.GetProperty("answer").GetString(), StringComparison.Ordinal);

        IReadOnlyList<RtviMessage> messages = RtviMessage.ReadAll(result);
        Assert.Single(messages, m => m.Type == "bot-ready");
        return result;
    }

    [GeneratedRegex(@"skipped (\d+)")]
    private static partial Regex Skipped();
}
