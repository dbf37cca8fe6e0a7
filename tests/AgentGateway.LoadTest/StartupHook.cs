using System.Diagnostics.Metrics;
using System.Globalization;
using System.Runtime.InteropServices;
using AgentGateway.LoadTest;

/// <summary>
/// Runs inside a measured .NET server, not in the load tool: with DOTNET_STARTUP_HOOKS=AgentGateway.LoadTest.dll the
/// runtime calls <see cref="Initialize"/> before the server's Main. On SIGUSR1 it appends a line to the file named by
/// AGENTGATEWAY_PROBE: what the process allocated and how long the collector has paused it, and how late media frames
/// left, all since the last line. Between two lines it allocates nothing. How often it looks, in milliseconds, is in
/// AGENTGATEWAY_PROBE_PERIOD (20): looking every 2 ms tells collections that follow each other closely apart, but wakes the process 500 times a second.
/// </summary>
internal static class StartupHook
{
    internal const string FileVariable = "AGENTGATEWAY_PROBE";
    internal const int Signal = 10;

    private static readonly List<double> Pauses = new(16384);
    private static readonly List<PosixSignalRegistration> Registrations = [];
    private static readonly Lock Gate = new();
    private static readonly MeterListener Meters = new();
    private static TimeSpan _period = TimeSpan.FromMilliseconds(20);
    private static string _file = "";
    private static long _allocated;
    private static double _pause;
    private static int _collections;
    private static double _latenessP99;
    private static double _latenessMax;

    internal static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(FileVariable) is not { Length: > 0 } file)
            return;
        _file = file;
        if (int.TryParse(Environment.GetEnvironmentVariable("AGENTGATEWAY_PROBE_PERIOD"), CultureInfo.InvariantCulture, out int period) && period > 0)
            _period = TimeSpan.FromMilliseconds(period);
        Meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "AgentGateway.Net" && instrument.Name.StartsWith("agentgateway.net.tick.lateness.", StringComparison.Ordinal))
                listener.EnableMeasurementEvents(instrument);
        };
        Meters.SetMeasurementEventCallback<double>((instrument, value, _, _) =>
        {
            if (instrument.Name.EndsWith(".max", StringComparison.Ordinal))
                _latenessMax = value;
            else
                _latenessP99 = value;
        });
        Meters.Start();
        Registrations.Add(PosixSignalRegistration.Create((PosixSignal)Signal, context =>
        {
            context.Cancel = true;
            Write();
        }));
        new Thread(Watch) { IsBackground = true, Name = "probe", Priority = ThreadPriority.AboveNormal }.Start();
    }

    // The total pause is exact; two collections within a period count as one longer pause, never as none.
    private static void Watch()
    {
        while (true)
        {
            Thread.Sleep(_period);
            int collections = GC.CollectionCount(0);
            if (collections == _collections)
                continue;
            _collections = collections;
            double pause = GC.GetTotalPauseDuration().TotalMilliseconds;
            lock (Gate)
            {
                if (Pauses.Count < Pauses.Capacity)
                    Pauses.Add(pause - _pause);
            }

            _pause = pause;
        }
    }

    private static void Write()
    {
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        Meters.RecordObservableInstruments();
        double[] pauses;
        lock (Gate)
        {
            pauses = [.. Pauses.Order()];
            Pauses.Clear();
        }

        double Percentile(double fraction) => pauses.Length == 0 ? 0 : Percentiles.Of(pauses, fraction);
        File.AppendAllText(_file, string.Create(
            CultureInfo.InvariantCulture,
            $"{allocated - _allocated},{pauses.Length},{Percentile(0.99):F2},{Percentile(1):F2},{_latenessP99:F2},{_latenessMax:F2},{Percentile(0.5):F2}\n"));
        _allocated = GC.GetTotalAllocatedBytes(precise: true);
    }
}
