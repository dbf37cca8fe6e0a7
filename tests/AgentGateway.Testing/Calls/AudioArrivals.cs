using AgentGateway.Primitives;

namespace AgentGateway.Testing.Calls;

/// <summary>How audio packets came during a stretch of time. Not thread-safe.</summary>
public sealed class AudioArrivals
{
    private readonly List<double> _gaps = [];
    private Instant? _last;
    private long _first = -1;
    private long _highest;

    public int Received { get; private set; }

    /// <summary>Sequence numbers that never came.</summary>
    public long Lost => _first < 0 ? 0 : _highest - _first + 1 - Received;

    /// <summary>The longest time between two packets.</summary>
    public double LongestGapMilliseconds => _gaps.Count == 0 ? 0 : _gaps.Max();

    /// <summary>The time between two packets that only one of a hundred exceeds.</summary>
    public double GapMilliseconds99 => _gaps.Count == 0 ? 0 : _gaps.Order().ElementAt((int)(_gaps.Count * 0.99));

    public override string ToString() =>
        FormattableString.Invariant($"{Received} received, {Lost} lost, gaps p99 {GapMilliseconds99:F1} ms, longest {LongestGapMilliseconds:F1} ms");

    internal void Add(Instant now, long sequence)
    {
        if (_last is { } last)
            _gaps.Add((now - last).TotalMilliseconds);
        _last = now;
        if (_first < 0)
            _first = sequence;
        _highest = Math.Max(_highest, sequence);
        Received++;
    }
}
