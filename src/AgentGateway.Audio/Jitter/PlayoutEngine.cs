using AgentGateway.Primitives;

namespace AgentGateway.Audio.Jitter;

/// <summary>
/// Decides at every pull what to play: the next packet, what replaces a lost one, comfort noise or silence; and keeps the delay near its target
/// by stretching time.
/// </summary>
internal sealed class PlayoutEngine : IDisposable
{
    // Concealment is made in steps of 2.5 ms.
    private const int StepSamples = 120;

    // Contiguous packets whose timestamps leave a gap shorter than one step are played as if it were not there.
    private const int MaxJitteredGap = StepSamples - 1;

    // With DTX the sender refreshes the comfort noise every 400 ms; after two and a half of those the noise ends.
    private const long MaxComfortNoiseTicks = TimeSpan.TicksPerSecond;

    // The delay may lie this far below and above the target before time is stretched. A pitch period has at most 12.5 ms.
    private const long LowMarginTicks = 2 * TimeSpan.TicksPerMillisecond;
    private const long HighMarginTicks = 22 * TimeSpan.TicksPerMillisecond;
    private const long FastMarginTicks = 100 * TimeSpan.TicksPerMillisecond;

    // Pulls between two changes of speed: at most one period in 100 ms.
    private const int StretchHoldoff = 5;

    private readonly PacketStore _store;
    private readonly DelayManager _delays;
    private readonly IAudioDecoder _decoder;
    private readonly SampleQueue _queue = new();
    private readonly short[] _tail = new short[Fade.DefaultSamples];
    private readonly long _discardTicks;
    private readonly int _maxConcealmentSamples;
    private State _state;
    private bool _everPlayed;
    private bool _hasTail;
    private bool _sounding;
    private bool _fadeIn;
    private long _nextTimestamp;
    private int _packetSamples = AudioFormat.FrameSamples;
    private int _standInSamples;
    private bool _pausing;
    private Instant _lastPlayed;
    private int _sinceStretch;
    private AudioFrameKind _kind;

    public PlayoutEngine(JitterBufferOptions options, PacketStore store, DelayManager delays, IAudioDecoder decoder)
    {
        _store = store;
        _delays = delays;
        _decoder = decoder;
        _discardTicks = options.DiscardDelay.Ticks;
        _maxConcealmentSamples = (int)AudioFormat.ToSamples(options.MaxConcealment);
    }

    private enum State
    {
        // No stream.
        Stopped,

        // A stream that has not begun to play, or that paused or stalled.
        Waiting,

        // Packets are played back to back; what is missing is concealed.
        Playing,
    }

    public long NextSequence { get; private set; }

    public long DelayTicks { get; private set; }

    public long Played { get; private set; }

    public long DecodeErrors { get; private set; }

    public long Discarded { get; private set; }

    public long Recovered { get; private set; }

    public long Concealed { get; private set; }

    public long Stalls { get; private set; }

    public long ConcealedSamples { get; private set; }

    public long ComfortNoiseSamples { get; private set; }

    public long SilenceSamples { get; private set; }

    public long InsertedSamples { get; private set; }

    public long RemovedSamples { get; private set; }

    public long EmittedSamples { get; private set; }

    public long BufferingTicks { get; private set; }

    /// <summary>A stream begins with this packet.</summary>
    public void Begin(long sequence, long timestamp)
    {
        _state = State.Waiting;
        _everPlayed = false;
        NextSequence = sequence;
        _nextTimestamp = timestamp;
        _standInSamples = 0;
        _pausing = false;
    }

    /// <summary>Whether a packet from before the first one may still come first, because nothing was played.</summary>
    public bool MayStartAt(long sequence) =>
        _state == State.Waiting && !_everPlayed && sequence > NextSequence - (_store.Capacity / 2);

