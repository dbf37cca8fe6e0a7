using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace AgentGateway.LoadTest;

/// <summary>Asks the <see cref="StartupHook"/> inside a .NET server for what happened since it was asked last.</summary>
internal static partial class ServerProbe
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    internal readonly record struct Sample(long AllocatedBytes, int Collections, double PauseP99, double PauseMax, double LatenessP99, double LatenessMax, double PauseP50);

    /// <summary>Null when there is no probe in that process.</summary>
    internal static async Task<Sample?> ReadAsync(int pid, string? file, CancellationToken cancellationToken)
    {
        if (file is null)
            return null;
        int lines = Lines(file).Length;
        if (Kill(pid, StartupHook.Signal) != 0)
            return null;
        for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < Patience;)
        {
            await Task.Delay(10, cancellationToken);
            string[] all = Lines(file);
            if (all.Length == lines)
                continue;
            double[] values = [.. all[^1].Split(',').Select(v => double.Parse(v, CultureInfo.InvariantCulture))];
            return new Sample((long)values[0], (int)values[1], values[2], values[3], values[4], values[5], values[6]);
        }

        return null;
    }

    private static string[] Lines(string file) => File.Exists(file) ? File.ReadAllLines(file) : [];

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);
}
