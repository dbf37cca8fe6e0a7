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

    public FinalWait(TimeSpan min, TimeSpan max)
    {
        _min = min;
        _max = max;
        Limit = max;
    }

    /// <summary>How long to wait; the upper bound before anything was measured.</summary>
    public TimeSpan Limit { get; private set; }

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
        TimeSpan margined = p95 * 1.25;
        Limit = margined < _min ? _min : margined > _max ? _max : margined;
    }
}
