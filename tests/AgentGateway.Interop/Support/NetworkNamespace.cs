using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace AgentGateway.Interop.Support;

/// <summary>
/// A network namespace of the test's own with one ordinary interface (a veth with an address and a default route), as on
/// a machine with a network card: browsers gather that address and no loopback. Needs root and iproute2.
/// </summary>
internal sealed class NetworkNamespace : IAsyncDisposable
{
    private static int _created;

    private readonly string _name;

    private readonly string _subnet;

    private NetworkNamespace(string name, string subnet)
    {
        _name = name;
        _subnet = subnet;
    }

    /// <summary>The interface's address.</summary>
    internal string Address => $"{_subnet}.2";

    /// <summary>This machine's address as seen from inside, when it can be reached.</summary>
    internal IPAddress HostAddress => IPAddress.Parse($"{_subnet}.1");

    /// <summary>The command that runs another one inside.</summary>
    internal string[] Prefix => ["ip", "netns", "exec", _name];

    /// <param name="reachable">Whether this machine has an address inside, as another machine on the same network.</param>
    internal static async Task<NetworkNamespace> CreateAsync(bool reachable = false)
    {
        // The kernel takes a moment to remove a deleted namespace's interfaces, so that names are not used again.
        string id = string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId:x}-{Interlocked.Increment(ref _created):x}");
        var space = new NetworkNamespace($"agw{id}", await FreeSubnetAsync());
        try
        {
            await IpAsync("netns", "add", space._name);
            await IpAsync("link", "add", $"agw{id}h", "type", "veth", "peer", "name", "eth0", "netns", space._name);
            await IpAsync("link", "set", $"agw{id}h", "up");
            await IpAsync("-n", space._name, "link", "set", "lo", "up");
            await IpAsync("-n", space._name, "link", "set", "eth0", "up");
            await IpAsync("-n", space._name, "address", "add", $"{space.Address}/24", "dev", "eth0");
            await IpAsync("-n", space._name, "route", "add", "default", "via", $"{space.HostAddress}");
            if (reachable)
                await IpAsync("address", "add", $"{space.HostAddress}/24", "dev", $"agw{id}h");
            return space;
        }
        catch
        {
            await space.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Deleting the namespace deletes both ends of the veth.
        using Process process = Process.Start(new ProcessStartInfo("ip", ["netns", "delete", _name]) { RedirectStandardError = true })!;
        await process.WaitForExitAsync();
    }

    // One that no other run has, not even one that was killed and could not clean up.
    private static async Task<string> FreeSubnetAsync()
    {
        string taken = await IpAsync("-4", "-oneline", "address");
        return Enumerable.Range(Environment.ProcessId, 250)
            .Select(n => $"10.213.{1 + (n % 250)}")
            .First(s => !taken.Contains($" {s}.", StringComparison.Ordinal));
    }

    private static async Task<string> IpAsync(params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"ip {string.Join(' ', arguments)}: {error.Trim()} (creating a network namespace needs root)");
        return await output;
    }
}
