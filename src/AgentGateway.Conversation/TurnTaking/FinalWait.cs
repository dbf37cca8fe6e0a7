using AgentGateway.Primitives;

namespace AgentGateway.Conversation.TurnTaking;

/// <summary>
/// Learns how long this recogniser takes from the end of an utterance to its final, and says how long it is worth waiting:
/// the 95th percentile of the last finals with a margin, within bounds.
/// </summary>
internal sealed class FinalWait
{
    private const int Capacity = 32;
    private const int Enough = 3;

    private readonly RecentDurations _taken = new(Capacity);
    private readonly TimeSpan _min;
    private readonly TimeSpan _max;

    public FinalWait(TimeSpan min, TimeSpan max, TimeSpan? expected = null)
    {
        _min = min;
        _max = max;
        Limit = Bound(expected ?? max);
    }

    /// <summary>How long to wait; what was expected before anything was measured, else the upper bound.</summary>
    public TimeSpan Limit { get; private set; }

    /// <summary>The limit, when it was measured.</summary>
    public TimeSpan? Learned => _taken.Count < Enough ? null : Limit;

    /// <summary>Adds a measurement.</summary>
    public void Add(TimeSpan taken)
    {
        _taken.Add(taken);
        if (_taken.Count >= Enough)
            Limit = Bound(_taken.Percentile95() * 1.25);
    }

    private TimeSpan Bound(TimeSpan wait) => wait < _min ? _min : wait > _max ? _max : wait;
}
