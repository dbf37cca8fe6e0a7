using System.Collections.Concurrent;
using System.Net;
using AgentGateway.Net.Interop;
using AgentGateway.Net.Mdns;
using AgentGateway.Net.Servers;
using AgentGateway.Net.Udp;
using AgentGateway.Primitives;
using AgentGateway.Rtc.Ice;
using AgentGateway.Rtc.Peer;
using AgentGateway.Rtc.Primitives;
using Microsoft.Extensions.Logging;

namespace AgentGateway.Net;

/// <summary>
/// A UDP socket, a deadline heap and a command queue, all owned by one thread that runs every connection of the shard:
/// no locks, and a call costs neither a thread nor a timer nor a port.
/// </summary>
internal sealed partial class MediaShard : IDisposable
{
    private const int MaxCommands = 8192;

    private const int MediaNiceness = -15;

    // A client that makes its call post without end must not keep the others from their media.
    private const int MaxCommandsPerTurn = 256;
    private static readonly TimeSpan MaxCommandTimePerTurn = TimeSpan.FromMilliseconds(2);

    // Datagram batches handled before deadlines and commands get their turn again.
    private const int MaxBatchesPerTurn = 4;

    // Longest time for which packets of one tick wait for others, to leave in one system call with them.
    private static readonly TimeSpan MaxTickHold = TimeSpan.FromMilliseconds(1);

    // So many datagrams of no call within the interval are worth a line: a scan, a flood, or a wrong advertised address.
    private const long FloodThreshold = 1000;
    private static readonly TimeSpan FloodInterval = TimeSpan.FromSeconds(10);

    private readonly UdpSocket _socket;
    private readonly WakeEvent _wake = new();
    private readonly MonotonicClock _clock;
    private readonly MdnsResolver? _names;
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private readonly ConcurrentQueue<Action<Instant>> _commands = new();
    private readonly DeadlineHeap _deadlines = new();
    private readonly RouteTable _routes = new();
    private readonly HashSet<RtcConnection> _connections = [];
    private readonly TickPhases _phases = new();
    private int _commandCount;
    private int _connectionCount;
    // When the media ticks were due whose packets have not left yet.
    private readonly List<Instant> _ticks = new(64);

    private readonly Lock _postGate = new();
    private volatile bool _stopping;
    private bool _postingEnded;
    private Instant _floodCheckedAt;
    private long _floodCheckedCount;

    internal MediaShard(UdpSocket socket, MonotonicClock clock, MdnsResolver? names, ILogger logger, bool isLite)
    {
        _names = names;
        _socket = socket;
        Links = new ShardLinks(socket, isLite) { Found = TellConnections };
        _clock = clock;
        _logger = logger;
        _thread = new Thread(Run) { IsBackground = true, Name = $"media-{socket.LocalEndPoint.Port}" };
        _thread.Start();
    }

    internal IPEndPoint LocalEndPoint => _socket.LocalEndPoint;

    /// <summary>Open connections; readable from any thread.</summary>
    internal int ConnectionCount => Volatile.Read(ref _connectionCount);

    /// <summary>Connections dealt to this shard, open or under way. Guarded by the transport.</summary>
    internal int Places { get; set; }

    internal ShardCounters Counters { get; } = new();

    /// <summary>Relays, STUN servers and callers' TCP connections; the shard's thread, but for its candidates.</summary>
    internal ShardLinks Links { get; }

    /// <summary>Datagrams too long or without an address; readable from any thread.</summary>
    internal long UnusableDatagrams => _socket.ReceiveDrops;

    /// <summary>Outgoing datagrams that the system refused; readable from any thread.</summary>
    internal long RefusedDatagrams => _socket.SendFailures;

    /// <summary>Queues work for the shard's thread; false when it is stopping or 8192 commands wait already.</summary>
    internal bool TryPost(Action<Instant> command)
    {
        if (Interlocked.Increment(ref _commandCount) > MaxCommands)
        {
            Interlocked.Decrement(ref _commandCount);
            return false;
        }

        if (Post(command))
            return true;
        Interlocked.Decrement(ref _commandCount);
        return false;
    }

