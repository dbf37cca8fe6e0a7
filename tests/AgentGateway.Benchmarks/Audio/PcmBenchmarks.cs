using AgentGateway.Audio;
using BenchmarkDotNet.Attributes;

namespace AgentGateway.Benchmarks.Audio;

/// <summary>20 ms of plain audio work.</summary>
public class PcmBenchmarks
{
    private readonly short[] _speech = Material.Speech();
    private readonly short[] _narrow = new short[321];
    private readonly short[] _wide = new short[961];
    private readonly float[] _floats = new float[960];
    private readonly Resampler _down = new(48_000, 16_000);
    private readonly Resampler _up = new(16_000, 48_000);
    private readonly Resampler _fromFlite = new(22_050, 48_000);
    private int _index;

    [Benchmark]
    public int Resample48To16() => _down.Process(Material.Frame(_speech, _index++), _narrow);

    [Benchmark]
    public int Resample16To48() => _up.Process(_narrow.AsSpan(0, 320), _wide);

    [Benchmark]
    public int Resample22To48() => _fromFlite.Process(_speech.AsSpan(0, 441), _wide);

    [Benchmark]
    public float Level() => AudioLevel.Dbfs(Material.Frame(_speech, _index++));

    [Benchmark]
    public void ToFloat() => PcmConvert.ToFloat(Material.Frame(_speech, _index++), _floats);

    [Benchmark]
    public void ToInt16() => PcmConvert.ToInt16(_floats, _wide);

    [GlobalCleanup]
    public void Cleanup()
    {
        _down.Dispose();
        _up.Dispose();
        _fromFlite.Dispose();
    }
}
