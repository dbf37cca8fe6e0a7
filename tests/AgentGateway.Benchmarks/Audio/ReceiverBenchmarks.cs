using AgentGateway.Audio;
using AgentGateway.Primitives;
using BenchmarkDotNet.Attributes;

namespace AgentGateway.Benchmarks.Audio;

/// <summary>20 ms of a call leg: jitter buffer with decoding, alone and with all audio work of a call but voice activity detection.</summary>
public class ReceiverBenchmarks
{
    private readonly short[] _pcm = new short[AudioFormat.FrameSamples];
    private readonly short[] _narrow = new short[321];
    private readonly short[] _wide = new short[961];
    private readonly byte[] _packet = new byte[1500];
    private readonly byte[] _comfort = [0xFC];
    private readonly IOpusEncoder _encoder = LibOpusCodec.Instance.CreateEncoder(new OpusEncoderOptions());
    private readonly Resampler _down = new(48_000, 16_000);
    private readonly Resampler _up = new(16_000, 48_000);
    private AudioReceiver _receiver = null!;
    private byte[][] _packets = [];
    private long _index;

    [GlobalSetup]
    public void Setup()
    {
        _packets = Material.Encode(Material.Speech(), new OpusEncoderOptions());
        _receiver = new AudioReceiver(new JitterBufferOptions(), LibOpusCodec.Instance);
    }

    /// <summary>The buffer's own cost: the packets are empty frames, which the decoder finishes fastest.</summary>
    [Benchmark]
    public AudioFrameKind InsertAndPullEmptyFrames() => InsertAndPull(_comfort);

    [Benchmark]
    public AudioFrameKind InsertAndPullSpeech() => InsertAndPull(_packets[_index % Material.Frames]);

    [Benchmark]
    public AudioFrameKind InsertAndPullSpeechWith10PercentLoss()
    {
        if (_index % 10 != 9)
            return InsertAndPull(_packets[_index % Material.Frames]);
        _index++;
        return Pull();
    }

    /// <summary>The echo agent's audio: in, out.</summary>
    [Benchmark]
    public int Echo()
    {
        InsertAndPull(_packets[_index % Material.Frames]);
        return _encoder.Encode(_pcm, _packet);
    }

    /// <summary>A talking agent's audio: in, down to 16 kHz, level, up from 16 kHz, out.</summary>
    [Benchmark]
    public int WholeLeg()
    {
        InsertAndPull(_packets[_index % Material.Frames]);
        _down.Process(_pcm, _narrow);
        AudioLevel.Rfc6464(_narrow.AsSpan(0, 320));
        _up.Process(_narrow.AsSpan(0, 320), _wide);
        return _encoder.Encode(_wide.AsSpan(0, AudioFormat.FrameSamples), _packet);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _receiver.Dispose();
        _encoder.Dispose();
        _down.Dispose();
        _up.Dispose();
    }

    private AudioFrameKind InsertAndPull(byte[] packet)
    {
        _receiver.Insert(Instant.FromMilliseconds(_index * 20), _index, _index * 960, packet);
        _index++;
        return Pull();
    }

    private AudioFrameKind Pull() => _receiver.Pull(Instant.FromMilliseconds((_index * 20) - 5), _pcm);
}
