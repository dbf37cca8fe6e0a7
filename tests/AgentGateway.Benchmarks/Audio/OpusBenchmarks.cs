using AgentGateway.Audio;
using BenchmarkDotNet.Attributes;

namespace AgentGateway.Benchmarks.Audio;

/// <summary>One 20 ms frame of speech through libopus, by complexity.</summary>
public class OpusBenchmarks
{
    private readonly short[] _speech = Material.Speech();
    private readonly short[] _pcm = new short[AudioFormat.MaxPacketSamples];
    private readonly byte[] _packet = new byte[1500];
    private IOpusEncoder _encoder = null!;
    private IOpusEncoder _wideband = null!;
    private IOpusEncoder _protected = null!;
    private IOpusDecoder _decoder = null!;
    private byte[][] _packets = [];
    private int _index;

    [Params(1, 5, 10)]
    public int Complexity { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        OpusEncoderOptions options = new() { Complexity = Complexity };
        _encoder = LibOpusCodec.Instance.CreateEncoder(options);
        _wideband = LibOpusCodec.Instance.CreateEncoder(options with { MaxBandwidthHz = 8_000 });
        _protected = LibOpusCodec.Instance.CreateEncoder(options with { ExpectedLossPercent = 10 });
        _decoder = LibOpusCodec.Instance.CreateDecoder();
        _packets = Material.Encode(_speech, options);
    }

    [Benchmark]
    public int Encode() => _encoder.Encode(Material.Frame(_speech, _index++), _packet);

    /// <summary>For a voice synthesised at 16 kHz.</summary>
    [Benchmark]
    public int EncodeUpTo8Khz() => _wideband.Encode(Material.Frame(_speech, _index++), _packet);

    [Benchmark]
    public int EncodeWithFec() => _protected.Encode(Material.Frame(_speech, _index++), _packet);

    [Benchmark]
    public int Decode()
    {
        _decoder.Decode(_packets[_index++ % Material.Frames], _pcm, out int samples);
        return samples;
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _encoder.Dispose();
        _wideband.Dispose();
        _protected.Dispose();
        _decoder.Dispose();
    }
}