    /// <summary>Lets the stream begin with this packet, if it comes before the first one.</summary>
    public void AllowEarlierStart(long sequence, long timestamp)
    {
        if (sequence >= NextSequence)
            return;
        NextSequence = sequence;
        _nextTimestamp = timestamp;
    }

    /// <summary>The stream ended or starts anew; what waits to be played stays.</summary>
    public void Stop()
    {
        TakeTail();
        _state = State.Stopped;
        DelayTicks = 0;
    }

    /// <summary>Prepares the decoder for another stream.</summary>
    public void ResetDecoder() => _decoder.Reset();

    public AudioFrameKind Pull(Instant now, Span<short> frame)
    {
        _sinceStretch++;
        bool produced = false;
        AudioFrameKind kind = AudioFrameKind.Silence;
        while (_queue.Count < frame.Length)
        {
            _kind = AudioFrameKind.Silence;
            Produce(now, frame.Length - _queue.Count);
            kind = _kind > kind ? _kind : kind;
            produced = true;
        }

        // A frame from a long packet decoded earlier keeps that packet's kind.
        _kind = produced ? kind : _kind;
        _queue.Read(frame);
        EmittedSamples += frame.Length;
        return _kind;
    }

    public void Dispose() => _decoder.Dispose();

    private void Produce(Instant now, int missing)
    {
        if (_state != State.Stopped && _store.TryGetFirst(NextSequence, out StoredPacket packet, out ReadOnlySpan<byte> payload))
        {
            if (Delay(now, packet.Timestamp) > _discardTicks && DiscardOldest(now))
                return;
            if (_state == State.Waiting || IsPauseBefore(packet))
            {
                if (Delay(now, packet.Timestamp) >= _delays.TargetTicks)
                    Resume(now, packet, payload);
                else
                    FillPause(now, missing);
                return;
            }

            long gap = packet.Timestamp - _nextTimestamp - _standInSamples;
            if (packet.Sequence == NextSequence || gap <= MaxJitteredGap)
                PlayPacket(now, packet, payload);
            else
                FillLoss(packet, payload, (int)gap);
            return;
        }

        if (_state == State.Playing && !_pausing)
            FillUnderrun(missing);
        else
            FillPause(now, missing);
    }

    // Time from the moment the fastest recent packet would have brought this timestamp to the moment it would be heard if decoded now.
    private long Delay(Instant now, long timestamp) =>
        now.Ticks + DelayManager.MediaTicks(_queue.Count) - DelayManager.MediaTicks(timestamp) - _delays.BaseTransitTicks;

    // A gap in the timestamps that missing packets do not explain: the sender paused.
    private bool IsPauseBefore(in StoredPacket packet)
    {
        long gap = packet.Timestamp - _nextTimestamp;
        long missing = packet.Sequence - NextSequence;
        if (_pausing)
            return gap > MaxJitteredGap;
        return missing == 0 ? gap > MaxJitteredGap : gap > (missing * _packetSamples) + AudioFormat.MaxPacketSamples;
    }

    private void Resume(Instant now, in StoredPacket packet, ReadOnlySpan<byte> payload)
    {
        _state = State.Playing;
        _nextTimestamp = packet.Timestamp;
        _standInSamples = 0;
        DelayTicks = Delay(now, packet.Timestamp);
        PlayPacket(now, packet, payload);
    }

    private void PlayPacket(Instant now, in StoredPacket packet, ReadOnlySpan<byte> payload)
    {
        Concealed += packet.Sequence - NextSequence;
        long delay = Delay(now, packet.Timestamp);
        DelayTicks += (delay - DelayTicks) / 8;
        long queued = DelayManager.MediaTicks(_queue.Count);
        BufferingTicks += now.Ticks - packet.Arrival.Ticks + queued;
        Decode(packet, payload);
        _lastPlayed = now;

        // A packet is needed when the pull comes that its first sample is heard in, that much before the sample is heard.
        if (_kind == AudioFrameKind.Normal)
            Stretch(now, DelayTicks - Math.Max(_delays.TargetTicks, _delays.NeededTicks + queued));
    }

