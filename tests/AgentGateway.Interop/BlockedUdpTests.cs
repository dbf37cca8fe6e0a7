using System.Text.Json;
using System.Text.RegularExpressions;
using AgentGateway.Audio;
using AgentGateway.Interop.Support;
using AgentGateway.Testing;

namespace AgentGateway.Interop;

/// <summary>Stock browsers in a network that lets no UDP pass: they reach the gateway's TCP port (ICE-TCP), with no setting about connections.</summary>
[Collection("real peers")]
public sealed partial class BlockedUdpTests
{
    [Fact]
    public async Task Chromium_hears_its_own_voice_over_tcp()
    {
        using var folder = new WorkFolder();

        await CallAsync("console-call.mjs", new
        {
            agent = "echo",
            recording = folder["heard.wav"],
            steps = (object[])
            [
                BrowserTests.Wait("echo"), await BrowserTests.SayAsync(folder, "Good evening. I would like to hear my own voice."), BrowserTests.Pause(2),
            ],
        });

        Words.AssertHeard("good evening I would like to hear my own voice", await Transcriber.TranscribeAsync(folder["heard.wav"]), 0.6);
    }

    [Fact]
    public async Task Firefox_hears_its_own_tone_over_tcp()
    {
        using var folder = new WorkFolder();
        const double seconds = 8;

        await CallAsync("firefox-call.mjs", new { agent = "echo", recording = folder["heard.wav"], seconds });

        short[] heard = WavReader.ReadAllMono(folder["heard.wav"], out int rate);
        Assert.True(heard.Length > rate * (seconds - 3), $"{heard.Length} samples");
        for (int at = rate; at + rate <= heard.Length; at += rate)
            Assert.True(Tone.ShareAt(heard.AsSpan(at, rate), rate, 1000) > 0.9, $"second {at / rate} is not the tone");
    }

    private static async Task CallAsync(string script, object call)
    {
        await using NetworkNamespace space = await NetworkNamespace.CreateAsync();
        await NftAsync(space, "add table inet f; add chain inet f out { type filter hook output priority 0; }; add rule inet f out meta l4proto udp counter drop");
        await using GatewayProcess gateway = await GatewayProcess.StartAsync(["Media:TcpPorts:0=0"], space.Prefix);
        Dictionary<string, JsonElement> options = JsonSerializer.SerializeToElement(call).EnumerateObject().ToDictionary(p => p.Name, p => p.Value);
        options["url"] = JsonSerializer.SerializeToElement(gateway.Url);
        string[] command = [.. space.Prefix, "node", Path.Combine(TestPaths.RepositoryRoot, "tests", "browser", script), JsonSerializer.Serialize(options)];

        JsonElement result = await PeerProcess.RunAsync(BrowserTests.Limit, command[0], command[1..]);

        string details = $"{result}\n{gateway.Log}";
        Assert.True(result.GetProperty("errors").GetArrayLength() == 0, details);
        Assert.True(result.GetProperty("alerts").GetArrayLength() == 0, details);
        Assert.Equal("ended", result.GetProperty("finalState").GetString());

        // UDP was tried, and nothing of it passed.
        Match counter = Packets().Match(await NftAsync(space, "list table inet f"));
        Assert.True(counter.Success && long.Parse(counter.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture) > 0, counter.Value);
    }

    private static async Task<string> NftAsync(NetworkNamespace space, string commands)
    {
        using var process = new System.Diagnostics.Process
        {
            StartInfo = new System.Diagnostics.ProcessStartInfo("ip", [.. space.Prefix[1..], "nft", commands]) { RedirectStandardOutput = true, RedirectStandardError = true },
        };
        process.Start();
        string output = await process.StandardOutput.ReadToEndAsync();
        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, errors);
        return output;
    }

    [GeneratedRegex("counter packets ([0-9]+)")]
    private static partial Regex Packets();
}
