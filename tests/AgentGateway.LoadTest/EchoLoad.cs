using System.Globalization;
using AgentGateway.Net;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentGateway.LoadTest;

/// <summary>Many calls to a server at once, each playing speech and listening to what comes back.</summary>
internal static class EchoLoad
{
    private const string Header = "server,calls,failed,cpu_ms_per_call_second,rss_mb,rss_mb_per_call,sent,received,missing,"
        + "interarrival_p50_ms,interarrival_p99_ms,setup_p50_ms,setup_p99_ms,caller_cpu_ms_per_call_second,"
        + "allocated_bytes_per_packet,gc_count,gc_pause_p99_ms,gc_pause_max_ms,lateness_p99_ms,lateness_max_ms,gc_pause_p50_ms";

    /// <summary>What callers say unless they are given a recording.</summary>
    internal const string Sentence = "Good evening. I would like to hear my own voice.";

    // Seconds of calls that come and go: their life, and as long again for set-up and hang-up.
    private static readonly double MostChurned = 2 * CallChurn.Life.TotalSeconds;

    internal static async Task<int> RunAsync(EchoLoadOptions options, CancellationToken cancellationToken)
    {
        OpusLoop loop = options.SpeechFile is { } file
            ? OpusLoop.FromWav(file)
            : await OpusLoop.FromTextAsync(Sentence, cancellationToken);
        await WarmUp.RunAsync(loop, cancellationToken);
        await using MediaTransport transport = Start(options.Calls + (int)Math.Ceiling(options.ChurnRate * MostChurned));
        using var http = new HttpClient();
        ProcessUsage idle = ProcessUsage.Read(options.ServerProcess);

        List<EchoCaller> callers = await ConnectAsync(options, loop, transport, http, cancellationToken);
        int failed = options.Calls - callers.Count;
        await Task.Delay(options.Warmup, cancellationToken);
        var churn = new CallChurn(options, loop, transport, http);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await ServerProbe.ReadAsync(options.ServerProcess, options.ProbeFile, cancellationToken);
        ProcessUsage before = ProcessUsage.Read(options.ServerProcess);
        ProcessUsage own = ProcessUsage.Read(Environment.ProcessId);
        callers.ForEach(c => c.Measure(true));
        Task churning = churn.RunAsync(over.Token);
        await Task.Delay(options.Duration, cancellationToken);
        callers.ForEach(c => c.Measure(false));
        ProcessUsage after = ProcessUsage.Read(options.ServerProcess);
        TimeSpan ownCpu = ProcessUsage.Read(Environment.ProcessId).Cpu - own.Cpu;
        ServerProbe.Sample? probe = await ServerProbe.ReadAsync(options.ServerProcess, options.ProbeFile, cancellationToken);
        await over.CancelAsync();
        await churning;
        failed += churn.Failed;
        await Task.WhenAll(callers.Select(c => HangUpAsync(c, http, cancellationToken)));

        List<double> gaps = [.. callers.SelectMany(c => c.InterArrival).Order()];
        List<double> setupTimes = [.. callers.Select(c => c.SetupTime.TotalMilliseconds).Concat(churn.SetupTimes).Order()];
        double callSeconds = (Math.Max(1, callers.Count) * options.Duration.TotalSeconds) + churn.CallSeconds;
        long sent = callers.Sum(c => c.Sent);
        long received = callers.Sum(c => c.Received);
        string row = string.Create(
            CultureInfo.InvariantCulture,
            $"{options.Name},{options.Calls},{failed},{(after.Cpu - before.Cpu).TotalMilliseconds / callSeconds:F2},{after.ResidentMegabytes:F0},"
            + $"{(after.ResidentMegabytes - idle.ResidentMegabytes) / Math.Max(1, callers.Count):F2},{sent},{received},{Math.Max(0, sent - received)},"
            + $"{Percentiles.Of(gaps, 0.5):F1},{Percentiles.Of(gaps, 0.99):F1},{Percentiles.Of(setupTimes, 0.5):F0},{Percentiles.Of(setupTimes, 0.99):F0},"
            + $"{ownCpu.TotalMilliseconds / callSeconds:F2},{Probed(probe, received)}");
        Csv.Write(options.CsvFile, Header, row);
        return failed == 0 ? 0 : 1;
    }

    /// <summary>The callers' own transport: any port, the full side of ICE.</summary>
    internal static MediaTransport Start(int calls) => MediaTransport.Start(
        new MediaTransportOptions
        {
            Ports = [0],
            IceLite = false,
            MaxConnections = calls + 1,
        },
        TimeProvider.System,
        NullLoggerFactory.Instance);

    // Calls come at a steady rate, whatever the server does with those before; one that fails is counted and left out.
    private static async Task<List<EchoCaller>> ConnectAsync(
        EchoLoadOptions options, OpusLoop loop, MediaTransport transport, HttpClient http, CancellationToken cancellationToken)
    {
        int expected = (int)(options.Duration.TotalMilliseconds / 20);
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1 / options.SetupRate));
        var setups = new List<Task<EchoCaller?>>();
        for (int i = 0; i < options.Calls && await pace.WaitForNextTickAsync(cancellationToken); i++)
        {
            var caller = new EchoCaller(loop, i, expected) { From = options.From, IsSilent = options.Silent };
            setups.Add(ConnectAsync(caller));
        }

        return [.. (await Task.WhenAll(setups)).OfType<EchoCaller>()];

        async Task<EchoCaller?> ConnectAsync(EchoCaller caller) =>
            await TryConnectAsync(caller, transport, http, options.Url, cancellationToken) ? caller : null;
    }

    /// <summary>Sets a call up; what goes wrong is told on the error output.</summary>
    internal static async Task<bool> TryConnectAsync(
        EchoCaller caller, MediaTransport transport, HttpClient http, Uri url, CancellationToken cancellationToken)
    {
        try
        {
            await caller.ConnectAsync(transport, http, url, cancellationToken);
            return true;
        }
        catch (Exception e) when (e is InvalidOperationException or TimeoutException or HttpRequestException)
        {
            await Console.Error.WriteLineAsync($"A call failed: {e.Message}");
            return false;
        }
    }

    /// <summary>Ends a call.</summary>
    internal static async Task HangUpAsync(EchoCaller caller, HttpClient http, CancellationToken cancellationToken)
    {
        try
        {
            await caller.HangUpAsync(http, cancellationToken);
        }
        catch (HttpRequestException)
        {
            // What was measured is measured.
        }
    }

    private static string Probed(ServerProbe.Sample? probe, long packets) => probe is not { } p ? ",,,,,," : string.Create(
        CultureInfo.InvariantCulture,
        $"{(double)p.AllocatedBytes / Math.Max(1, 2 * packets):F2},{p.Collections},{p.PauseP99:F2},{p.PauseMax:F2},{p.LatenessP99:F2},{p.LatenessMax:F2},{p.PauseP50:F2}");
}
