using System.Net;
using System.Net.Sockets;
using AgentGateway.Rtc.Primitives;

namespace AgentGateway.Net.Streams;

/// <summary>
/// Accepts the TCP connections of one shard's callers (ICE-TCP, RFC 6544). Anybody can connect, so everything is bounded: connections, those
/// of one address, those that have not yet shown a ufrag we know, and the time for that.
/// </summary>
internal sealed class IceTcpListener : IDisposable
{
    internal const int MaxPerAddress = 64;
    internal const int MaxPending = 256;

    private readonly Socket _socket;
    private readonly int _maxConnections;
    private readonly FrameStreamOptions _limits;
    private readonly Dictionary<IPAddress, int> _perAddress = [];
    private readonly Lock _gate = new();
    private int _count;
    private int _pending;
    private long _refused;

    private IceTcpListener(Socket socket, int maxConnections, TimeSpan handshakeTimeout)
    {
        // A living call sends checks every few seconds.
        _limits = new FrameStreamOptions { Format = FrameFormat.LengthPrefix, FirstFrameTimeout = handshakeTimeout, IdleTimeout = TimeSpan.FromSeconds(60) };
        _socket = socket;
        _maxConnections = maxConnections;
        LocalEndPoint = (IPEndPoint)socket.LocalEndPoint!;
    }

    internal IPEndPoint LocalEndPoint { get; }

    /// <summary>Open connections; any thread.</summary>
    internal int ConnectionCount => Volatile.Read(ref _count);

    /// <summary>Connections refused for want of room; any thread.</summary>
    internal long Refused => Volatile.Read(ref _refused);

    /// <summary>Listens. The IPv6 wildcard also serves IPv4.</summary>
    /// <exception cref="SocketException">The port is taken or the address is not this host's.</exception>
    internal static IceTcpListener Bind(IPEndPoint endPoint, int maxConnections, TimeSpan handshakeTimeout)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (endPoint.AddressFamily == AddressFamily.InterNetworkV6)
                socket.DualMode = true;
            socket.Bind(endPoint);
            socket.Listen(128);
            return new IceTcpListener(socket, maxConnections, handshakeTimeout);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Accepts until it is disposed; connections end when their calls or their streams do.</summary>
    /// <param name="readable">See <see cref="FrameStream"/>.</param>
    /// <param name="opened">Tells the shard of a connection, before any of its messages; false when it takes none.</param>
    /// <param name="closed">Tells the shard that it is over.</param>
    internal async Task RunAsync(Action<FrameStream> readable, Func<FrameStream, bool> opened, Action<FrameStream> closed)
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = await _socket.AcceptAsync();
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.OperationAborted or SocketError.Interrupted or SocketError.InvalidArgument or SocketError.NotSocket)
            {
                return;
            }
            catch (SocketException)
            {
                // The caller was gone before it was accepted, or the process has no descriptor left: others may come.
                await Task.Delay(TimeSpan.FromMilliseconds(10));
                continue;
            }

            if (socket.RemoteEndPoint is not IPEndPoint remote || !TryAdmit(remote.Address))
            {
                Interlocked.Increment(ref _refused);
                socket.Dispose();
                continue;
            }

            _ = ServeAsync(socket, remote, readable, opened, closed);
        }
    }

    /// <summary>A connection showed that it belongs to a call.</summary>
    internal void Recognised() => Interlocked.Decrement(ref _pending);

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    // Never throws: the streams' run and the two callbacks do not.
    private async Task ServeAsync(Socket socket, IPEndPoint remote, Action<FrameStream> readable, Func<FrameStream, bool> opened, Action<FrameStream> closed)
    {
        try
        {
            socket.NoDelay = true;
            var path = new DatagramPath(TransportAddress.From((IPEndPoint)socket.LocalEndPoint!), TransportAddress.From(remote)) { Transport = PathTransport.Tcp };
            using var stream = new FrameStream(new NetworkStream(socket, ownsSocket: true), path, _limits, readable);
            if (opened(stream))
            {
                await stream.RunAsync();
                closed(stream);
            }
            else
            {
                Recognised();
            }
        }
        catch (SocketException)
        {
            // Gone between accept and the first look at it.
            Recognised();
        }
        finally
        {
            socket.Dispose();
            Release(remote.Address);
        }
    }

    private bool TryAdmit(IPAddress address)
    {
        lock (_gate)
        {
            int same = _perAddress.GetValueOrDefault(address);
            if (_count >= _maxConnections || same >= MaxPerAddress || Volatile.Read(ref _pending) >= MaxPending)
                return false;
            _perAddress[address] = same + 1;
            _count++;
        }

        Interlocked.Increment(ref _pending);
        return true;
    }

    private void Release(IPAddress address)
    {
        lock (_gate)
        {
            _count--;
            if (--_perAddress[address] == 0)
                _perAddress.Remove(address);
        }
    }
}
