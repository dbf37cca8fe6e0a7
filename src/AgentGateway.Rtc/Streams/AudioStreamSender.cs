using AgentGateway.Primitives;
using AgentGateway.Rtc.Wire.Rtp;

namespace AgentGateway.Rtc.Streams;

/// <summary>
/// The stream we send: numbers packets and holds them, in plain, until the driver polls. All memory is allocated once.
/// </summary>
internal sealed class AudioStreamSender
{
    private readonly byte[] _slots;
    private readonly int[] _lengths;
    private readonly int _slotSize;
    private readonly uint _timestampOffset;
    private readonly byte[] _mid = new byte[RtpExtensionValue.MaxMidLength];
    private AudioStreamConfiguration? _configuration;
    private int _midLength;
    private ushort _sequence;
    private int _head;
    private int _count;
    private long _lastTimestamp;
    private Instant _lastSentAt;

    /// <param name="random">Gives SSRC, first sequence number and timestamp offset (RFC 3550 section 5.1).</param>
    /// <param name="capacity">Packets that may wait.</param>
    /// <param name="maxPacketSize">The largest plain packet, in bytes.</param>
    public AudioStreamSender(IRandomSource random, int capacity, int maxPacketSize)
    {
        _slotSize = maxPacketSize;
        _slots = new byte[capacity * maxPacketSize];
        _lengths = new int[capacity];
        Ssrc = random.NextUInt32();
        _timestampOffset = random.NextUInt32();

        // Below 2^15, so that a receiver that loses the first packets cannot guess a wrong rollover counter (RFC 3711 section 3.3.1).
        _sequence = (ushort)(random.NextUInt16() & 0x7FFF);
    }

    public uint Ssrc { get; }

    public long PacketsSent { get; private set; }

    public long BytesSent { get; private set; }

    /// <summary>When the last packet was queued, or null before the first.</summary>
    public Instant? LastSentAt => PacketsSent == 0 ? null : _lastSentAt;

    /// <summary>Cleared once the far end reported on this stream: it then knows which section it belongs to.</summary>
    public bool SendsMid { get; set; } = true;

    public void Configure(AudioStreamConfiguration configuration)
    {
        _configuration = configuration;
        _midLength = 0;
        if (configuration.MidExtension is null || configuration.Mid.Length is 0 or > RtpExtensionValue.MaxMidLength)
            return;
        if (System.Text.Encoding.UTF8.TryGetBytes(configuration.Mid, _mid, out int length))
            _midLength = length;
    }

    /// <summary>Numbers and queues one packet.</summary>
    public AudioEnqueueResult Enqueue(Instant now, ReadOnlySpan<byte> payload, long mediaTimestamp, bool marker, byte? audioLevel)
    {
        if (_configuration is not { MaySend: true } configuration)
            return AudioEnqueueResult.NotSending;
        if (_count == _lengths.Length)
            return AudioEnqueueResult.Full;
        int index = (_head + _count) % _lengths.Length;
        Span<byte> slot = _slots.AsSpan(index * _slotSize, _slotSize);
        if (!RtpWriter.TryStart(
                slot, configuration.PayloadType, marker, _sequence, WireTimestamp(mediaTimestamp), Ssrc, out RtpWriter writer))
            return AudioEnqueueResult.TooLarge;
        if (SendsMid && _midLength > 0)
            writer.TryAddExtension(configuration.MidExtension!.Value, _mid.AsSpan(0, _midLength));
        if (audioLevel is { } level && configuration.AudioLevelExtension is { } id)
            writer.TryAddExtension(id, [RtpExtensionValue.AudioLevel(level, level < 127)]);
        if (!writer.TryFinish(payload))
            return AudioEnqueueResult.TooLarge;

        _lengths[index] = writer.Length;
        _count++;
        _sequence++;
        _lastTimestamp = mediaTimestamp;
        _lastSentAt = now;
        PacketsSent++;
        BytesSent += payload.Length;
        return AudioEnqueueResult.Ok;
    }

    /// <summary>Copies the oldest waiting packet out; false when none waits or the buffer is too small.</summary>
    public bool TryDequeue(Span<byte> buffer, out int length)
    {
        length = 0;
        if (_count == 0 || _lengths[_head] > buffer.Length)
            return false;
        length = _lengths[_head];
        _slots.AsSpan(_head * _slotSize, length).CopyTo(buffer);
        _head = (_head + 1) % _lengths.Length;
        _count--;
        return true;
    }

    /// <summary>The wire timestamp of an instant, extrapolated from the last packet (for sender reports).</summary>
    public uint WireTimestampAt(Instant now)
    {
        int clockRate = _configuration?.ClockRate ?? 0;
        return WireTimestamp(_lastTimestamp + (long)((Int128)(now - _lastSentAt).Ticks * clockRate / TimeSpan.TicksPerSecond));
    }

    private uint WireTimestamp(long mediaTimestamp) => unchecked((uint)(_timestampOffset + mediaTimestamp));
}
