using AgentGateway.Primitives;
using AgentGateway.Rtc.Wire.Rtp;

namespace AgentGateway.Rtc.Streams;

/// <summary>
/// The stream we send: numbers packets and holds them, in plain, until the driver polls. Memory grows to the most packets that
/// ever waited, which is one while the driver polls after each.
/// </summary>
internal sealed class AudioStreamSender
{
    // mid 1 + 16, audio level 2, send time 4, transport sequence 3, each one byte longer in the two-byte form; block header 4, padding 3.
    private const int MaxHeaderExtensions = 40;

    private readonly int _capacity;
    private readonly int _slotSize;
    private readonly uint _timestampOffset;
    private readonly TransportWideFeedback? _transport;
    private readonly RedundancySender _redundancy = new();
    private readonly byte[] _mid = new byte[RtpExtensionValue.MaxMidLength];
    private int[] _lengths = [];
    private RentedArray<byte>? _slots;
    private AudioStreamConfiguration? _configuration;
    private bool _twoByteExtensions;
    private int _midLength;
    private ushort _sequence;
    private int _head;
    private int _count;
    private long _lastTimestamp;
    private Instant _lastSentAt;

    /// <param name="random">Gives SSRC, first sequence number and timestamp offset (RFC 3550 section 5.1).</param>
    /// <param name="capacity">Packets that may wait.</param>
    /// <param name="maxPacketSize">The largest plain packet, in bytes.</param>
    /// <param name="transport">Numbers the packets of the connection, or null.</param>
    public AudioStreamSender(IRandomSource random, int capacity, int maxPacketSize, TransportWideFeedback? transport)
    {
        _slotSize = maxPacketSize;
        _capacity = capacity;
        _transport = transport;
        Ssrc = random.NextUInt32();
        _timestampOffset = random.NextUInt32();

        // Below 2^15, so that a receiver that loses the first packets cannot guess a wrong rollover counter (RFC 3711 section 3.3.1).
        _sequence = (ushort)(random.NextUInt16() & 0x7FFF);
    }

    public uint Ssrc { get; }

    public long PacketsSent { get; private set; }

    public long BytesSent { get; private set; }

    /// <summary>When a frame was queued last; zero before the first.</summary>
    public Instant LastSentAt => _lastSentAt;

    /// <summary>Packets that repeated earlier frames.</summary>
    public long RedundantPacketsSent { get; private set; }

    /// <summary>What each packet repeats, when redundancy was agreed on.</summary>
    public Redundancy Redundancy { get; set; }

    /// <summary>Cleared once the far end reported on this stream: it then knows which section it belongs to.</summary>
    public bool SendsMid { get; set; } = true;

    public void Configure(AudioStreamConfiguration configuration)
    {
        if (_configuration?.PayloadType != configuration.PayloadType)
            _redundancy.Clear();

        // The far end may have forgotten meanwhile which section we are.
        SendsMid |= configuration.MaySend && _configuration is not { MaySend: true };
        _configuration = configuration;
        _twoByteExtensions = configuration.NeedsTwoByteExtensions;
        _midLength = 0;
        if (configuration.MidExtension is null || configuration.Mid.Length is 0 or > RtpExtensionValue.MaxMidLength)
            return;
        if (System.Text.Encoding.UTF8.TryGetBytes(configuration.Mid, _mid, out int length))
            _midLength = length;
    }

    /// <summary>Numbers and queues one packet of the codec.</summary>
    public AudioEnqueueResult Enqueue(Instant now, ReadOnlySpan<byte> payload, long mediaTimestamp, bool marker, byte? audioLevel)
    {
        if (_configuration is not { MaySend: true } configuration)
            return AudioEnqueueResult.NotSending;
        byte payloadType = configuration.PayloadType;
        scoped ReadOnlySpan<byte> content = payload;
        Span<byte> repeating = stackalloc byte[Redundancy == Redundancy.None ? 0 : _slotSize - RtpPacket.FixedHeaderLength - MaxHeaderExtensions];
        if (Redundancy != Redundancy.None && configuration.RedPayloadType is { } red)
        {
            int length = _redundancy.Write(repeating, payload, payloadType, mediaTimestamp, Redundancy);
            if (length > 0)
            {
                content = repeating[..length];
                payloadType = red;
            }
        }

        AudioEnqueueResult result = Enqueue(now, configuration, payloadType, content, mediaTimestamp, marker, audioLevel);
        if (result != AudioEnqueueResult.Ok)
            return result;
        if (payloadType != configuration.PayloadType)
            RedundantPacketsSent++;
        if (configuration.RedPayloadType is not null)
            _redundancy.Add(payload, mediaTimestamp);
        _lastTimestamp = mediaTimestamp;
        _lastSentAt = now;
        return result;
    }