    private void Decode(in StoredPacket packet, ReadOnlySpan<byte> payload)
    {
        Span<short> pcm = _queue.Append(packet.Info.Samples);
        _kind = packet.Info.IsDtx ? AudioFrameKind.ComfortNoise : AudioFrameKind.Normal;
        int samples = packet.Info.Samples;
        OpusStatus status = packet.Info.IsComfortNoise
            ? _decoder.BeginComfortNoise(payload, pcm[..samples])
            : _decoder.Decode(payload, pcm, out samples);
        if (status != OpusStatus.Ok)
        {
            DecodeErrors++;
            samples = packet.Info.Samples;
            Conceal(pcm[..samples]);
            ConcealedSamples += samples;
            _kind = AudioFrameKind.Concealed;
        }

        _queue.Trim(pcm.Length - samples);
        JoinTail(pcm[..samples]);
        if (_kind == AudioFrameKind.ComfortNoise)
            ComfortNoiseSamples += samples;
        Played++;
        _everPlayed = true;
        _store.Remove(packet.Sequence);
        NextSequence = packet.Sequence + 1;
        _nextTimestamp = packet.Timestamp + packet.Info.Samples;
        _packetSamples = packet.Info.Samples;
        _standInSamples = 0;
        _pausing = packet.Info.IsDtx;
    }

    // Packets before this one are missing, and this much of their time was not filled yet.
    private void FillLoss(in StoredPacket packet, ReadOnlySpan<byte> payload, int gap)
    {
        int steps = (gap + StepSamples - 1) / StepSamples * StepSamples;
        int fec = packet.Info.HasFec ? packet.Info.FrameSamples : 0;
        if (fec > 0 && steps <= fec)
        {
            Span<short> pcm = _queue.Append(steps);
            if (_decoder.DecodeFec(payload, pcm) != OpusStatus.Ok)
                Conceal(pcm);
            JoinTail(pcm);
            Recovered++;
            Concealed += packet.Sequence - NextSequence - 1;
            NextSequence = packet.Sequence;
            _nextTimestamp = packet.Timestamp;
            _standInSamples = 0;
            _kind = AudioFrameKind.Recovered;
            return;
        }

        FillConcealment(Math.Min(AudioFormat.FrameSamples, steps - fec));
    }

    // Nothing waits. What is played now stands in for whatever comes next: if that is the next packet, it is played late and the delay grows;
    // if it is a later one, the gap is filled already.
    private void FillUnderrun(int missing)
    {
        if (_standInSamples < _maxConcealmentSamples)
        {
            FillConcealment((missing + StepSamples - 1) / StepSamples * StepSamples);
            return;
        }

        Stalls++;
        _state = State.Waiting;
        FillSilence(missing);
    }

    private void FillPause(Instant now, int missing)
    {
        if (!_pausing || now.Ticks - _lastPlayed.Ticks > MaxComfortNoiseTicks)
        {
            _pausing = false;
            if (_state == State.Playing)
                _state = State.Waiting;
            FillSilence(missing);
            return;
        }

        int steps = (missing + StepSamples - 1) / StepSamples * StepSamples;
        Span<short> pcm = _queue.Append(steps);
        Conceal(pcm);
        JoinTail(pcm);
        ComfortNoiseSamples += steps;
        _kind = AudioFrameKind.ComfortNoise;
    }

    private void FillConcealment(int samples)
    {
        Span<short> pcm = _queue.Append(samples);
        Conceal(pcm);
        JoinTail(pcm);
        _standInSamples += samples;
        ConcealedSamples += samples;
        _kind = AudioFrameKind.Concealed;
    }