    /// <summary>Queues what no overload may lose, such as the end of a connection; each ends once, so these are few.</summary>
    internal void PostAlways(Action<Instant> command)
    {
        Interlocked.Increment(ref _commandCount);
        if (!Post(command))
            Interlocked.Decrement(ref _commandCount);
    }

    /// <summary>Takes over a peer whose ufrag callers will name. Owner thread.</summary>
    internal void Add(Instant now, RtcConnection connection, TimeSpan connectTimeout)
    {
        connection.ConnectDeadline = now + connectTimeout;
        _connections.Add(connection);
        Volatile.Write(ref _connectionCount, _connections.Count);
        try
        {
            _routes.UpdateUfrags(connection);
            if (_isGathered)
                connection.Peer.EndLocalCandidates(now);
            Drain(now, connection);
        }
        catch (Exception e)
        {
            Fail(now, connection, e);
        }
    }

    /// <summary>Runs an action on a connection and sends what it produced. Owner thread.</summary>
    internal void Run(Instant now, RtcConnection connection, Action<Instant, RtcPeer> action)
    {
        if (connection.IsClosed)
            return;
        try
        {
            action(now, connection.Peer);
            Drain(now, connection);
        }
        catch (Exception e)
        {
            Fail(now, connection, e);
        }
    }

    /// <summary>The next moment of a connection's place among the ticks of all. Owner thread.</summary>
    internal Instant AlignTick(RtcConnection connection, Instant earliest) =>
        TickPhases.Align(earliest, connection.TickPhase ??= _phases.Take());

    /// <summary>Ends a connection: goodbye packets leave, its routes are forgotten. Owner thread.</summary>
    internal void Close(Instant now, RtcConnection connection, RtcCloseReason reason)
    {
        if (connection.IsClosed)
            return;
        connection.IsClosed = true;
        try
        {
            connection.Peer.Close(now);
            while (connection.Peer.TryPollTransmit(_socket.NextSlot, out int length, out DatagramPath path))
                Send(now, length, path);
            foreach (DatagramPath route in connection.Routes)
                Links.Close(route);
            connection.Handler.HandleClosed(now, connection, reason);
        }
        catch (Exception e)
        {
            LogConnectionFailed(_logger, e);
        }
        finally
        {
            _connections.Remove(connection);
            Volatile.Write(ref _connectionCount, _connections.Count);
            _routes.Remove(connection);
            _deadlines.Remove(connection);
            if (connection.TickPhase is { } phase)
                _phases.Release(phase);
            connection.Peer.Dispose();
            connection.Complete(reason);
        }
    }

    /// <summary>Closes every connection with a goodbye and stops the thread.</summary>
    public void Dispose()
    {
        _stopping = true;
        _wake.Signal();
        _thread.Join();
        _socket.Dispose();
        _wake.Dispose();
    }

    private unsafe void Run()
    {
        // Frames must not wait behind inference and synthesis. Without the right to it (CAP_SYS_NICE, RLIMIT_NICE) it stays a wish.
        LibC.SetPriority(0, 0, MediaNiceness);
        LibC.PollFd* descriptors = stackalloc LibC.PollFd[2];
        descriptors[0] = new LibC.PollFd { Descriptor = _socket.Descriptor, Events = LibC.PollIn };
        descriptors[1] = new LibC.PollFd { Descriptor = _wake.Descriptor, Events = LibC.PollIn };
        while (!_stopping)
        {
            try
            {
                HandleDeadlines(_clock.Now);
                Links.HandleTimeouts(_clock.Now);
                _socket.Flush();
                Wait(descriptors);
                if (descriptors[0].Returned != 0)
                    ReceiveDatagrams();
                if (descriptors[1].Returned != 0)
                {
                    RunCommands();
                    ReceiveFrames();
                }

                _socket.Flush();
            }
            catch (Exception e)
            {
                // Every call into a connection has its own guard, so this is a defect of the loop itself; the shard's
                // other calls must survive it.
                LogLoopFailed(_logger, e);
            }
        }

        lock (_postGate)
            _postingEnded = true;
        while (!_commands.IsEmpty)
            RunCommands();
        Instant end = _clock.Now;
        foreach (RtcConnection connection in _connections.ToArray())
            Close(end, connection, RtcCloseReason.Shutdown);
        Links.CloseAll(end);
        _socket.Flush();
        LogEnded(
            _logger, LocalEndPoint.Port, Counters.DatagramsReceived, Counters.DatagramsSent, Counters.DatagramsUnroutable, UnusableDatagrams, RefusedDatagrams);
    }

