using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace AgentGateway.Audio;

/// <summary>
/// An encoder that encodes only what no encoder of its codec has encoded before. While it finds packets the encoder behind it sees nothing;
/// at the first frame that is new it catches up: exactly when it was skipped for no more than <see cref="CatchUpFrames"/> frames, else by
/// encoding the last of them from a fresh start, which brings its predictors to where the listener's decoder is. What follows such an
/// approximation depends on more than the frames since the reset, so it is not shared.
/// </summary>
internal sealed class CachingOpusEncoder : IOpusEncoder
{
    /// <summary>80 ms: the pitch predictor looks back 20 ms, the band energies settle in two to three frames.</summary>
    internal const int CatchUpFrames = 4;

    private const int FrameSamples = AudioFormat.FrameSamples;
    private const int HashedHeader = 40;

    private readonly CachingOpusCodec _codec;
    private readonly IOpusEncoder _encoder;
    private readonly byte[] _hashed = new byte[HashedHeader + (FrameSamples * sizeof(short))];
    private short[]? _skipped;
    private byte[]? _unsent;
    private UInt128 _history;
    private long _behind;
    private bool _isShared = true;
    private bool _isSameSetting = true;

    internal CachingOpusEncoder(CachingOpusCodec codec, IOpusEncoder encoder, OpusEncoderOptions options)
    {
        _codec = codec;
        _encoder = encoder;

        // What never changes: the history comes before it, the settings that may change behind it.
        Span<byte> fixedSettings = _hashed.AsSpan(16);
        BinaryPrimitives.WriteInt32LittleEndian(fixedSettings, options.Complexity);
        BinaryPrimitives.WriteInt32LittleEndian(fixedSettings[4..], options.MaxBandwidthHz);
        fixedSettings[8] = options.InbandFec ? (byte)1 : (byte)0;
        fixedSettings[9] = options.Dtx ? (byte)1 : (byte)0;
    }

    /// <inheritdoc/>
    public int LookaheadSamples => _encoder.LookaheadSamples;

    /// <inheritdoc/>
    public int Bitrate
    {
        get => _encoder.Bitrate;
        set
        {
            _isSameSetting &= value == _encoder.Bitrate;
            _encoder.Bitrate = value;
        }
    }

    /// <inheritdoc/>
    public int ExpectedLossPercent
    {
        get => _encoder.ExpectedLossPercent;
        set
        {
            _isSameSetting &= value == _encoder.ExpectedLossPercent;
            _encoder.ExpectedLossPercent = value;
        }
    }

    /// <inheritdoc/>
    public int Encode(ReadOnlySpan<short> pcm, Span<byte> packet)
    {
        bool isFrame = pcm.Length == FrameSamples && packet.Length >= OpusPacket.MaxFrameBytes;
        if (_isShared && isFrame)
        {
            _history = Append(pcm);
            int length = _codec.Get(_history, packet);
            if (length > 0)
            {
                Skip(pcm);
                return length;
            }
        }

        CatchUp();
        _isShared &= isFrame;
        int encoded = _encoder.Encode(pcm, packet);
        _codec.CountEncoded();
        if (_isShared)
            _codec.Add(_history, packet[..encoded]);
        return encoded;
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _encoder.Reset();
        _history = default;
        _behind = 0;
        _isShared = true;
        _isSameSetting = true;
    }

    /// <inheritdoc/>
    public void Dispose() => _encoder.Dispose();

    // A cryptographic hash, since agents of different owners may share a process: nobody finds speech that collides with another's.
    private UInt128 Append(ReadOnlySpan<short> pcm)
    {
        BinaryPrimitives.WriteUInt128LittleEndian(_hashed, _history);
        BinaryPrimitives.WriteInt32LittleEndian(_hashed.AsSpan(28), _encoder.Bitrate);
        BinaryPrimitives.WriteInt32LittleEndian(_hashed.AsSpan(32), _encoder.ExpectedLossPercent);
        MemoryMarshal.AsBytes(pcm).CopyTo(_hashed.AsSpan(HashedHeader));
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(_hashed, hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }

    private void Skip(ReadOnlySpan<short> pcm)
    {
        if (_behind == 0)
            _isSameSetting = true;
        _skipped ??= new short[CatchUpFrames * FrameSamples];
        pcm.CopyTo(Skipped(_behind));
        _behind++;
    }

    private void CatchUp()
    {
        if (_behind == 0)
            return;
        if (_behind > CatchUpFrames)
            _encoder.Reset();
        _isShared &= _behind <= CatchUpFrames && _isSameSetting;
        _unsent ??= new byte[OpusPacket.MaxFrameBytes];
        for (long frame = Math.Max(0, _behind - CatchUpFrames); frame < _behind; frame++)
            _encoder.Encode(Skipped(frame), _unsent);
        _behind = 0;
    }

    private Span<short> Skipped(long frame) => _skipped.AsSpan((int)(frame % CatchUpFrames) * FrameSamples, FrameSamples);
}
