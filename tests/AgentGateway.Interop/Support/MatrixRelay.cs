using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace AgentGateway.Interop.Support;

/// <summary>coturn on an address of this machine, with one user.</summary>
internal sealed class MatrixRelay : IAsyncDisposable
{
    internal const string User = "matrix";
    internal const string Password = "an ordinary secret";

    private const int Relays = 200;

    private readonly Process _process;
    private readonly int _firstRelay;

    private MatrixRelay(Process process, IPEndPoint address, int firstRelay)
    {
        _process = process;
        Address = address;
        _firstRelay = firstRelay;
    }

    internal IPEndPoint Address { get; }

    /// <summary>The server as the peers' <c>turn</c> argument.</summary>
    internal object Reference => new { urls = $"turn:{Address}?transport=udp", username = User, credential = Password };

    /// <summary>The server as a STUN server.</summary>
    internal string StunUrl => $"stun:{Address}";

    /// <summary>Whether an address is one that the server relays from.</summary>
    internal bool IsRelay(IPEndPoint address) =>
        address.Address.Equals(Address.Address) && address.Port >= _firstRelay && address.Port < _firstRelay + Relays;

    internal static async Task<MatrixRelay> StartAsync(IPAddress address, int port, int firstRelay)
    {
        string ip = address.ToString();
        string[] arguments =
        [
            "-n", "--no-cli", "--no-tls", "--no-dtls", "--no-tcp", "--no-tcp-relay", "--no-multicast-peers", "--lt-cred-mech", "--fingerprint",
            "--realm", "agentgateway", "--user", $"{User}:{Password}", "--listening-ip", ip, "--relay-ip", ip, "--listening-port", Text(port),
            "--min-port", Text(firstRelay), "--max-port", Text(firstRelay + Relays - 1), "--log-file", "stdout", "--simple-log",
            "--userdb", "/dev/null", "--pidfile", "/dev/null",
        ];
        var process = new Process
        {
            StartInfo = new ProcessStartInfo("turnserver", arguments) { RedirectStandardOutput = true, RedirectStandardError = true },
        };
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var server = new MatrixRelay(process, new IPEndPoint(address, port), firstRelay);
        await Eventually.TrueAsync(server.AnswersAsync, () => "coturn does not answer");
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    // A STUN Binding request.
    private async Task<bool> AnswersAsync()
    {
        using var socket = new UdpClient(new IPEndPoint(Address.Address, 0));
        byte[] request = [0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
        try
        {
            await socket.SendAsync(request, Address);
            using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
            return (await socket.ReceiveAsync(soon.Token)).Buffer.Length > request.Length;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return false;
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
