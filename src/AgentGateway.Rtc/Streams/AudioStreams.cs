using AgentGateway.Primitives;
using AgentGateway.Rtc.Wire.Rtp;

namespace AgentGateway.Rtc.Streams;

/// <summary>
/// Both directions of one audio section above SRTP: the stream we send, the one stream we listen to, and RTCP about both.
/// Works on plain packets. Not thread-safe: one owner. See DESIGN.md.
/// </summary>
internal sealed partial class AudioStreams
{
    // The longest gap of a stream that is still sending: Opus DTX refreshes every 400 ms.
    private static readonly TimeSpan TakeoverSilence = TimeSpan.FromSeconds(1);

    // Copies of frames further back than this are of no use to a conversation.
    private const int MaxRedundantDistance = 8;

    // Few sources follow each other in one section; more than these is a far end that invents them.
    private const int MaxLearnedSources = 4;

    private readonly List<uint> _learned = new(MaxLearnedSources);
    private readonly IRandomSource _random;
    private readonly string _cname;
    private readonly DateTimeOffset _wallClockAtEpoch;
    private readonly NackRequester _nack;
    private readonly SendHistory _history = new();
    private readonly RedundancyControl _redundancy = new();
    private readonly TelephoneEventSender _tones = new();
    private readonly TimerTable<StreamTimer> _timers = new();
    private readonly ReceivedAudioPacket[] _recovered = new ReceivedAudioPacket[RedPayload.MaxBlocks];
    private readonly RedBlock[] _blocks = new RedBlock[RedPayload.MaxBlocks];
    private AudioStreamConfiguration? _configuration;
    private AudioStreamReceiver? _receiver;
    private int _recoveredCount;
    private long _redundantUntil = -1;

    /// <param name="random">Random numbers of the stream and its report times.</param>
    /// <param name="options">What does not change over the life of the streams.</param>
    /// <param name="transport">Transport-wide feedback of the connection, or null for none.</param>
    public AudioStreams(IRandomSource random, AudioStreamOptions options, TransportWideFeedback? transport)
    {
        _random = random;
        _cname = options.Cname;
        _wallClockAtEpoch = options.WallClockAtEpoch;
        _nack = new NackRequester(options.RetransmissionBudget);
        Sender = new AudioStreamSender(random, options.QueueLength, options.MaxPacketSize, transport);
    }

    public AudioStreamSender Sender { get; }

    /// <summary>The stream listened to, or null before its first packet.</summary>
    public AudioStreamReceiver? Receiver => _receiver;

    public StreamStatistics Statistics { get; } = new();

    /// <summary>Packets that were asked for, and those of them that came.</summary>
    public (long Asked, long Answered) Requests => (_nack.Asked, _nack.Answered);

    public Instant? NextTimeout => _timers.Next;

    /// <summary>Lost packets whose copies came with the packet handled last, the oldest first; they precede it.</summary>
    public ReadOnlySpan<ReceivedAudioPacket> Recovered => _recovered.AsSpan(0, _recoveredCount);

    /// <summary>Remote sources that were signalled for this section.</summary>
    public IReadOnlyList<uint> SignalledSources => _configuration?.Sources ?? [];

    /// <summary>The last remote sources that were heard in it.</summary>
    public IReadOnlyList<uint> LearnedSources => _learned;

    public string Mid => _configuration?.Mid ?? "";

    public int? MidExtension => _configuration?.MidExtension;

    public bool UsesTransportFeedback => _configuration is { TransportFeedback: true };

    /// <summary>The id of the transport-wide number, when what it tells was agreed to be reported.</summary>
    public int? TransportSequenceExtension => UsesTransportFeedback ? _configuration!.TransportSequenceExtension : null;

    public bool MayReceive => _configuration is { MayReceive: true };

    /// <summary>Whether the section has this payload type.</summary>
    public bool Knows(byte payloadType) => _configuration is { } configuration && TryClassify(configuration, payloadType, out _);

    /// <summary>Remembers a source that was heard; returns the one that is forgotten for it, if any.</summary>
    public uint? Learn(uint ssrc)
    {
        if (_learned.Contains(ssrc))
            return null;
        uint? forgotten = null;
        if (_learned.Count == MaxLearnedSources)
        {
            // Not the one that is listened to.
            int at = _learned[0] == _receiver?.Ssrc ? 1 : 0;
            forgotten = _learned[at];
            _learned.RemoveAt(at);
        }

        _learned.Add(ssrc);
        return forgotten;
    }

    /// <summary>The source belongs to another section now.</summary>
    public void Forget(uint ssrc) => _learned.Remove(ssrc);

    /// <summary>Applies what was negotiated; again after a renegotiation.</summary>
    public void Configure(AudioStreamConfiguration configuration)
    {
        _configuration = configuration;
        Sender.Configure(configuration);
        if (!CanSendTones)
        {
            _tones.Clear();
            _timers.Clear(StreamTimer.TelephoneEvent);
        }
    }

    /// <summary>Begins to report: keys are there.</summary>
    public void Start(Instant now) => _timers.SetIfUnset(StreamTimer.RtcpReport, now + RtcpSchedule.First(_random));

