using AgentGateway.Primitives;
using AgentGateway.Rtc.Primitives;
using AgentGateway.Rtc.Wire.Stun;

namespace AgentGateway.Rtc.Turn;

/// <summary>
/// A TURN client (RFC 8656) with one UDP allocation on one server, reached over UDP, TCP or TLS. It obtains a relayed address, keeps it,
/// and puts datagrams into and takes them out of the relay's envelopes. A state machine: it is told the time and the server's
/// packets, and asked what to send. Not thread-safe: one owner. After each call that takes <c>now</c>, drain
/// <see cref="TryPollTransmit"/> and <see cref="TryPollEvent"/>, then read <see cref="NextTimeout"/>. A failed client stays failed: make
/// another.
/// </summary>
public sealed partial class TurnClient
{
    /// <summary>What the relay's envelope adds to a datagram at most, in bytes.</summary>
    public const int MaxOverhead = 64;

    /// <summary>The buffer of <see cref="TryPollTransmit"/> must have at least this many bytes.</summary>
    public const int MaxMessageSize = 1700;

    private const int MaxTransactions = 32;
    private const int MaxChallenges = 3;

    private readonly TurnClientOptions _options;
    private readonly IRandomSource _random;
    private readonly TimerTable<TurnTimer> _timers = new();
    private readonly TurnTransaction[] _transactions = new TurnTransaction[MaxTransactions];
    private readonly Queue<TurnEvent> _events = new(4);
    private readonly TurnPeerTable _peers;
    private TurnCredentials? _credentials;
    private bool _isWaiting;
    private bool _cleanedUp;
    private bool _keepAliveDue;
    private Instant _lastSentAt;

