using AgentGateway.Primitives;

namespace AgentGateway.Rtc.Sctp;

/// <summary>Slow start, congestion avoidance and fast recovery (RFC 9260 section 7.2). Windows in bytes of chunks.</summary>
internal sealed class CongestionControl
{
    private readonly int _packetSize;
    private readonly int _initialWindow;
    private int _partialBytesAcked;
    private uint _recoveryExit;
    private Instant? _lastSent;

    public CongestionControl(SctpContext context)
    {
        _packetSize = context.PacketSize;
        _initialWindow = context.Options.InitialWindowPackets * _packetSize;
        Window = _initialWindow;
    }

    public int Window { get; private set; }

    public int SlowStartThreshold { get; private set; } = int.MaxValue;

    public bool InFastRecovery { get; private set; }

    /// <summary>Whether a chunk may be sent. One that would overshoot is only sent into an empty path.</summary>
    public bool Allows(int chunkSize, int flightBytes) => flightBytes == 0 || flightBytes + chunkSize <= Window;

    public void OnSent(Instant now) => _lastSent = now;

    /// <summary>Halves the window for each RTO without sending, down to the first one (section 7.2.1).</summary>
    public void OnIdle(Instant now, TimeSpan rto)
    {
        if (_lastSent is not { } last || Window <= _initialWindow)
            return;
        for (Instant at = last + rto; at <= now && Window > _initialWindow; at += rto)
            Window = Math.Max(Window / 2, _initialWindow);
    }

    public void OnAcked(in AckOutcome outcome, uint cumulativeAcked, int flightBefore, int flightNow)
    {
        if (InFastRecovery)
        {
            if ((int)(cumulativeAcked - _recoveryExit) >= 0)
                InFastRecovery = false;
            return;
        }

        bool wasFullyUsed = flightBefore + _packetSize > Window;
        if (outcome.CumulativeAdvanced && wasFullyUsed)
        {
            if (Window <= SlowStartThreshold)
                Window += Math.Min(outcome.NewlyAckedBytes, _packetSize);
            else
                GrowLinearly(outcome.NewlyAckedBytes);
        }
        else if (Window > SlowStartThreshold && outcome.CumulativeAdvanced)
        {
            // The window was not used up: no credit beyond one window (section 7.2.2).
            _partialBytesAcked = Math.Min(_partialBytesAcked + outcome.NewlyAckedBytes, Window);
        }

        if (flightNow == 0)
            _partialBytesAcked = 0;
    }

    /// <summary>Enters fast recovery; false when already in it.</summary>
    public bool OnLoss(uint highestSent)
    {
        if (InFastRecovery)
            return false;
        ReduceThreshold();
        Window = SlowStartThreshold;
        _partialBytesAcked = 0;
        _recoveryExit = highestSent;
        InFastRecovery = true;
        return true;
    }

    public void OnTimeout()
    {
        ReduceThreshold();
        Window = _packetSize;
        _partialBytesAcked = 0;
        InFastRecovery = false;
    }

    private void GrowLinearly(int acked)
    {
        _partialBytesAcked += acked;
        if (_partialBytesAcked < Window)
            return;
        _partialBytesAcked -= Window;
        Window += _packetSize;
    }

    private void ReduceThreshold() => SlowStartThreshold = Math.Max(Window / 2, 4 * _packetSize);
}