    // What was queued before the thread's last look is run; nothing is queued after it.
    private bool Post(Action<Instant> command)
    {
        lock (_postGate)
        {
            if (_postingEnded)
                return false;
            _commands.Enqueue(command);
        }

        _wake.Signal();
        return true;
    }

    private unsafe void Wait(LibC.PollFd* descriptors)
    {
        descriptors[0].Returned = 0;
        descriptors[1].Returned = 0;
        LibC.TimeSpec timeout = default;
        bool bounded = _deadlines.TryPeek(out _, out Instant deadline);
        if (Links.NextTimeout is { } link && (!bounded || link < deadline))
        {
            bounded = true;
            deadline = link;
        }

        if (bounded)
        {
            long ticks = Math.Max(0, deadline.Ticks - _clock.Now.Ticks);
            timeout.Seconds = ticks / TimeSpan.TicksPerSecond;
            timeout.Nanoseconds = ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick;
        }

        LibC.Poll(descriptors, 2, bounded ? &timeout : null, null);
    }

    private void ReceiveDatagrams()
    {
        for (int batch = 0; batch < MaxBatchesPerTurn; batch++)
        {
            int count = _socket.Receive();
            if (count == 0)
                return;
            Instant now = _clock.Now;
            for (int i = 0; i < count; i++)
            {
                if (_socket.TryGetReceived(i, out Span<byte> datagram, out DatagramPath path) && Links.TryUnwrap(now, ref path, ref datagram))
                    HandleDatagram(now, path, datagram);
            }

            Counters.Received(count);
            if (count < DatagramBatch.Capacity)
                return;
            _socket.Flush();
        }
    }

    private bool HandleDatagram(Instant now, in DatagramPath path, Span<byte> datagram)
    {
        RtcConnection? connection = _routes.Find(path, datagram);
        if (connection is null)
        {
            Counters.Unroutable();
            WatchFlood(now);
            return false;
        }

        try
        {
            connection.Peer.Handle(now, path, datagram);
            Drain(now, connection);
        }
        catch (Exception e)
        {
            Fail(now, connection, e);
        }

        return true;
    }

    private void WatchFlood(Instant now)
    {
        if (now - _floodCheckedAt < FloodInterval)
            return;
        long count = Counters.DatagramsUnroutable - _floodCheckedCount;
        if (count >= FloodThreshold)
            LogFlood(_logger, LocalEndPoint.Port, count, (long)(now - _floodCheckedAt).TotalSeconds);
        _floodCheckedAt = now;
        _floodCheckedCount = Counters.DatagramsUnroutable;
    }

    private void RunCommands()
    {
        _wake.Consume();
        Instant end = _clock.Now + MaxCommandTimePerTurn;
        for (int i = 0; i < MaxCommandsPerTurn && _clock.Now < end; i++)
        {
            if (!_commands.TryDequeue(out Action<Instant>? command))
                return;
            Interlocked.Decrement(ref _commandCount);
            try
            {
                command(_clock.Now);
            }
            catch (Exception e)
            {
                LogLoopFailed(_logger, e);
            }
        }

        _wake.Signal();
    }

