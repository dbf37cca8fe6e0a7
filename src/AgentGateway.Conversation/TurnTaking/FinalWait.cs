namespace AgentGateway.Conversation.TurnTaking;

/// <summary>
/// Learns how long this recogniser takes from the end of an utterance to its final, and says how long it is worth waiting:
/// the 95th percentile of the last finals with a margin, within bounds.
/// </summary>
internal sealed class FinalWait
{
    private const int Capacity = 32;
    private const int Enough = 3;

    private readonly long[] _ticks = new long[Capacity];
    private readonly long[] _sorted = new long[Capacity];
    private readonly TimeSpan _min;
    private readonly TimeSpan _max;
    private int _count;
    private int _next;

    public FinalWait(TimeSpan min, TimeSpan max, TimeSpan? expected = null)
    {
        _min = min;
        _max = max;
        Limit = Bound(expected ?? max);
    }

    /// <summary>How long to wait; what was expected before anything was measured, else the upper bound.</summary>
    public TimeSpan Limit { get; private set; }

    /// <summary>The limit, when it was measured.</summary>
    public TimeSpan? Learned => _count < Enough ? null : Limit;

    /// <summary>Adds a measurement.</summary>
    public void Add(TimeSpan taken)
    {
        _ticks[_next] = Math.Max(0, taken.Ticks);
        _next = (_next + 1) % Capacity;
        _count = Math.Min(_count + 1, Capacity);
        if (_count < Enough)
            return;
        Array.Copy(_ticks, _sorted, _count);
        Array.Sort(_sorted, 0, _count);
        var p95 = TimeSpan.FromTicks(_sorted[(int)Math.Ceiling(0.95 * _count) - 1]);
        Limit = Bound(p95 * 1.25);
    }

    private TimeSpan Bound(TimeSpan wait) => wait < _min ? _min : wait > _max ? _max : wait;
}
