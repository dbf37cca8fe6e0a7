using System.Globalization;

namespace AgentGateway.LoadTest;

/// <summary>What the kernel has counted for a process: CPU time and resident memory, read from /proc.</summary>
internal readonly record struct ProcessUsage(TimeSpan Cpu, double ResidentMegabytes)
{
    private const double ClockTicksPerSecond = 100;

    internal static ProcessUsage Read(int pid)
    {
        if (pid == 0)
            return default;
        string stat = File.ReadAllText($"/proc/{pid}/stat");

        // The command may contain spaces, so fields are counted from behind its closing parenthesis.
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        double ticks = double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture);
        string rss = File.ReadLines($"/proc/{pid}/status").First(l => l.StartsWith("VmRSS", StringComparison.Ordinal));
        double kilobytes = double.Parse(rss.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        return new ProcessUsage(TimeSpan.FromSeconds(ticks / ClockTicksPerSecond), kilobytes / 1024);
    }
}
