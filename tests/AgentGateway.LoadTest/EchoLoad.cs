using System.Globalization;
using AgentGateway.Net;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentGateway.LoadTest;

/// <summary>Many calls to an echo server at once.</summary>
internal static class EchoLoad
{
    private const string Header = "server,calls,cpu_ms_per_call_second,rss_mb,rss_mb_per_call,sent,received,lost,interarrival_p50_ms,interarrival_p99_ms,setup_p50_ms,setup_p99_ms";
    private static readonly TimeSpan Warmup = TimeSpan.FromSeconds(3);

    internal static async Task<int> RunAsync(EchoLoadOptions options, CancellationToken cancellationToken)
    {
        OpusLoop loop = OpusLoop.FromWav(options.SpeechFile);
        await using MediaTransport transport = Start(options.Calls);
        using var http = new HttpClient();
        ProcessUsage idle = ProcessUsage.Read(options.ServerProcess);

        int expected = (int)(options.Duration.TotalMilliseconds / 20);
        var callers = new List<EchoCaller>();
        using (var pace = new PeriodicTimer(TimeSpan.FromSeconds(1 / options.SetupRate)))
        {
            var setups = new List<Task>();
            for (int i = 0; i < options.Calls && await pace.WaitForNextTickAsync(cancellationToken); i++)
            {
                var caller = new EchoCaller(loop, i * 37, expected);
                callers.Add(caller);
                setups.Add(caller.ConnectAsync(transport, http, options.Url, cancellationToken));
            }

            await Task.WhenAll(setups);
        }

        await Task.Delay(Warmup, cancellationToken);
        callers.ForEach(c => c.Measure(true));
        ProcessUsage before = ProcessUsage.Read(options.ServerProcess);
        await Task.Delay(options.Duration, cancellationToken);
        ProcessUsage after = ProcessUsage.Read(options.ServerProcess);
        callers.ForEach(c => c.Measure(false));
        await Task.WhenAll(callers.Select(c => c.HangUpAsync(http, cancellationToken)));

        List<double> gaps = [.. callers.SelectMany(c => c.InterArrival).Order()];
        List<double> setupTimes = [.. callers.Select(c => c.SetupTime.TotalMilliseconds).Order()];
        double cpu = (after.Cpu - before.Cpu).TotalMilliseconds / (options.Calls * options.Duration.TotalSeconds);
        string row = string.Create(
            CultureInfo.InvariantCulture,
            $"{options.Name},{options.Calls},{cpu:F2},{after.ResidentMegabytes:F0},{(after.ResidentMegabytes - idle.ResidentMegabytes) / options.Calls:F2},{expected * options.Calls},{callers.Sum(c => c.Received)},{callers.Sum(c => c.Lost)},{Percentiles.Of(gaps, 0.5):F1},{Percentiles.Of(gaps, 0.99):F1},{Percentiles.Of(setupTimes, 0.5):F0},{Percentiles.Of(setupTimes, 0.99):F0}");
        Csv.Write(options.CsvFile, Header, row);
        return 0;
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
}