    // Ticks that come together are worked off one after the other, and what they send must not wait for the last of them.
    private void HandleDeadlines(Instant now)
    {
        Instant due = now;
        Instant flushed = now;

        // What falls due meanwhile has its turn after datagrams and commands had theirs.
        while (_deadlines.TryPeek(out RtcConnection? connection, out Instant deadline) && deadline <= due)
        {
            if (now - flushed >= MaxTickHold)
            {
                FlushTicks();
                flushed = now;
            }

            _deadlines.Remove(connection);
            try
            {
                HandleTimeout(now, connection);
            }
            catch (Exception e)
            {
                Fail(now, connection, e);
            }

            now = _clock.Now;
        }

        FlushTicks();
    }

    private void FlushTicks()
    {
        _socket.Flush();
        if (_ticks.Count == 0)
            return;
        Instant now = _clock.Now;
        foreach (Instant due in _ticks)
            Counters.Lateness(now - due);
        _ticks.Clear();
    }

    private void HandleTimeout(Instant now, RtcConnection connection)
    {
        if (connection.ConnectDeadline is { } deadline && deadline <= now)
        {
            Close(now, connection, RtcCloseReason.ConnectTimeout);
            return;
        }

        if (connection.Peer.NextTimeout is { } peer && peer <= now)
            connection.Peer.HandleTimeout(now);
        if (connection.Handler.NextTimeout is { } media && media <= now)
        {
            _ticks.Add(media);
            connection.Handler.HandleTimeout(now, connection);
        }

        Drain(now, connection);
    }

    /// <summary>Polls a connection until it has nothing more to say, then puts its next deadline into the heap.</summary>
    private void Drain(Instant now, RtcConnection connection)
    {
        RtcCloseReason? ended = null;
        bool progress;
        do
        {
            progress = false;
            while (!connection.IsClosed && connection.Peer.TryPollEvent(out RtcPeerEvent e))
            {
                progress = true;
                if (e.Kind == RtcPeerEventKind.ConnectionStateChanged)
                    ended ??= HandleState(connection, e);
                else if (e.Kind == RtcPeerEventKind.IceCredentialsChanged)
                    _routes.UpdateUfrags(connection);
                else if (e.Kind == RtcPeerEventKind.RemoteName)
                    Resolve(connection, e.Candidate!);
                connection.Handler.HandleEvent(now, connection, e);
            }

            while (!connection.IsClosed && connection.Peer.TryPollTransmit(_socket.NextSlot, out int length, out DatagramPath path))
            {
                progress = true;
                Send(now, length, path);
                _routes.Use(connection, path);
                Counters.Sent();
            }
        }
        while (progress);

        if (ended is { } reason)
            Close(now, connection, reason);

        // Never at or before now: a deadline that stays in the past must not keep the loop from everybody else.
        if (!connection.IsClosed && connection.NextTimeout() is { } wanted)
            _deadlines.SetNoLater(connection, Instant.Max(wanted, new Instant(now.Ticks + 1)));
    }

    private void Resolve(RtcConnection connection, IceCandidate candidate) => _names?.Resolve(
        candidate.HostName!, address => connection.TryPost((now, peer) => peer.AddRemoteCandidate(now, candidate.At(address))));

    private static RtcCloseReason? HandleState(RtcConnection connection, in RtcPeerEvent e)
    {
        if (e.State == RtcPeerState.Connected)
            connection.Settle();
        if (e.State is not (RtcPeerState.Closed or RtcPeerState.Failed))
            return null;
        return e.Reason switch
        {
            RtcEndReason.LocalClose => RtcCloseReason.LocalClose,
            RtcEndReason.IceTimeout => RtcCloseReason.ConnectTimeout,
            RtcEndReason.ConsentExpired => RtcCloseReason.ConsentLost,
            RtcEndReason.DtlsTimeout or RtcEndReason.FingerprintMismatch or RtcEndReason.DtlsFailed => RtcCloseReason.HandshakeFailed,
            _ => RtcCloseReason.RemoteClose,
        };
    }

    private void Fail(Instant now, RtcConnection connection, Exception e)
    {
        LogConnectionFailed(_logger, e);
        Counters.Failed();
        Close(now, connection, RtcCloseReason.InternalError);
    }
}
