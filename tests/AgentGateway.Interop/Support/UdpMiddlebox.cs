using System.Net;
using System.Net.Sockets;

namespace AgentGateway.Interop.Support;

/// <summary>
/// A box on the path between one caller and the gateway, which sees and sends what it likes with the caller's own address:
/// what somebody in the same network can do.
/// </summary>
internal sealed class UdpMiddlebox : IAsyncDisposable
{
    private const int MaxRecorded = 2000;

    private readonly Socket _callerSide = Bind();
    private readonly Socket _gatewaySide = Bind();
    private readonly IPEndPoint _gateway;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _pumps;
    private readonly List<byte[]> _recorded = [];
    private EndPoint? _caller;

    internal UdpMiddlebox(IPEndPoint gateway)
    {
        _gateway = gateway;
        _pumps = Task.WhenAll(PumpUpAsync(), PumpDownAsync());
    }

    /// <summary>Where the caller believes the gateway to be.</summary>
    internal IPEndPoint Address => (IPEndPoint)_callerSide.LocalEndPoint!;

    /// <summary>What the caller sent so far, oldest first.</summary>
    internal IReadOnlyList<byte[]> Recorded
    {
        get
        {
            lock (_recorded)
                return [.. _recorded];
        }
    }

    /// <summary>Puts the box into every candidate of an answer.</summary>
    internal string Rewrite(string answer) => string.Join("\r\n", answer.Split("\r\n").Select(line =>
    {
        if (!line.StartsWith("a=candidate:", StringComparison.Ordinal))
            return line;
        string[] words = line.Split(' ');
        words[4] = Address.Address.ToString();
        words[5] = Address.Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return string.Join(' ', words);
    }));

    /// <summary>Sends a datagram to the gateway as if the caller had.</summary>
    internal void Inject(ReadOnlySpan<byte> datagram) => _gatewaySide.SendTo(datagram, _gateway);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _pumps;
        _callerSide.Dispose();
        _gatewaySide.Dispose();
        _stop.Dispose();
    }

    private static Socket Bind()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private async Task PumpUpAsync()
    {
        byte[] buffer = new byte[2048];
        while (await ReceiveAsync(_callerSide, buffer) is { } received)
        {
            _caller = received.RemoteEndPoint;
            lock (_recorded)
            {
                if (_recorded.Count < MaxRecorded)
                    _recorded.Add(buffer[..received.ReceivedBytes]);
            }

            _gatewaySide.SendTo(buffer.AsSpan(0, received.ReceivedBytes), _gateway);
        }
    }

    private async Task PumpDownAsync()
    {
        byte[] buffer = new byte[2048];
        while (await ReceiveAsync(_gatewaySide, buffer) is { } received)
        {
            if (_caller is { } caller)
                _callerSide.SendTo(buffer.AsSpan(0, received.ReceivedBytes), caller);
        }
    }

    private async Task<SocketReceiveFromResult?> ReceiveAsync(Socket socket, byte[] buffer)
    {
        try
        {
            return await socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), _stop.Token);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }
}
