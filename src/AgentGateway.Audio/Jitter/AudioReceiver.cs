using AgentGateway.Audio.Jitter;
using AgentGateway.Primitives;

namespace AgentGateway.Audio;

/// <summary>
/// Turns the packets of one RTP stream (Opus, or another codec behind <see cref="IAudioCodec"/>) into 20 ms frames on demand: adaptive jitter buffer, decoder, concealment, forward error correction
/// and time-stretching. See DESIGN.md in this folder. Told the time; deterministic; one owner; not thread-safe; nothing allocated per packet.
/// </summary>
/// <remarks>
/// Insert packets as they arrive and pull one frame every 20 ms, both on the same clock. Call <see cref="Reset"/> when the SSRC changes;
/// sequence numbers and timestamps that start anew without that are noticed.
/// </remarks>
public sealed class AudioReceiver : IDisposable
{
    // A packet this far behind cannot be reordering any more; so many of them in a row are a stream that numbers anew.
    private const int RestartDistance = 100;
    private const int RestartRun = 4;

    // A timestamp that moves this much further than time and sequence numbers explain is a new time line: 2 s.
    private const long TimestampJump = 2 * AudioFormat.SampleRate;

    // Beyond any real stream, and far from overflow.
    private const long MaxCounter = 1L << 50;

    private readonly IAudioCodec _codec;
    private readonly PacketStore _store;
    private readonly DelayManager _delays;
    private readonly PlayoutEngine _playout;
    private readonly SeenSequences _seen = new();
    private bool _hasStream;
    private Instant _lastArrival;
    private long _highestTimestamp;
    private int _highestSamples;
    private long _oldExpected;
    private int _oldRun;
    private long _received;
    private long _late;
    private long _duplicates;
    private long _reordered;
    private long _malformed;
    private long _discarded;
    private long _resets;