    /// <summary>Numbers and queues one packet of a tone.</summary>
    public AudioEnqueueResult EnqueueTelephoneEvent(Instant now, TelephoneEventPayload tone, long mediaTimestamp, bool marker)
    {
        if (_configuration is not { MaySend: true, TelephoneEventPayloadType: { } payloadType } configuration)
            return AudioEnqueueResult.NotSending;
        Span<byte> payload = stackalloc byte[TelephoneEventPayload.Length];
        tone.Write(payload);

        // Receivers may find a frame's number by counting back, and the tone would be counted too.
        _redundancy.Clear();
        return Enqueue(now, configuration, payloadType, payload, mediaTimestamp, marker, audioLevel: null);
    }

    /// <summary>Copies the oldest waiting packet out; false when none waits or the buffer is too small.</summary>
    public bool TryDequeue(Span<byte> buffer, out int length)
    {
        length = 0;
        if (_count == 0 || _lengths[_head] > buffer.Length)
            return false;
        length = _lengths[_head];
        _slots!.Span.Slice(_head * _slotSize, length).CopyTo(buffer);
        _head = (_head + 1) % _lengths.Length;
        _count--;
        return true;
    }

    /// <summary>Drops what waits and gives the memory back.</summary>
    public void Release()
    {
        _count = 0;
        _slots?.Release();
        _redundancy.Release();
    }

    /// <summary>Where the media clock is, extrapolated from the last packet.</summary>
    public long MediaTimestampAt(Instant now)
    {
        int clockRate = _configuration?.ClockRate ?? 0;
        return _lastTimestamp + (long)((Int128)(now - _lastSentAt).Ticks * clockRate / TimeSpan.TicksPerSecond);
    }

    /// <summary>The wire timestamp of an instant (for sender reports).</summary>
    public uint WireTimestampAt(Instant now) => WireTimestamp(MediaTimestampAt(now));

    private AudioEnqueueResult Enqueue(
        Instant now,
        AudioStreamConfiguration configuration,
        byte payloadType,
        ReadOnlySpan<byte> payload,
        long mediaTimestamp,
        bool marker,
        byte? audioLevel)
    {
        if (_count == _capacity)
            return AudioEnqueueResult.Full;
        if (_count == _lengths.Length)
            Grow();
        int index = (_head + _count) % _lengths.Length;
        Span<byte> slot = _slots!.Span.Slice(index * _slotSize, _slotSize);
        if (!RtpWriter.TryStart(slot, payloadType, marker, _sequence, WireTimestamp(mediaTimestamp), Ssrc, out RtpWriter writer))
            return AudioEnqueueResult.TooLarge;
        AddExtensions(now, configuration, audioLevel, ref writer);
        if (!writer.TryFinish(payload))
            return AudioEnqueueResult.TooLarge;

        _lengths[index] = writer.Length;
        _count++;
        _sequence++;
        PacketsSent++;
        BytesSent += payload.Length;
        return AudioEnqueueResult.Ok;
    }

    private void Grow()
    {
        int[] lengths = new int[Math.Clamp(2 * _lengths.Length, 1, _capacity)];
        var slots = new RentedArray<byte>(lengths.Length * _slotSize);
        for (int i = 0; i < _count; i++)
        {
            int from = (_head + i) % _lengths.Length;
            lengths[i] = _lengths[from];
            _slots!.Span.Slice(from * _slotSize, lengths[i]).CopyTo(slots.Span[(i * _slotSize)..]);
        }

        _slots?.Release();
        _lengths = lengths;
        _slots = slots;
        _head = 0;
    }

    private void AddExtensions(Instant now, AudioStreamConfiguration configuration, byte? audioLevel, ref RtpWriter writer)
    {
        if (_twoByteExtensions)
            writer.UseTwoByteExtensions();
        if (SendsMid && _midLength > 0)
            writer.TryAddExtension(configuration.MidExtension!.Value, _mid.AsSpan(0, _midLength));
        if (audioLevel is { } level && configuration.AudioLevelExtension is { } levelId)
            writer.TryAddExtension(levelId, [RtpExtensionValue.AudioLevel(level, level < 127)]);
        if (configuration.AbsoluteSendTimeExtension is { } timeId)
        {
            Span<byte> time = stackalloc byte[3];
            RtpExtensionValue.WriteAbsoluteSendTime(time, now - Instant.Zero);
            writer.TryAddExtension(timeId, time);
        }

        if (configuration.TransportSequenceExtension is { } sequenceId && _transport is not null)
        {
            Span<byte> sequence = stackalloc byte[sizeof(ushort)];
            RtpExtensionValue.WriteTransportSequence(sequence, _transport.TakeSequence());
            writer.TryAddExtension(sequenceId, sequence);
        }
    }

    private uint WireTimestamp(long mediaTimestamp) => unchecked((uint)(_timestampOffset + mediaTimestamp));
}