    /// <summary>Says BYE with the next poll and stops reporting.</summary>
    public void End(Instant now)
    {
        if (_ended)
            return;
        _ended = true;
        _byeDue = true;
        _reportDue = now;
        _timers.ClearAll();
    }

    /// <summary>Gives all memory back: the connection is over.</summary>
    public void Release()
    {
        Sender.Release();
        _history.Release();
        _nack.Release();
    }

    public void HandleTimeout(Instant now)
    {
        while (_timers.TryPopExpired(now, out StreamTimer reason))
        {
            switch (reason)
            {
                case StreamTimer.RtcpReport:
                    _reportDue = now;
                    _timers.Set(StreamTimer.RtcpReport, now + RtcpSchedule.Next(_random, _receiver is { LostLately: true }));
                    break;
                case StreamTimer.Nack:
                    _nackDue = now;
                    break;
                default:
                    SendTone(now);
                    break;
            }
        }
    }

    /// <summary>Queues one frame of the codec. While a tone is sent it takes the frame's place (RFC 4733 section 2.2).</summary>
    public AudioEnqueueResult Send(Instant now, ReadOnlySpan<byte> payload, long mediaTimestamp, bool marker, byte? audioLevel) =>
        _tones.IsActive ? AudioEnqueueResult.Ok : Sender.Enqueue(now, payload, mediaTimestamp, marker, audioLevel);

    /// <summary>Queues a tone; false when the far end takes none or too many wait.</summary>
    public bool TrySendTone(Instant now, byte telephoneEvent, TimeSpan duration)
    {
        if (_ended || !CanSendTones || !_tones.TryQueue(now, telephoneEvent, duration))
            return false;
        _timers.SetIfUnset(StreamTimer.TelephoneEvent, _tones.NextTimeout!.Value);
        return true;
    }

    /// <summary>Keeps a packet that was encrypted and sent, in case the far end asks for it.</summary>
    public void Remember(Instant now, ushort sequence, ReadOnlySpan<byte> datagram)
    {
        if (_configuration is { Nack: true })
            _history.Add(now, sequence, datagram);
    }

    /// <summary>Takes the next encrypted packet that the far end asked for.</summary>
    public bool TryDequeueRetransmission(Span<byte> buffer, out int length)
    {
        if (!_history.TryDequeue(buffer, out length))
            return false;
        Statistics.RetransmissionsSent++;
        return true;
    }

    /// <summary>Judges an authentic packet and counts it.</summary>
    public RtpVerdict HandleRtp(Instant now, ReadOnlySpan<byte> datagram, out ReceivedAudioPacket packet)
    {
        packet = default;
        _recoveredCount = 0;
        return RtpPacket.TryParse(datagram, out RtpPacket rtp) ? HandleRtp(now, rtp, datagram.Length, out packet) : RtpVerdict.Malformed;
    }

    /// <summary>The same for a packet that was parsed.</summary>
    /// <param name="now">When it arrived.</param>
    /// <param name="rtp">The packet.</param>
    /// <param name="datagramLength">Of the whole datagram, in which payloads are given as ranges.</param>
    /// <param name="packet">The packet without its redundancy; that is in <see cref="Recovered"/>.</param>
    public RtpVerdict HandleRtp(Instant now, in RtpPacket rtp, int datagramLength, out ReceivedAudioPacket packet)
    {
        packet = default;
        _recoveredCount = 0;
        if (_configuration is not { } configuration || !TryClassify(configuration, rtp.PayloadType, out RtpVerdict verdict))
            return RtpVerdict.UnknownPayloadType;

        bool isEvent = verdict == RtpVerdict.TelephoneEvent;
        bool isNew = _receiver is null || _receiver.Ssrc != rtp.Ssrc;
        if (!configuration.MayReceive)
        {
            // Under way when the direction changed: not wanted, but not lost either.
            if (!isNew)
                _receiver!.Handle(now, rtp.SequenceNumber, rtp.Timestamp, !isEvent, out _, out _);
            return RtpVerdict.NotReceiving;
        }

        if (isNew && _receiver is { SaidBye: false } current && now - current.LastPacketAt < TakeoverSilence)
            return RtpVerdict.UnknownStream;
        if (isNew)
        {
            if (_receiver is not null)
                Statistics.StreamChanges++;
            _receiver = new AudioStreamReceiver(rtp.Ssrc, configuration.ClockRate);
            _nack.Reset();
            _redundantUntil = -1;
        }

        AudioStreamReceiver receiver = _receiver!;
        TimeSpan jitter = receiver.Jitter;
        bool late = receiver.IsOld(rtp.SequenceNumber);
        receiver.Handle(now, rtp.SequenceNumber, rtp.Timestamp, !isEvent && !late, out long sequence, out long timestamp);
        bool wasHere = !receiver.See(sequence, whenTooOld: true);
        Statistics.PacketsReceived++;
        Statistics.BytesReceived += rtp.Payload.Length;
        byte? audioLevel = null;
        if (configuration.AudioLevelExtension is { } levelId
            && rtp.Extensions.TryFind(levelId, out ReadOnlySpan<byte> value)
            && RtpExtensionValue.TryReadAudioLevel(value, out byte level, out _))
            audioLevel = level;
        int end = datagramLength - rtp.PaddingLength;
        packet = new ReceivedAudioPacket
        {
            Ssrc = rtp.Ssrc,
            Sequence = sequence,
            Timestamp = timestamp,
            PayloadType = rtp.PayloadType,
            Marker = rtp.Marker,
            AudioLevel = audioLevel,
            IsNewStream = isNew,
            Payload = (end - rtp.Payload.Length)..end,
        };
        if (rtp.PayloadType == configuration.RedPayloadType && !TryUnpack(configuration, rtp.Payload, ref packet, ref verdict))
            return RtpVerdict.Malformed;

        // While the far end repeats frames nothing is asked for: its copies are here sooner, and cost no growth of the delay.
        _redundantUntil = rtp.PayloadType == configuration.RedPayloadType ? sequence + MaxRedundantDistance : _redundantUntil;
        if (configuration.Nack && sequence > _redundantUntil)
            RequestMissing(now, configuration, sequence, timestamp, jitter);
        return wasHere ? RtpVerdict.Duplicate : verdict;
    }

