using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using AgentGateway.Net;

namespace AgentGateway.Interop.Support;

/// <summary>A coturn server on loopback, with a certificate of its own; the test starts it and ends it by its process.</summary>
internal sealed class Coturn : IAsyncDisposable
{
    internal const string UserName = "agent";
    internal const string Password = "correct horse";

    private const int Attempts = 3;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly WorkFolder _folder = new();
    private readonly StringBuilder _log = new();
    private readonly X509Certificate2 _certificate;
    private readonly IPAddress _address;
    private readonly int _port;
    private readonly int _tlsPort;

    private Coturn(IPAddress address, string[] options)
    {
        _address = address;
        (_port, _tlsPort) = FreePorts();
        _certificate = CreateCertificate(_folder);
        _process = new Process
        {
            StartInfo = new ProcessStartInfo("turnserver",
            [
                "-n", $"--listening-ip={address}", $"--relay-ip={address}", $"--listening-port={_port}", $"--tls-listening-port={_tlsPort}",
                "--lt-cred-mech", $"--user={UserName}:{Password}", "--realm=interop.example", "--allow-loopback-peers", "--no-cli", "--no-dtls", "--no-rfc5780",
                $"--cert={_folder["cert.pem"]}", $"--pkey={_folder["key.pem"]}", $"--pidfile={_folder["pid"]}", $"--userdb={_folder["db"]}",
                "--log-file=stdout", "--verbose", "--min-port=49160", "--max-port=65000", .. options,
            ])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
    }

    internal string Log
    {
        get
        {
            lock (_log)
                return _log.ToString();
        }
    }

    /// <summary>The STUN side of it.</summary>
    internal StunServer Stun => new(_address.ToString(), _port);

    /// <summary>Starts it and waits until it answers.</summary>
    internal static Task<Coturn> StartAsync(params string[] options) => StartAsync(IPAddress.Loopback, options);

    /// <summary>The same on another address of loopback.</summary>
    internal static async Task<Coturn> StartAsync(IPAddress address, params string[] options)
    {
        // It cannot be told to take any port. One that was free may be taken by the time it does.
        for (int attempt = 1; ; attempt++)
        {
            Coturn server = Launch(address, options);
            long since = Stopwatch.GetTimestamp();
            while (!server._process.HasExited && Stopwatch.GetElapsedTime(since) < Limit)
            {
                if (await AnswersAsync(address, server._port) && await AnswersAsync(address, server._tlsPort))
                    return server;
                await Task.Delay(50);
            }

            await server.DisposeAsync();
            if (attempt == Attempts)
                throw new InvalidOperationException($"coturn did not start:\n{server.Log}");
        }
    }

    private static Coturn Launch(IPAddress address, string[] options)
    {
        var server = new Coturn(address, options);
        server._process.Start();
        server._process.OutputDataReceived += server.Append;
        server._process.ErrorDataReceived += server.Append;
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        return server;
    }

    internal TurnServer Turn(TurnTransport transport, string? password = null) => new()
    {
        Host = transport == TurnTransport.Tls ? "localhost" : _address.ToString(),
        Port = transport == TurnTransport.Tls ? _tlsPort : _port,
        Transport = transport,
        UserName = UserName,
        Password = password ?? Password,
        TrustedRoots = [_certificate],
    };

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _certificate.Dispose();
        _folder.Dispose();
    }

    private static async Task<bool> AnswersAsync(IPAddress address, int port)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(address, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    // Two ports, each free for both protocols now.
    private static (int First, int Second) FreePorts()
    {
        using Socket first = Listen(out int firstPort);
        using Socket second = Listen(out int secondPort);
        return (firstPort, secondPort);
    }

    private static Socket Listen(out int port)
    {
        while (true)
        {
            var tcp = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            tcp.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            port = ((IPEndPoint)tcp.LocalEndPoint!).Port;
            using var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            try
            {
                udp.Bind(tcp.LocalEndPoint);
                return tcp;
            }
            catch (SocketException)
            {
                // Taken by somebody's UDP.
                tcp.Dispose();
            }
        }
    }

    private static X509Certificate2 CreateCertificate(WorkFolder folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(folder["cert.pem"], certificate.ExportCertificatePem());
        File.WriteAllText(folder["key.pem"], key.ExportPkcs8PrivateKeyPem());
        return certificate;
    }

    private void Append(object sender, DataReceivedEventArgs e)
    {
        lock (_log)
            _log.AppendLine(e.Data);
    }
}
