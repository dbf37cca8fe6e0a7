namespace AgentGateway.Audio;

/// <summary>
/// Encodes the same speech once: greetings, fillers and other fixed phrases are sent as the packets of their first time. An encoder is a pure
/// function of its settings and of all frames since it was made or reset, so a frame is looked up by the hash of just these; what was never
/// spoken before is encoded as always, and a caller hears the same either way. For speech that begins after a
/// <see cref="IAudioEncoder.Reset"/>, with frames of 20 ms. One for a process; thread-safe, what it makes is not.
/// </summary>
public sealed class CachingOpusCodec : IOpusCodec
{
    /// <summary>Bytes of packets that are held: about half an hour of speech.</summary>
    public const int DefaultCapacity = 8 << 20;

    private readonly IOpusCodec _codec;
    private readonly OpusPacketCache _cache;
    private long _encoded;
    private long _reused;

    /// <summary>Wraps a codec.</summary>
    /// <param name="codec">Encodes what is new. Its encoders must be deterministic, as libopus is.</param>
    /// <param name="capacity">Bytes of packets that are held, at least one packet's 1275.</param>
    public CachingOpusCodec(IOpusCodec codec, int capacity = DefaultCapacity)
    {
        ArgumentNullException.ThrowIfNull(codec);
        _codec = codec;
        _cache = new OpusPacketCache(capacity);
    }

    /// <summary>Frames of all encoders that had to be encoded.</summary>
    public long FramesEncoded => Interlocked.Read(ref _encoded);

    /// <summary>Frames of all encoders that were there already.</summary>
    public long FramesReused => Interlocked.Read(ref _reused);

    /// <inheritdoc/>
    public IOpusEncoder CreateEncoder(OpusEncoderOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new CachingOpusEncoder(this, _codec.CreateEncoder(options), options);
    }

    /// <inheritdoc/>
    public IOpusDecoder CreateDecoder() => _codec.CreateDecoder();

    internal int Get(UInt128 key, Span<byte> packet)
    {
        int length = _cache.Get(key, packet);
        if (length > 0)
            Interlocked.Increment(ref _reused);
        return length;
    }

    internal void Add(UInt128 key, ReadOnlySpan<byte> packet) => _cache.Add(key, packet);

    internal void CountEncoded() => Interlocked.Increment(ref _encoded);
}
