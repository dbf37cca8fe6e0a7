using System.Diagnostics;
using AgentGateway.Net;

namespace AgentGateway.LoadTest;

/// <summary>
/// Calls that come and go beside those that are measured: what set-up and hang-up cost the others, and a collector that has something to do.
/// </summary>
internal sealed class CallChurn(EchoLoadOptions options, OpusLoop loop, MediaTransport transport, HttpClient http)
{
    /// <summary>How long each talks.</summary>
    internal static readonly TimeSpan Life = TimeSpan.FromSeconds(2);

    private readonly List<double> _setupTimes = [];

    /// <summary>Milliseconds, one for each call that was set up.</summary>
    internal IReadOnlyList<double> SetupTimes => _setupTimes;

    /// <summary>Calls that were not set up.</summary>
    internal int Failed { get; private set; }

    /// <summary>Seconds that all calls together lasted.</summary>
    internal double CallSeconds { get; private set; }

    /// <summary>Opens calls at a steady rate until cancelled, and returns when the last has ended.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        if (options.ChurnRate == 0)
            return;
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1 / options.ChurnRate));
        var calls = new List<Task>();
        try
        {
            for (int i = 0; await pace.WaitForNextTickAsync(cancellationToken); i++)
                calls.Add(CallAsync(i, cancellationToken));
        }
        catch (OperationCanceledException)
        {
            // The measurement is over.
        }

        await Task.WhenAll(calls);
    }

    private async Task CallAsync(int number, CancellationToken cancellationToken)
    {
        var caller = new EchoCaller(loop, number, 0) { From = options.From, IsSilent = options.Silent };
        long start = Stopwatch.GetTimestamp();
        bool connected = await EchoLoad.TryConnectAsync(caller, transport, http, options.Url, CancellationToken.None);
        if (connected)
            await Task.Delay(Life, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_setupTimes)
        {
            CallSeconds += Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (connected)
                _setupTimes.Add(caller.SetupTime.TotalMilliseconds);
            else
                Failed++;
        }

        if (connected)
            await EchoLoad.HangUpAsync(caller, http, CancellationToken.None);
    }
}