    private bool CanSendTones => _configuration is { MaySend: true, TelephoneEventPayloadType: not null, CanSendTelephoneEvents: true };

    private static bool TryClassify(AudioStreamConfiguration configuration, byte payloadType, out RtpVerdict verdict)
    {
        verdict = RtpVerdict.Audio;
        if (payloadType == configuration.PayloadType || payloadType == configuration.RedPayloadType)
            return true;
        verdict = payloadType == configuration.ComfortNoisePayloadType ? RtpVerdict.ComfortNoise : RtpVerdict.TelephoneEvent;
        return verdict == RtpVerdict.ComfortNoise || payloadType == configuration.TelephoneEventPayloadType;
    }

    // RFC 2198: the last block is the packet itself; those before are copies of earlier ones, of which the missing ones are kept.
    private bool TryUnpack(AudioStreamConfiguration configuration, ReadOnlySpan<byte> payload, ref ReceivedAudioPacket packet, ref RtpVerdict verdict)
    {
        int start = packet.Payload.Start.Value;
        if (!RedPayload.TryRead(payload, _blocks, out int count)
            || !TryClassify(configuration, _blocks[count - 1].PayloadType, out verdict)
            || _blocks[count - 1].PayloadType == configuration.RedPayloadType)
        {
            Statistics.RedMalformed++;
            return false;
        }

        for (int i = 0; i < count - 1; i++)
        {
            RedBlock block = _blocks[i];
            long sequence = packet.Sequence - DistanceOf(block, count - 1 - i);
            if (block.Length == 0 || block.PayloadType != configuration.PayloadType || block.TimestampOffset == 0 || sequence < 0
                || !_receiver!.See(sequence, whenTooOld: false))
                continue;
            Statistics.RecoveredByRedundancy++;
            _nack.Recovered(sequence);
            _recovered[_recoveredCount++] = packet with
            {
                Sequence = sequence,
                Timestamp = packet.Timestamp - block.TimestampOffset,
                PayloadType = block.PayloadType,
                Marker = false,
                AudioLevel = null,
                IsNewStream = false,
                IsRecovered = true,
                Payload = (start + block.Start)..(start + block.Start + block.Length),
            };
        }

        RedBlock primary = _blocks[count - 1];
        packet = packet with
        {
            PayloadType = primary.PayloadType,
            Payload = (start + primary.Start)..(start + primary.Start + primary.Length),
        };
        return true;
    }

    // Copies have no numbers. Where packets are equally long the timestamp tells how far back one is; else senders repeat the packets right
    // before, in order.
    private int DistanceOf(in RedBlock block, int position)
    {
        int length = _receiver!.PacketDuration;
        return length > 0 && block.TimestampOffset % length == 0 ? block.TimestampOffset / length : position;
    }

    private void RequestMissing(Instant now, AudioStreamConfiguration configuration, long sequence, long timestamp, TimeSpan jitter)
    {
        _nack.Add(now, sequence, timestamp, configuration.ClockRate, jitter, RoundTrip);
        ScheduleNack(now);
    }

    private void ScheduleNack(Instant now)
    {
        if (_ended)
            return;
        if (_nack.NextTimeout is not { } due)
        {
            _timers.Clear(StreamTimer.Nack);
            return;
        }

        if (due <= now)
            _nackDue = now;
        _timers.Set(StreamTimer.Nack, Instant.Max(due, now));
    }

    private void SendTone(Instant now)
    {
        if (_configuration is { } configuration
            && _tones.TryNext(now, Sender.MediaTimestampAt(now), configuration.ClockRate, out TelephoneEventPayload tone, out long timestamp, out bool marker))
            Sender.EnqueueTelephoneEvent(now, tone, timestamp, marker);
        if (_tones.NextTimeout is { } next)
            _timers.Set(StreamTimer.TelephoneEvent, next);
    }
}
