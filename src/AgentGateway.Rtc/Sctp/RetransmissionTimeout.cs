namespace AgentGateway.Rtc.Sctp;

/// <summary>The retransmission timeout from round-trip measurements (RFC 9260 section 6.3.1).</summary>
internal sealed class RetransmissionTimeout
{
    // A lone packet is acknowledged up to 200 ms late. On a steady path RTTVAR tends to zero, and a plain SRTT + 4*RTTVAR
    // would then fire before that acknowledgement; 20 ms is the allowance for the timers of both ends.
    private static readonly TimeSpan DelayedAckAllowance = TimeSpan.FromMilliseconds(220);

    private readonly TimeSpan _minimum;
    private readonly TimeSpan _maximum;
    private TimeSpan _variation;

    public RetransmissionTimeout(SctpOptions options)
    {
        _minimum = options.RtoMin;
        _maximum = options.RtoMax;
        Current = options.RtoInitial;
    }

    public TimeSpan Current { get; private set; }

    public TimeSpan? Smoothed { get; private set; }

    public void Measure(TimeSpan roundTrip)
    {
        if (roundTrip < TimeSpan.Zero)
            return;
        if (Smoothed is { } smoothed)
        {
            _variation = ((_variation * 3) + (smoothed - roundTrip).Duration()) / 4;
            Smoothed = ((smoothed * 7) + roundTrip) / 8;
        }
        else
        {
            _variation = roundTrip / 2;
            Smoothed = roundTrip;
        }

        TimeSpan margin = _variation * 4;
        Current = Clamp(Smoothed.Value + (margin > DelayedAckAllowance ? margin : DelayedAckAllowance));
    }

    /// <summary>Doubles the timeout, up to the maximum (rule E2).</summary>
    public void BackOff() => Current = Clamp(Current * 2);

    private TimeSpan Clamp(TimeSpan value) => value < _minimum ? _minimum : value > _maximum ? _maximum : value;
}
