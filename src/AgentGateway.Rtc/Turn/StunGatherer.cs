using AgentGateway.Primitives;
using AgentGateway.Rtc.Primitives;
using AgentGateway.Rtc.Wire.Stun;

namespace AgentGateway.Rtc.Turn;

/// <summary>
/// Asks one STUN server how it sees us (RFC 8489 section 3, Binding), from one socket: server-reflexive candidates and the public
/// address. A state machine like all engines; its owner knows the server's address and sends what <see cref="TryPollTransmit"/> gives.
/// Not thread-safe: one owner.
/// </summary>
public sealed class StunGatherer(StunGathererOptions options, IRandomSource random)
{
    /// <summary>The buffer of <see cref="TryPollTransmit"/> must have at least this many bytes.</summary>
    public const int MaxMessageSize = 64;

    private readonly TimerTable<Timer> _timers = new();
    private readonly Queue<StunGathererEvent> _events = new(2);
    private readonly long[] _drops = new long[Enum.GetValues<StunDropReason>().Length];
    private StunTransactionId _id;
    private StunSchedule _schedule;
    private bool _isOpen;
    private bool _isDue;

    private enum Timer
    {
        Retransmit,
        Refresh,
    }

    /// <summary>Our address as the server last saw it, or null.</summary>
    public TransportAddress? Mapped { get; private set; }

    /// <summary>The local address its answer came to, or null: the base of the candidate.</summary>
    public TransportAddress? Local { get; private set; }

    /// <summary>When <see cref="HandleTimeout"/> wants to be called; null when nothing is due.</summary>
    public Instant? NextTimeout => _timers.Next;

    /// <summary>Datagrams that told us nothing, by reason. Counted by the owner's thread; any may read.</summary>
    public long Drops(StunDropReason reason) => Volatile.Read(ref _drops[(int)reason]);

    /// <summary>Asks now; again while a request is open it does nothing.</summary>
    public void Start(Instant now)
    {
        if (_isOpen)
            return;
        _id = StunTransactionId.Create(random);
        _isOpen = true;
        _isDue = true;
        _schedule = StunSchedule.Begin(now, options.InitialRetransmissionTimeout, isStream: false);
        _timers.Clear(Timer.Refresh);
        _timers.Set(Timer.Retransmit, _schedule.DueAt);
    }

    /// <summary>A datagram of the server. False when it is no answer to our request; it throws nothing.</summary>
    /// <param name="now">When it arrived.</param>
    /// <param name="local">Where it arrived.</param>
    /// <param name="datagram">Its bytes; not kept.</param>
    public bool Handle(Instant now, in TransportAddress local, ReadOnlySpan<byte> datagram)
    {
        if (!StunMessage.TryParse(datagram, out StunMessage message))
            return Drop(StunDropReason.Malformed);
        if (message.Method != StunMethod.Binding || message.Class is not (StunClass.SuccessResponse or StunClass.ErrorResponse))
            return Drop(StunDropReason.Unexpected);
        if (!_isOpen || message.TransactionId != _id)
            return Drop(StunDropReason.UnknownTransaction);

        // 300 and challenges are not followed: a server for this purpose answers anybody.
        TransportAddress mapped = default;
        if (message.Class == StunClass.ErrorResponse || message.UnknownRequiredCount > 0 || !message.TryGetMappedAddress(out mapped)
            || mapped.IsUnspecified || mapped.Port == 0)
        {
            Drop(StunDropReason.NoAddress);
            GiveUp(now);
            return true;
        }

        _isOpen = false;
        _timers.Clear(Timer.Retransmit);
        if (options.RefreshInterval > TimeSpan.Zero)
            _timers.Set(Timer.Refresh, now + options.RefreshInterval);
        if (Mapped == mapped && Local == local)
            return true;
        Mapped = mapped;
        Local = local;
        _events.Enqueue(new StunGathererEvent(mapped, local));
        return true;
    }

    /// <summary>Does what is due. Calling it early changes nothing.</summary>
    public void HandleTimeout(Instant now)
    {
        while (_timers.TryPopExpired(now, out Timer timer))
        {
            if (timer == Timer.Refresh)
            {
                Start(now);
            }
            else if (_schedule.TryRepeat(now))
            {
                _isDue = true;
                _timers.Set(Timer.Retransmit, _schedule.DueAt);
            }
            else
            {
                GiveUp(now);
            }
        }
    }

    /// <summary>Writes the next datagram for the server. Call until it returns false.</summary>
    public bool TryPollTransmit(Span<byte> buffer, out int length)
    {
        length = 0;
        if (!_isDue)
            return false;
        _isDue = false;
        var writer = new StunWriter(buffer, StunClass.Request, StunMethod.Binding, _id);
        writer.AddFingerprint();
        length = writer.Overflowed ? 0 : writer.Length;
        return length > 0;
    }

    /// <summary>The next fact. Call until it returns false.</summary>
    public bool TryPollEvent(out StunGathererEvent e) => _events.TryDequeue(out e);

    private bool Drop(StunDropReason reason)
    {
        Volatile.Write(ref _drops[(int)reason], _drops[(int)reason] + 1);
        return false;
    }

    private void GiveUp(Instant now)
    {
        _isOpen = false;
        _isDue = false;
        _timers.Clear(Timer.Retransmit);
        _timers.Set(Timer.Refresh, now + options.RetryInterval);
        _events.Enqueue(new StunGathererEvent(null, default));
    }
}
