using AgentGateway.Primitives;

namespace AgentGateway.Audio.Jitter;

/// <summary>
/// Decides how much delay the network needs. Each packet's transit time is compared with the fastest of the last two seconds; the worst of each
/// half second enters a histogram that forgets slowly; a high quantile of it is the target. The worst of an interval, instead of each packet,
/// makes one stall one event, however many packets the burst after it holds. The target passes its usual maximum only while too many packets
/// would come too late for it.
/// </summary>
internal sealed class DelayManager
{
    private const long IntervalTicks = 500 * TimeSpan.TicksPerMillisecond;

    private const int Quantile = (int)(0.92 * DelayHistogram.One);
    private const double ForgetFactor = 0.96;

    // The usual maximum suffices until more packets than this are later; then it does not until they are half as many.
    private const int TooManyLate = (int)(0.02 * DelayHistogram.One);

    // The base is the least transit time over these slots: eight of 250 ms.
    private const int BaseSlots = 8;
    private const long BaseSlotTicks = 250 * TimeSpan.TicksPerMillisecond;

    private readonly long _minTicks;
    private readonly long _usualMaxTicks;
    private readonly long _maxTicks;
    private readonly DelayHistogram _worst = new();
    private readonly DelayHistogram _packets = new();
    private readonly long[] _slotMinimum = new long[BaseSlots];
    private long _slotIndex;
    private long _intervalStart;
    private long _intervalWorst;
    private int _intervals;
    private bool _started;
    private bool _usualSuffices = true;

    public DelayManager(TimeSpan min, TimeSpan usualMax, TimeSpan max)
    {
        _minTicks = min.Ticks;
        _usualMaxTicks = usualMax.Ticks;
        _maxTicks = max.Ticks;
        TargetTicks = _minTicks;
    }

    /// <summary>Delay to aim at.</summary>
    public long TargetTicks { get; private set; }

    /// <summary>Delay that the network needs, whatever least delay is wished for.</summary>
    public long NeededTicks { get; private set; }

    /// <summary>Transit time (arrival minus media time) of the fastest recent packet; only differences mean anything.</summary>
    public long BaseTransitTicks { get; private set; }

    /// <summary>Media time of an RTP timestamp in ticks: 10^7 / 48000 = 625 / 3.</summary>
    public static long MediaTicks(long timestamp) => timestamp * 625 / 3;

    /// <summary>
    /// Takes note of an arrival. <paramref name="extraTicks"/> is added to its delay in the statistics: the packet brought the content of the
    /// one before it, which it should have brought earlier.
    /// </summary>
    public void Update(Instant now, long timestamp, long extraTicks)
    {
        long transit = now.Ticks - MediaTicks(timestamp);
        UpdateBase(now, transit);
        long delay = transit - BaseTransitTicks + extraTicks;
        if (!_started)
        {
            _started = true;
            _intervalStart = now.Ticks;
            _intervalWorst = 0;
            _packets.DropInterval();
        }
        else if (now.Ticks - _intervalStart >= IntervalTicks)
        {
            CloseInterval();
            _intervalStart = now.Ticks;
            _intervalWorst = 0;
        }

        _intervalWorst = Math.Max(_intervalWorst, delay);
        _packets.Count(delay);
    }

    /// <summary>Forgets the stream's time line but not what was learnt about the network.</summary>
    public void RestartTimeline() => _started = false;

    private void UpdateBase(Instant now, long transit)
    {
        long index = now.Ticks / BaseSlotTicks;
        if (!_started || index - _slotIndex >= BaseSlots)
        {
            Array.Fill(_slotMinimum, long.MaxValue);
            _slotIndex = index;
        }

        while (_slotIndex < index)
        {
            _slotIndex++;
            _slotMinimum[_slotIndex % BaseSlots] = long.MaxValue;
        }

        ref long current = ref _slotMinimum[_slotIndex % BaseSlots];
        current = Math.Min(current, transit);
        long least = long.MaxValue;
        foreach (long minimum in _slotMinimum)
            least = Math.Min(least, minimum);
        BaseTransitTicks = least;
    }

    private void CloseInterval()
    {
        // A plain average until the steady factor is reached: the first interval decides alone, and an early stall soon weighs little.
        _intervals = Math.Min(_intervals + 1, 1_000_000);
        int keep = (int)(Math.Min(ForgetFactor, 1 - (1.0 / _intervals)) * DelayHistogram.One);
        _worst.Count(_intervalWorst);
        _worst.CloseInterval(keep);
        _packets.CloseInterval(keep);

        _usualSuffices = _packets.Beyond(_usualMaxTicks) <= (_usualSuffices ? TooManyLate : TooManyLate / 2);
        long needed = _worst.Covering(Quantile);
        NeededTicks = Math.Min(needed, _usualSuffices ? Math.Min(_usualMaxTicks, _maxTicks) : _maxTicks);
        TargetTicks = Math.Max(NeededTicks, _minTicks);
    }
}
