using System.Net;
using System.Net.Sockets;
using AgentGateway.Net;
using AgentGateway.Primitives;
using AgentGateway.Rtc.Primitives;
using AgentGateway.Testing;
using AgentGateway.Testing.Network;

namespace AgentGateway.Interop.Support;

/// <summary>
/// A bad network between two real programs, in user space: a UDP port that forwards to a target what it receives, and the
/// answers back, with the loss, delay and jitter of <see cref="Netem"/> in both directions. Each sender gets a port of its own
/// towards the target, as behind a NAT. Put it on the path by handing its address over in place of the target's.
/// </summary>
internal sealed class UdpImpairer : IAsyncDisposable
{
    private const int MaxDatagram = 2048;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    private readonly Socket _front;
    private readonly IPEndPoint _target;
    private readonly Netem _towardsTarget;
    private readonly Netem _towardsSenders;
    private readonly MonotonicClock _clock = new(TimeProvider.System);
    private readonly Dictionary<TransportAddress, Socket> _backs = [];
    private readonly CancellationTokenSource _over = new();
    private readonly Lock _gate = new();
    private readonly List<Task> _tasks = [];

    private UdpImpairer(Socket front, IPEndPoint target, NetemOptions options, ulong seed)
    {
        _front = front;
        _target = target;
        _towardsTarget = new Netem(options, new SeededRandom(seed));
        _towardsSenders = new Netem(options, new SeededRandom(seed + 1));
        LocalEndPoint = (IPEndPoint)front.LocalEndPoint!;
        _tasks.Add(ReceiveAsync(_front, null));
        _tasks.Add(DeliverAsync());
    }

    /// <summary>Where to send what is meant for the target.</summary>
    internal IPEndPoint LocalEndPoint { get; }

    internal static UdpImpairer Start(IPAddress address, IPEndPoint target, NetemOptions options, ulong seed)
    {
        var front = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        front.Bind(new IPEndPoint(address, 0));
        return new UdpImpairer(front, target, options, seed);
    }

    /// <summary>Datagrams taken and lost, both directions together.</summary>
    internal (long Sent, long Lost) Counters
    {
        get
        {
            lock (_gate)
                return (_towardsTarget.Sent + _towardsSenders.Sent, _towardsTarget.Lost + _towardsSenders.Lost);
        }
    }

    /// <summary>Makes the network another one; returns what was taken and lost until then.</summary>
    internal (long Sent, long Lost) ChangeTo(NetemOptions options)
    {
        lock (_gate)
        {
            _towardsTarget.Options = _towardsSenders.Options = options;
            return Counters;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        _front.Dispose();
        Task[] tasks;
        lock (_gate)
        {
            foreach (Socket back in _backs.Values)
                back.Dispose();
            tasks = [.. _tasks];
        }

        await Task.WhenAll(tasks);
        _over.Dispose();
    }

    // The front hears all senders; a back hears what the target answers to one of them.
    private async Task ReceiveAsync(Socket socket, TransportAddress? sender)
    {
        byte[] buffer = new byte[MaxDatagram];
        var from = new SocketAddress(AddressFamily.InterNetwork);
        while (!_over.IsCancellationRequested)
        {
            int length;
            try
            {
                length = await socket.ReceiveFromAsync(buffer, SocketFlags.None, from, _over.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // The other end's port was closed; what was sent to it is lost.
                continue;
            }

            var source = (IPEndPoint)_target.Create(from);
            lock (_gate)
            {
                TransportAddress key = sender ?? TransportAddress.From(source.Address, (ushort)source.Port);
                if (sender is null && !_backs.ContainsKey(key))
                    AddBack(key);
                (sender is null ? _towardsTarget : _towardsSenders).Send(_clock.Now, new DatagramPath(default, key), buffer.AsSpan(0, length));
            }
        }
    }

    private void AddBack(TransportAddress sender)
    {
        var back = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        back.Bind(new IPEndPoint(LocalEndPoint.Address, 0));
        _backs.Add(sender, back);
        _tasks.Add(ReceiveAsync(back, sender));
    }

    private async Task DeliverAsync()
    {
        using var tick = new PeriodicTimer(Tick);
        try
        {
            while (await tick.WaitForNextTickAsync(_over.Token))
            {
                lock (_gate)
                {
                    Instant now = _clock.Now;
                    while (_towardsTarget.TryReceive(now, out NetemDatagram datagram))
                    {
                        Send(_backs[datagram.Path.Remote], datagram, _target);
                        _towardsTarget.Release(datagram);
                    }

                    while (_towardsSenders.TryReceive(now, out NetemDatagram datagram))
                    {
                        Send(_front, datagram, datagram.Path.Remote.ToIPEndPoint());
                        _towardsSenders.Release(datagram);
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }

    private static void Send(Socket socket, in NetemDatagram datagram, EndPoint to)
    {
        try
        {
            socket.SendTo(datagram.Span, to);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Nobody is there any more: lost, as on a network.
        }
    }
}
