using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using AgentGateway.Testing;

namespace AgentGateway.Interop.Support;

/// <summary>The real gateway as a process of its own, on ports that the system chose.</summary>
internal sealed partial class GatewayProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly StringBuilder _log = new();
    private readonly TaskCompletionSource<Uri> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private GatewayProcess(Process process) => _process = process;

    internal Uri Url { get; private set; } = null!;

    internal int Id => _process.Id;

    /// <summary>The UDP port for media.</summary>
    internal int MediaPort { get; private set; }

    /// <summary>Memory that the process holds, in megabytes.</summary>
    internal double ResidentMegabytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64 / (1024.0 * 1024);
        }
    }

    internal bool HasExited => _process.HasExited;

    internal string Log
    {
        get
        {
            lock (_log)
                return _log.ToString();
        }
    }

    /// <summary>Starts the gateway and waits until it says that it is ready.</summary>
    /// <param name="settings">Configuration as on the command line, without the dashes.</param>
    /// <param name="prefix">A command that runs the gateway, such as ip netns exec NAME.</param>
    /// <param name="environment">Environment variables to set, or to remove when null.</param>
    internal static async Task<GatewayProcess> StartAsync(
        IEnumerable<string> settings, string[]? prefix = null, IReadOnlyDictionary<string, string?>? environment = null)
    {
        GatewayProcess gateway = Launch(settings, prefix, environment);
        try
        {
            gateway.Url = await gateway._ready.Task.WaitAsync(StartTimeout);
            return gateway;
        }
        catch (Exception e)
        {
            await gateway.DisposeAsync();
            throw new InvalidOperationException($"The gateway did not start. Its output:\n{gateway.Log}", e);
        }
    }

    /// <summary>The gateway on loopback, which other peers on this machine reach at 127.0.0.1 only.</summary>
    internal static Task<GatewayProcess> StartOnLoopbackAsync(params string[] settings) =>
        StartAsync(["Media:AdvertisedAddresses:0=127.0.0.1", .. settings]);

    /// <summary>Starts a gateway that is expected to refuse to start; returns its exit code and output.</summary>
    internal static async Task<(int ExitCode, string Log)> RunToExitAsync(IEnumerable<string> settings, string? workingDirectory = null)
    {
        await using GatewayProcess gateway = Launch(settings, null, null, workingDirectory);
        await gateway._process.WaitForExitAsync().WaitAsync(StartTimeout);
        return (gateway._process.ExitCode, gateway.Log);
    }

    /// <summary>Waits for a line of the log and returns it: it is written by another thread than the one that does what it tells.</summary>
    internal async Task<string> LoggedAsync(params string[] parts)
    {
        string? line = null;
        await Eventually.TrueAsync(
            () => Task.FromResult((line = Log.Split('\n').FirstOrDefault(l => parts.All(p => l.Contains(p, StringComparison.Ordinal)))) is not null),
            () => $"no line with {string.Join(", ", parts)}:\n{Log}");
        return line!;
    }

    /// <summary>The line about the end of a call; without an id, of the first one that ended.</summary>
    internal Task<string> EndLineAsync(string callId = "") => LoggedAsync($"Call {callId}", " ended after ");

    internal async Task<JsonElement> GetJsonAsync(string path)
    {
        using var http = new HttpClient { BaseAddress = Url };
        return JsonDocument.Parse(await http.GetStringAsync(path)).RootElement;
    }

    /// <summary>The gateway knows that a peer's call is over, and that it was the caller who ended it.</summary>
    /// <param name="call">What the peer told of the call.</param>
    internal async Task AssertCallerHungUpAsync(JsonElement call)
    {
        string id = call.GetProperty("session").GetString()!.Split('/')[^1];
        Assert.Contains(": CallerHungUp (", await EndLineAsync(id));
        await Eventually.TrueAsync(
            async () => (await GetJsonAsync("readyz")).GetProperty("active_calls").GetInt32() == 0, () => $"the call is still there\n{Log}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            using (Process kill = Process.Start("kill", ["-TERM", Id.ToString(CultureInfo.InvariantCulture)]))
                await kill.WaitForExitAsync();
            try
            {
                await _process.WaitForExitAsync().WaitAsync(StopTimeout);
            }
            catch (TimeoutException)
            {
                _process.Kill(entireProcessTree: true);
                await _process.WaitForExitAsync();
            }
        }

        _process.Dispose();
    }

    private static GatewayProcess Launch(
        IEnumerable<string> settings, string[]? prefix, IReadOnlyDictionary<string, string?>? environment, string? workingDirectory = null)
    {
        string host = Path.Combine(AppContext.BaseDirectory, "AgentGateway.Host.dll");
        List<string> command = [.. prefix ?? [], "dotnet", host, "--urls", "http://127.0.0.1:0", "--Media:Ports:0=0"];
        if (!settings.Any(s => s.StartsWith("Agents:Path", StringComparison.Ordinal)))
            command.Add($"--Agents:Path={Path.Combine(TestPaths.RepositoryRoot, "prompts")}");
        command.AddRange(settings.Select(s => "--" + s));
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = workingDirectory ?? Path.GetTempPath(),
        };

        // A developer's keys must not send test calls to a vendor.
        foreach (string name in start.Environment.Keys.Where(k => k.StartsWith("OPENAI_", StringComparison.Ordinal)).ToArray())
            start.Environment.Remove(name);
        foreach ((string name, string? value) in environment ?? new Dictionary<string, string?>())
            start.Environment[name] = value;

        var gateway = new GatewayProcess(new Process { StartInfo = start });
        gateway._process.OutputDataReceived += (_, e) => gateway.Read(e.Data);
        gateway._process.ErrorDataReceived += (_, e) => gateway.Read(e.Data);
        gateway._process.Start();
        gateway._process.BeginOutputReadLine();
        gateway._process.BeginErrorReadLine();
        gateway._process.StandardInput.Close();
        return gateway;
    }

    private void Read(string? line)
    {
        if (line is null)
        {
            _ready.TrySetException(new InvalidOperationException("The gateway ended."));
            return;
        }

        lock (_log)
            _log.AppendLine(line);
        if (ReadyLine().Match(line) is { Success: true } match)
        {
            MediaPort = int.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture);
            _ready.TrySetResult(new Uri(match.Groups[1].Value));
        }
    }

    [GeneratedRegex(@"AgentGateway is ready: (http://\S+) \(media on UDP (\d+)")]
    private static partial Regex ReadyLine();
}
