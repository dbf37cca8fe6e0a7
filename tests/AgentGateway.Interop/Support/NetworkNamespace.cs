using System.Diagnostics;
using System.Globalization;

namespace AgentGateway.Interop.Support;

/// <summary>
/// A network namespace of the test's own with one ordinary interface (a veth with an address and a default route), as on
/// a machine with a network card: browsers gather that address and no loopback. Needs root and iproute2.
/// </summary>
internal sealed class NetworkNamespace : IAsyncDisposable
{
    private static int _created;

    private readonly string _name;

    private NetworkNamespace(string name) => _name = name;

    /// <summary>The interface's address.</summary>
    internal const string Address = "10.213.7.2";

    /// <summary>The command that runs another one inside.</summary>
    internal string[] Prefix => ["ip", "netns", "exec", _name];

    internal static async Task<NetworkNamespace> CreateAsync()
    {
        // The kernel takes a moment to remove a deleted namespace's interfaces, so that names are not used again.
        string id = string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId:x}-{Interlocked.Increment(ref _created):x}");
        var space = new NetworkNamespace($"agw{id}");
        try
        {
            await IpAsync("netns", "add", space._name);
            await IpAsync("link", "add", $"agw{id}h", "type", "veth", "peer", "name", "eth0", "netns", space._name);
            await IpAsync("link", "set", $"agw{id}h", "up");
            await IpAsync("-n", space._name, "link", "set", "lo", "up");
            await IpAsync("-n", space._name, "link", "set", "eth0", "up");
            await IpAsync("-n", space._name, "address", "add", $"{Address}/24", "dev", "eth0");
            await IpAsync("-n", space._name, "route", "add", "default", "via", "10.213.7.1");
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

    private static async Task IpAsync(params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true })!;
        string error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"ip {string.Join(' ', arguments)}: {error.Trim()} (creating a network namespace needs root)");
    }
}
