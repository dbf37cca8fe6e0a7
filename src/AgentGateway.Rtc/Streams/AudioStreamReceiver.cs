using AgentGateway.Primitives;
using AgentGateway.Rtc.Wire.Rtcp;

namespace AgentGateway.Rtc.Streams;

/// <summary>
/// Bookkeeping of one received stream: extended counters, loss and jitter (RFC 3550 appendix A.1, A.3, A.8) and the report block
/// about it. Packets given here are authentic and no replays.
/// </summary>
internal sealed class AudioStreamReceiver
{
    // The first packet may be overtaken by older ones; starting one cycle up keeps their extended numbers positive.
    private const long FirstSequenceCycle = 0x1_0000;
    private const long FirstTimestampCycle = 0x1_0000_0000;

    // An older packet than the first one moves the base only this far: beyond it, it is no reordering.
    private const int MaxBaseMove = 100;
    private const int MaxPacketMilliseconds = 120;

    private readonly int _clockRate;
    private SequenceExtender16 _sequence;
    private SequenceExtender32 _timestamp;
    private long _base;
    private long _expectedPrior;
    private long _receivedPrior;
    private long _lastTransit;
    private bool _hasTransit;
    private long _jitterTimes16;
    private NtpTimestamp? _lastSenderReport;
    private Instant _lastSenderReportAt;

    // Bit n: the packet n before the highest is here, itself or as a copy in another one.
    private ulong _seen;
    private long _seenHighest;

    public AudioStreamReceiver(uint ssrc, int clockRate)
    {
        Ssrc = ssrc;
        _clockRate = clockRate;
    }

    public uint Ssrc { get; }

    public long PacketsReceived { get; private set; }

    /// <summary>How far the timestamps of consecutive packets lie apart, in units of the RTP clock; 0 until two came.</summary>
    public int PacketDuration { get; private set; }

    public Instant LastPacketAt { get; private set; }

    public bool SaidBye { get; set; }

    /// <summary>Whether packets were lost in the interval of the last report.</summary>
    public bool LostLately { get; private set; }

    /// <summary>Expected minus received; negative when packets older than the base arrived.</summary>
    public long PacketsLost => Expected - PacketsReceived;

    public TimeSpan Jitter => TimeSpan.FromSeconds(_jitterTimes16 / 16.0 / _clockRate);

    private long Expected => _sequence.Started ? _sequence.Highest - _base + 1 : 0;

    /// <summary>Whether a packet was overtaken or sent again: its arrival says nothing about the network's jitter.</summary>
    public bool IsOld(ushort wireSequence) => _sequence.Started && _sequence.Estimate(wireSequence) < _sequence.Highest;

    /// <summary>Counts a packet.</summary>
    /// <param name="now">When it arrived.</param>
    /// <param name="wireSequence">Its sequence number.</param>
    /// <param name="wireTimestamp">Its timestamp.</param>
    /// <param name="countsForJitter">False for packets whose timestamp is not their sampling time (RFC 4733 events).</param>
    /// <param name="sequence">The extended sequence number.</param>
    /// <param name="timestamp">The extended timestamp.</param>
    public void Handle(Instant now, ushort wireSequence, uint wireTimestamp, bool countsForJitter, out long sequence, out long timestamp)
    {
        if (!_sequence.Started)
        {
            _base = FirstSequenceCycle + wireSequence;
            _sequence.Commit(_base);
            _timestamp.Commit(FirstTimestampCycle + wireTimestamp);
        }

        sequence = _sequence.Estimate(wireSequence);
        timestamp = _timestamp.Estimate(wireTimestamp);
        UpdateDuration(sequence - _sequence.Highest, timestamp - _timestamp.Highest);
        _sequence.Commit(sequence);
        _timestamp.Commit(timestamp);
        if (sequence < _base && _base - sequence <= MaxBaseMove)
            _base = sequence;
        PacketsReceived++;
        LastPacketAt = now;
        SaidBye = false;
        if (countsForJitter)
            UpdateJitter(now, timestamp);
    }

    /// <summary>Notes that a packet, or a copy of it, is here.</summary>
    /// <param name="sequence">Its extended sequence number.</param>
    /// <param name="whenTooOld">The result when it is too old to tell.</param>
    /// <returns>Whether it was not here before.</returns>
    public bool See(long sequence, bool whenTooOld)
    {
        long ahead = sequence - _seenHighest;
        if (ahead > 0)
        {
            _seen = ahead >= 64 ? 0 : _seen << (int)ahead;
            _seenHighest = sequence;
            ahead = 0;
        }

        if (ahead <= -64)
            return whenTooOld;
        ulong bit = 1UL << (int)-ahead;
        bool isNew = (_seen & bit) == 0;
        _seen |= bit;
        return isNew;
    }

    /// <summary>Keeps what a report block has to echo.</summary>
    public void HandleSenderReport(Instant now, NtpTimestamp ntp)
    {
        _lastSenderReport = ntp;
        _lastSenderReportAt = now;
    }

    /// <summary>The block about this stream; starts the next interval (RFC 3550 appendix A.3).</summary>
    public RtcpReportBlock TakeReport(Instant now)
    {
        long expectedInterval = Expected - _expectedPrior;
        long receivedInterval = PacketsReceived - _receivedPrior;
        _expectedPrior = Expected;
        _receivedPrior = PacketsReceived;
        long lostInterval = expectedInterval - receivedInterval;
        LostLately = lostInterval > 0;
        byte fraction = expectedInterval <= 0 || lostInterval <= 0 ? (byte)0 : (byte)Math.Min(255, (lostInterval << 8) / expectedInterval);
        double delay = _lastSenderReport is null ? 0 : (now - _lastSenderReportAt).TotalSeconds * 65536;
        return new RtcpReportBlock(
            Ssrc,
            fraction,
            (int)Math.Clamp(PacketsLost, RtcpReportBlock.MinCumulativeLost, RtcpReportBlock.MaxCumulativeLost),
            (uint)(_sequence.Highest - FirstSequenceCycle),
            (uint)Math.Min(uint.MaxValue, _jitterTimes16 >> 4),
            _lastSenderReport?.Middle ?? 0,
            (uint)Math.Clamp(delay, 0, uint.MaxValue));
    }

    // A gap in time that no lost packets explain (DTX) says nothing about the length of packets.
    private void UpdateDuration(long packets, long time)
    {
        long length = packets > 0 ? time / packets : 0;
        if (length > 0 && length <= MaxPacketMilliseconds * _clockRate / 1000 && (PacketDuration == 0 || packets == 1))
            PacketDuration = (int)length;
    }

    private void UpdateJitter(Instant now, long timestamp)
    {
        long arrival = (long)((Int128)now.Ticks * _clockRate / TimeSpan.TicksPerSecond);
        long transit = arrival - timestamp;
        if (_hasTransit)
        {
            // A timestamp jump is no jitter: a sender that restarts its clock would spoil the estimate for minutes.
            long difference = Math.Min(Math.Abs(transit - _lastTransit), 10L * _clockRate);
            _jitterTimes16 += difference - ((_jitterTimes16 + 8) >> 4);
        }

        _lastTransit = transit;
        _hasTransit = true;
    }
}
