using AgentGateway.Primitives;
using AgentGateway.Rtc.Wire.Rtp;

namespace AgentGateway.Rtc.Streams;

/// <summary>
/// Sends tones as telephone-event packets (RFC 4733 section 2.5.1): one every 20 ms with the duration so far, the first with the marker,
/// the last one three times, a pause between tones. One tone at a time; others wait.
/// </summary>
internal sealed class TelephoneEventSender
{
    /// <summary>Tones that may wait.</summary>
    public const int MaxWaiting = 32;

    private const byte Volume = 10;
    private const int EndPackets = 3;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(70);

    private readonly Queue<(byte Event, TimeSpan Duration)> _waiting = new();
    private byte _event;
    private TimeSpan _duration;
    private TimeSpan _elapsed;
    private long _start;
    private int _endPackets;
    private bool _active;

    /// <summary>When <see cref="TryNext"/> has the next packet, or null while there is nothing to send.</summary>
    public Instant? NextTimeout { get; private set; }

    /// <summary>Whether a tone is being sent, its end included: it takes the place of audio.</summary>
    public bool IsActive => _active;

    /// <summary>Queues a tone; false when too many wait.</summary>
    public bool TryQueue(Instant now, byte telephoneEvent, TimeSpan duration)
    {
        if (_waiting.Count == MaxWaiting)
            return false;
        _waiting.Enqueue((telephoneEvent, duration));
        NextTimeout ??= now;
        return true;
    }

    /// <summary>Drops everything: the far end takes no tones any more.</summary>
    public void Clear()
    {
        _waiting.Clear();
        _active = false;
        NextTimeout = null;
    }

    /// <summary>Gives the packet that is due.</summary>
    /// <param name="now">The time.</param>
    /// <param name="mediaTimestamp">Where the media clock is now.</param>
    /// <param name="clockRate">In Hz.</param>
    /// <param name="payload">What to send.</param>
    /// <param name="timestamp">Its position on the media clock: the beginning of the tone.</param>
    /// <param name="marker">Whether it is the tone's first.</param>
    public bool TryNext(Instant now, long mediaTimestamp, int clockRate, out TelephoneEventPayload payload, out long timestamp, out bool marker)
    {
        payload = default;
        timestamp = 0;
        marker = false;
        if (NextTimeout is not { } due || due > now)
            return false;
        if (!_active)
        {
            if (!_waiting.TryDequeue(out (byte Event, TimeSpan Duration) tone))
            {
                NextTimeout = null;
                return false;
            }

            (_event, _duration) = tone;
            _elapsed = TimeSpan.Zero;
            _start = mediaTimestamp;
            _endPackets = 0;
            _active = true;
            marker = true;
        }

        if (_endPackets == 0)
            _elapsed += Interval;
        bool isEnd = _elapsed >= _duration;
        long length = (isEnd ? _duration : _elapsed).Ticks * clockRate / TimeSpan.TicksPerSecond;
        timestamp = _start;
        if (length > ushort.MaxValue)
        {
            // A duration has 16 bits (section 2.5.1.3): the tone goes on in a new segment from here.
            payload = new TelephoneEventPayload(_event, false, Volume, ushort.MaxValue);
            _start += ushort.MaxValue;
            TimeSpan segment = TimeSpan.FromTicks(ushort.MaxValue * TimeSpan.TicksPerSecond / clockRate);
            _elapsed -= segment;
            _duration -= segment;
        }
        else
        {
            payload = new TelephoneEventPayload(_event, isEnd, Volume, (ushort)length);
            if (isEnd)
                _endPackets++;
        }

        _active = _endPackets < EndPackets;
        NextTimeout = due + (_active ? Interval : Pause);
        return true;
    }
}
