using AgentGateway.Primitives;

namespace AgentGateway.Rtc.Turn;

/// <summary>
/// When a request is sent again and when it is given up (RFC 8489 section 6.2): over UDP 7 times with a timeout that doubles, and a
/// last wait of 16 initial ones; over a stream once, with a wait of Ti = 39.5 s.
/// </summary>
internal struct StunSchedule
{
    private const int MaxTransmissions = 7;
    private const int LastWaitFactor = 16;
    private static readonly TimeSpan StreamTimeout = TimeSpan.FromSeconds(39.5);

    private TimeSpan _initial;
    private TimeSpan _timeout;
    private int _transmissions;

    /// <summary>When the request is to be repeated or given up.</summary>
    public Instant DueAt { get; private set; }

    public static StunSchedule Begin(Instant now, TimeSpan initialTimeout, bool isStream)
    {
        TimeSpan timeout = isStream ? StreamTimeout : initialTimeout;
        return new StunSchedule
        {
            _initial = initialTimeout,
            _timeout = timeout,
            _transmissions = isStream ? MaxTransmissions : 1,
            DueAt = now + timeout,
        };
    }

    /// <summary>At <see cref="DueAt"/>: true when the request is to be sent again, false when nobody will answer.</summary>
    public bool TryRepeat(Instant now)
    {
        if (_transmissions >= MaxTransmissions)
            return false;
        _transmissions++;
        _timeout = _transmissions == MaxTransmissions ? _initial * LastWaitFactor : _timeout * 2;
        DueAt = now + _timeout;
        return true;
    }
}