    /// <summary>Creates a client that waits for <see cref="Start"/>.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public TurnClient(TurnClientOptions options, IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(random);
        options.Validate();
        _options = options;
        _random = random;
        _peers = new TurnPeerTable(options.MaxPeers);
        for (int i = 0; i < _transactions.Length; i++)
            _transactions[i] = new TurnTransaction();
    }

    /// <summary>The state of the allocation.</summary>
    public TurnState State { get; private set; }

    /// <summary>The address on the server that far ends send to; default when there is none.</summary>
    public TransportAddress Relayed { get; private set; }

    /// <summary>Our address as the server saw it; default when there is none.</summary>
    public TransportAddress Mapped { get; private set; }

    /// <summary>How long the server keeps the allocation without a refresh.</summary>
    public TimeSpan Lifetime { get; private set; }

    /// <summary>Far ends known at the moment.</summary>
    public int PeerCount => _peers.Count;

    /// <summary>Counters.</summary>
    public TurnStatistics Statistics { get; } = new();

    /// <summary>Whether <see cref="TryPollTransmit"/> has something.</summary>
    public bool HasTransmit
    {
        get
        {
            foreach (TurnTransaction transaction in _transactions)
            {
                if (transaction.IsDue)
                    return true;
            }

            return _keepAliveDue;
        }
    }

    /// <summary>When <see cref="HandleTimeout"/> wants to be called; null when nothing is due.</summary>
    public Instant? NextTimeout => _timers.Next;

    private bool IsOver => State is TurnState.Failed or TurnState.Closed;

    /// <summary>Asks for an allocation: once, at the beginning; over a stream when it is connected.</summary>
    /// <exception cref="InvalidOperationException">It was started before.</exception>
    public void Start(Instant now)
    {
        if (State != TurnState.New)
            throw new InvalidOperationException("The client was started before.");
        State = TurnState.Allocating;
        Request(now, TurnRequest.Allocate);
        Finish(now);
    }

    /// <summary>
    /// Handles one datagram of the server, or one message of the stream (<see cref="StunFraming"/>). Whatever it contains, it throws
    /// nothing; what has no effect is counted.
    /// </summary>
    /// <param name="now">When it arrived.</param>
    /// <param name="packet">The whole packet.</param>
    /// <param name="data">With <see cref="TurnInput.Data"/>: whose datagram it carries, and where.</param>
    public TurnInput Handle(Instant now, ReadOnlySpan<byte> packet, out TurnData data)
    {
        data = default;
        if (ChannelData.IsChannelData(packet))
            return HandleChannelData(packet, out data);
        if (!StunMessage.TryParse(packet, out StunMessage message))
        {
            Statistics.CountDrop(TurnDropReason.Malformed);
            return TurnInput.None;
        }

        switch (message.Class)
        {
            case StunClass.Indication when message.Method == StunMethod.Data:
                return HandleDataIndication(packet, message, out data);
            case StunClass.Request or StunClass.Indication:
                Statistics.CountDrop(TurnDropReason.Unexpected);
                return TurnInput.None;
        }

        if (message.Method == StunMethod.Binding)
            return TurnInput.NotMine;
        HandleResponse(now, message);
        Finish(now);
        return TurnInput.None;
    }

    /// <summary>Does what is due. Calling it early changes nothing.</summary>
    public void HandleTimeout(Instant now)
    {
        while (_timers.TryPopExpired(now, out TurnTimer timer))
        {
            switch (timer)
            {
                case TurnTimer.Retransmit:
                    RepeatRequests(now);
                    break;
                case TurnTimer.AllocationRefresh:
                    Request(now, TurnRequest.Refresh);
                    break;
                case TurnTimer.PermissionRefresh:
                    RefreshPermissions(now);
                    break;
                case TurnTimer.ChannelRefresh:
                    RefreshChannels(now);
                    break;
                case TurnTimer.KeepAlive:
                    KeepAlive(now);
                    break;
            }
        }

        Finish(now);
    }

    /// <summary>Writes the next packet for the server. Call until it returns false.</summary>
    /// <param name="buffer">At least <see cref="MaxMessageSize"/> bytes.</param>
    /// <param name="length">Bytes written.</param>
    /// <exception cref="ArgumentException">The buffer is too small.</exception>
    public bool TryPollTransmit(Span<byte> buffer, out int length)
    {
        if (buffer.Length < MaxMessageSize)
            throw new ArgumentException("The buffer is smaller than MaxMessageSize.", nameof(buffer));
        foreach (TurnTransaction transaction in _transactions)
        {
            if (!transaction.IsDue)
                continue;
            transaction.IsDue = false;
            length = WriteRequest(buffer, transaction);
            if (length == 0)
                continue;
            Statistics.RequestsSent++;
            if (transaction.IsRepeated)
                Statistics.Retransmissions++;
            return true;
        }

        if (_keepAliveDue)
        {
            _keepAliveDue = false;
            var writer = new StunWriter(buffer, StunClass.Indication, StunMethod.Binding, StunTransactionId.Create(_random));
            writer.AddFingerprint();
            length = writer.Length;
            return true;
        }

        length = 0;
        return false;
    }

    /// <summary>The next fact, in order. Call until it returns false.</summary>
    public bool TryPollEvent(out TurnEvent e) => _events.TryDequeue(out e);

    /// <summary>Gives the allocation back; nothing is relayed any more. <see cref="TurnEventKind.Closed"/> follows when the server knows, or never answered.</summary>
    public void Close(Instant now)
    {
        if (IsOver || State == TurnState.Closing)
            return;
        bool wasAllocated = State == TurnState.Allocated;
        Stop();
        State = TurnState.Closing;
        if (wasAllocated)
            Request(now, TurnRequest.Release);
        else
            End();
        Finish(now);
    }

    private void KeepAlive(Instant now)
    {
        if (now - _lastSentAt >= _options.KeepAliveInterval)
        {
            _keepAliveDue = true;
            _lastSentAt = now;
        }

        _timers.Set(TurnTimer.KeepAlive, _lastSentAt + _options.KeepAliveInterval);
    }

    private void Fail(TurnFailure failure, int errorCode = 0, TransportAddress alternate = default)
    {
        Stop();
        State = TurnState.Failed;
        _events.Enqueue(new TurnEvent { Kind = TurnEventKind.Failed, Failure = failure, ErrorCode = errorCode, AlternateServer = alternate });
    }

    private void End()
    {
        Stop();
        State = TurnState.Closed;
        _events.Enqueue(new TurnEvent { Kind = TurnEventKind.Closed });
    }

    private void Stop()
    {
        _timers.ClearAll();
        foreach (TurnTransaction transaction in _transactions)
            transaction.Close();
        _peers.Clear();
        _isWaiting = false;
        _keepAliveDue = false;
        Relayed = default;
    }
}
