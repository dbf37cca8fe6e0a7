using AgentGateway.Primitives;
using AgentGateway.Rtc.Peer;
using AgentGateway.Rtc.Primitives;

namespace AgentGateway.Net;

/// <summary>
/// One peer connection on its shard. <see cref="Peer"/> belongs to the shard's thread: from elsewhere, reach it with
/// <see cref="TryPost"/> or <see cref="InvokeAsync{T}"/>.
/// </summary>
public sealed class RtcConnection
{
    private readonly MediaShard _shard;
    private readonly Action _released;
    private Action? _settled;
    private readonly TaskCompletionSource<RtcCloseReason> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A connection that nobody runs yet.</summary>
    /// <param name="shard">Its owner.</param>
    /// <param name="peer">Its engine.</param>
    /// <param name="handler">What the call does with it.</param>
    /// <param name="released">Called once when it has ended.</param>
    /// <param name="settled">Called once when it is connected, or ends without; null for nothing.</param>
    internal RtcConnection(MediaShard shard, RtcPeer peer, IRtcConnectionHandler handler, Action released, Action? settled = null)
    {
        _settled = settled;
        _shard = shard;
        Peer = peer;
        Handler = handler;
        _released = released;
    }

    /// <summary>The peer; only on the shard's thread.</summary>
    public RtcPeer Peer { get; }

    /// <summary>Completes with the reason once the connection has ended and its handler knows. Never fails.</summary>
    public Task<RtcCloseReason> Closed => _closed.Task;

    internal IRtcConnectionHandler Handler { get; }

    /// <summary>The connection's place in the shard's <see cref="DeadlineHeap"/>, which alone sets it; -1 when it is not in.</summary>
    internal int DeadlineIndex { get; set; } = -1;

    /// <summary>When the connection is given up unless it is connected; null once it was.</summary>
    internal Instant? ConnectDeadline { get; set; }

    /// <summary>Paths routed to this connection, oldest first; bounded by the shard.</summary>
    internal List<DatagramPath> Routes { get; } = [];

    /// <summary>Local ufrags routed to this connection: one, or two during a restart of ICE.</summary>
    internal List<string> Ufrags { get; } = new(1);

    internal bool IsClosed { get; set; }

    /// <summary>Its place among the shard's ticks; null until it asked for one.</summary>
    internal int? TickPhase { get; set; }

    /// <summary>
    /// Where the connection's 20 ms tick should begin: the first moment of its own phase that is not before <paramref name="earliest"/>, and so
    /// less than 20 ms after it. The phases of a shard's connections are spread evenly, so that their frames do not wait for each other. Only on the shard's thread.
    /// </summary>
    public Instant AlignTick(Instant earliest) => _shard.AlignTick(this, earliest);

    /// <summary>Runs an action on the shard's thread. False when the connection has ended or the shard is overloaded.</summary>
    public bool TryPost(Action<Instant, RtcPeer> action) => _shard.TryPost(now => _shard.Run(now, this, action));

    /// <summary>Runs a function on the shard's thread and returns its result.</summary>
    /// <exception cref="InvalidOperationException">The connection has ended or the shard is overloaded.</exception>
    public Task<T> InvokeAsync<T>(Func<Instant, RtcPeer, T> function)
    {
        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        bool posted = _shard.TryPost(now =>
        {
            if (IsClosed)
            {
                completion.SetException(new InvalidOperationException("The connection has ended."));
                return;
            }

            _shard.Run(now, this, (at, peer) =>
            {
                try
                {
                    completion.SetResult(function(at, peer));
                }
                catch (Exception e)
                {
                    completion.SetException(e);
                }
            });
        });
        if (!posted)
            completion.SetException(new InvalidOperationException("The media shard takes no more commands."));
        return completion.Task;
    }

    /// <summary>Says goodbye to the far end and ends the connection. Thread-safe; further calls do nothing.</summary>
    public void Close() => _shard.PostAlways(now => _shard.Close(now, this, RtcCloseReason.LocalClose));

    /// <summary>The connection is not half-open any more. Owner thread.</summary>
    internal void Settle()
    {
        ConnectDeadline = null;
        _settled?.Invoke();
        _settled = null;
    }

    internal void Complete(RtcCloseReason reason)
    {
        if (_closed.Task.IsCompleted)
            return;

        Settle();

        // Its place is free before anybody learns that it ended.
        _released();
        _closed.SetResult(reason);
    }

    internal Instant? NextTimeout() =>
        Instant.Earliest(ConnectDeadline, Instant.Earliest(Peer.NextTimeout, Handler.NextTimeout));
}