    private void FillSilence(int samples)
    {
        TakeTail();
        _fadeIn |= _sounding;
        _sounding = false;
        Span<short> pcm = _queue.Append(samples);
        pcm.Clear();
        if (_hasTail)
        {
            _hasTail = false;
            int count = Math.Min(pcm.Length, _tail.Length);
            _tail.AsSpan(0, count).CopyTo(pcm);
            Fade.Out(pcm[..count]);
        }

        SilenceSamples += samples;
        _kind = AudioFrameKind.Silence;
    }

    private void Conceal(Span<short> pcm)
    {
        if (_decoder.Conceal(pcm) != OpusStatus.Ok)
            pcm.Clear();
    }

    // Drops packets from the front until the delay is back at its target. False when the only packet left is the first.
    private bool DiscardOldest(Instant now)
    {
        long before = Discarded;
        while (_store.TryGetFirst(NextSequence, out StoredPacket oldest, out _)
            && Delay(now, oldest.Timestamp) > _delays.TargetTicks + HighMarginTicks
            && _store.TryGetFirst(oldest.Sequence + 1, out StoredPacket next, out _))
        {
            Concealed += oldest.Sequence - NextSequence;
            _store.Remove(oldest.Sequence);
            Discarded++;
            NextSequence = oldest.Sequence + 1;
            _nextTimestamp = oldest.Timestamp + oldest.Info.Samples;
            _everPlayed = true;
            DelayTicks = Delay(now, next.Timestamp);
        }

        if (Discarded == before)
            return false;
        _standInSamples = 0;
        TakeTail();
        return true;
    }

    private void Stretch(Instant now, long excess)
    {
        bool fast = excess > FastMarginTicks;
        if (!fast && _sinceStretch < StretchHoldoff)
            return;
        if (excess > HighMarginTicks)
        {
            while (_queue.Count < TimeStretcher.AccelerateSamples)
            {
                if (!_store.TryGet(NextSequence, out StoredPacket next, out ReadOnlySpan<byte> payload)
                    || next.Info.IsDtx || next.Timestamp != _nextTimestamp)
                    return;
                BufferingTicks += now.Ticks - next.Arrival.Ticks + DelayManager.MediaTicks(_queue.Count);
                Decode(next, payload);
            }

            int removed = TimeStretcher.Accelerate(_queue, Threshold(excess));
            RemovedSamples += removed;
            Stretched(-removed, AudioFrameKind.Accelerated);
        }
        else if (excess < -LowMarginTicks)
        {
            int inserted = TimeStretcher.Expand(_queue, Threshold(-excess));
            InsertedSamples += inserted;
            Stretched(inserted, AudioFrameKind.Expanded);
        }
    }

    private void Stretched(int samples, AudioFrameKind kind)
    {
        if (samples == 0)
            return;
        _kind = kind;
        _sinceStretch = 0;
        DelayTicks += DelayManager.MediaTicks(samples);
    }

    // The further the delay is off, the less similar the joined places need to be: 0.9 near the target, 0 at 160 ms from it.
    private static double Threshold(long ticksOff) =>
        Math.Clamp(1.0 - (ticksOff / (160.0 * TimeSpan.TicksPerMillisecond)), -1, 0.9);

    // Before a jump: 5 ms of how the sound would have gone on, to be cross-faded with what comes.
    private void TakeTail()
    {
        if (!_sounding || _hasTail)
            return;
        Conceal(_tail);
        _hasTail = true;
    }

    // Everything audible passes here.
    private void JoinTail(Span<short> pcm)
    {
        _sounding = true;
        bool fadeIn = _fadeIn && !_hasTail;
        _fadeIn = false;
        if (fadeIn)
            Fade.In(pcm[..Math.Min(pcm.Length, Fade.DefaultSamples)]);
        if (!_hasTail)
            return;
        _hasTail = false;
        int count = Math.Min(pcm.Length, _tail.Length);
        Fade.Cross(_tail.AsSpan(0, count), pcm[..count], pcm[..count]);
    }
}