    /// <summary>Makes a receiver with its own decoder.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    /// <exception cref="DllNotFoundException">The codec library is not installed; the message says what to install.</exception>
    public AudioReceiver(JitterBufferOptions options, IAudioCodec codec)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(codec);
        options.Validate();
        _codec = codec;
        _store = new PacketStore(options.MaxPackets);
        _delays = new DelayManager(options.MinDelay, options.UsualMaxDelay, options.MaxDelay);
        _playout = new PlayoutEngine(options, _store, _delays, codec.CreateDecoder());
    }

    /// <summary>Delay that the buffer adds now to the fastest packets of the last two seconds; zero before a stream plays.</summary>
    public TimeSpan CurrentDelay => TimeSpan.FromTicks(_playout.DelayTicks);

    /// <summary>Counters and delays up to now.</summary>
    public JitterStatistics Statistics => new()
    {
        Received = _received,
        Late = _late,
        Duplicates = _duplicates,
        Reordered = _reordered,
        Malformed = _malformed,
        Discarded = _discarded + _playout.Discarded,
        Resets = _resets,
        Played = _playout.Played,
        DecodeErrors = _playout.DecodeErrors,
        Lost = _playout.Recovered + _playout.Concealed,
        Recovered = _playout.Recovered,
        Concealed = _playout.Concealed,
        Stalls = _playout.Stalls,
        ConcealedSamples = _playout.ConcealedSamples,
        ComfortNoiseSamples = _playout.ComfortNoiseSamples,
        SilenceSamples = _playout.SilenceSamples,
        InsertedSamples = _playout.InsertedSamples,
        RemovedSamples = _playout.RemovedSamples,
        EmittedSamples = _playout.EmittedSamples,
        TotalBufferingTime = TimeSpan.FromTicks(_playout.BufferingTicks),
        CurrentDelay = CurrentDelay,
        TargetDelay = TimeSpan.FromTicks(_delays.TargetTicks),
        BufferedPackets = _store.Count,
    };

    /// <summary>
    /// Takes one packet. Whatever it holds, nothing is thrown: packets that are of no use are counted in <see cref="Statistics"/> by reason.
    /// </summary>
    /// <param name="now">Arrival time.</param>
    /// <param name="sequence">RTP sequence number extended to 64 bits.</param>
    /// <param name="timestamp">RTP timestamp, scaled to 48 kHz, extended to 64 bits.</param>
    /// <param name="payload">One packet of the codec; copied.</param>
    public void Insert(Instant now, long sequence, long timestamp, ReadOnlySpan<byte> payload)
    {
        if (_codec.TryParse(payload, out AudioPacketShape info))
        {
            Insert(now, sequence, timestamp, payload, info);
            return;
        }

        _received++;
        _malformed++;
    }

    /// <summary>Takes a comfort noise packet (RFC 3389): a pause begins or goes on.</summary>
    /// <param name="now">Arrival time.</param>
    /// <param name="sequence">RTP sequence number extended to 64 bits.</param>
    /// <param name="timestamp">RTP timestamp, scaled to 48 kHz, extended to 64 bits.</param>
    /// <param name="payload">The noise's level and spectrum; copied.</param>
    public void InsertComfortNoise(Instant now, long sequence, long timestamp, ReadOnlySpan<byte> payload) =>
        Insert(now, sequence, timestamp, payload, new AudioPacketShape(AudioFormat.FrameSamples, AudioFormat.FrameSamples, false, true) { IsComfortNoise = true });

    private void Insert(Instant now, long sequence, long timestamp, ReadOnlySpan<byte> payload, in AudioPacketShape info)
    {
        _received++;
        if (payload.Length > PacketStore.MaxPayloadBytes || sequence is < 0 or > MaxCounter || timestamp is < 0 or > MaxCounter)
        {
            _malformed++;
            return;
        }

        if (_hasStream && !Admit(now, sequence, timestamp))
            return;
        if (!_store.TryAdd(new StoredPacket(sequence, timestamp, now, info), payload))
        {
            _discarded++;
            return;
        }

        if (_hasStream && sequence < _seen.Highest)
            _reordered++;
        if (!_hasStream)
        {
            _hasStream = true;
            _playout.Begin(sequence, timestamp);
        }

        if (!_seen.Started || sequence > _seen.Highest)
        {
            _highestTimestamp = timestamp;
            _highestSamples = info.Samples;
        }

        _lastArrival = now;
        _oldRun = 0;
        _seen.Add(sequence);
        _playout.AllowEarlierStart(sequence, timestamp);

        // A packet whose predecessor is missing brings that one's content, if it carries FEC: the delay should be long enough to wait for it.
        bool replaces = info.HasFec && sequence > _playout.NextSequence && !_seen.Contains(sequence - 1);
        _delays.Update(now, timestamp, replaces ? DelayManager.MediaTicks(info.FrameSamples) : 0);
    }

    /// <summary>
    /// Writes the next 20 ms. Call it on a 20 ms grid (<see cref="FrameClock"/>); a call that comes late makes the delay longer, and the buffer
    /// then lowers it.
    /// </summary>
    /// <param name="now">Time of the call.</param>
    /// <param name="pcm48k">Exactly <see cref="AudioFormat.FrameSamples"/> samples; always filled.</param>
    /// <exception cref="ArgumentException">The span has another length.</exception>
    public AudioFrameKind Pull(Instant now, Span<short> pcm48k)
    {
        if (pcm48k.Length != AudioFormat.FrameSamples)
            throw new ArgumentException("A frame has 960 samples.", nameof(pcm48k));
        return _playout.Pull(now, pcm48k);
    }

    /// <summary>
    /// Forgets the stream: another SSRC follows. What was decoded fades out; packets that wait are dropped; the learnt delay stays.
    /// </summary>
    public void Reset()
    {
        if (!_hasStream)
            return;
        Restart();
        _playout.ResetDecoder();
    }

    /// <summary>Frees the decoder.</summary>
    public void Dispose() => _playout.Dispose();

    // Decides whether a packet of a running stream has a place in it; may restart the stream.
    private bool Admit(Instant now, long sequence, long timestamp)
    {
        long next = _playout.NextSequence;
        if (_seen.Contains(sequence))
        {
            _duplicates++;
            return false;
        }

        if (sequence < next && !_playout.MayStartAt(sequence))
        {
            bool inRun = sequence == _oldExpected;
            _oldRun = inRun ? _oldRun + 1 : 1;
            _oldExpected = sequence + 1;
            if (next - sequence <= RestartDistance || _oldRun < RestartRun)
            {
                _late++;
                if (next - sequence <= RestartDistance)
                {
                    _seen.Add(sequence);
                    _delays.Update(now, timestamp, 0);
                }

                return false;
            }

            Restart();
            return true;
        }

        if (sequence >= next + _store.Capacity)
        {
            Restart();
            return true;
        }

        if (sequence < _seen.Highest)
        {
            // Between two packets that fit together its timestamp must fit too.
            if (timestamp < _highestTimestamp)
                return true;
            _malformed++;
            return false;
        }

        long moved = timestamp - _highestTimestamp;
        long explained = Math.Max(AudioFormat.ToSamples(now - _lastArrival), (sequence - _seen.Highest) * _highestSamples);
        if (moved <= 0 || moved > explained + TimestampJump)
            Restart();
        return true;
    }

    private void Restart()
    {
        _resets++;
        _discarded += _store.Clear();
        _seen.Clear();
        _hasStream = false;
        _oldRun = 0;
        _delays.RestartTimeline();
        _playout.Stop();
    }
}
