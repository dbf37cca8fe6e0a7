using AgentGateway.Primitives;

namespace AgentGateway.Conversation.Session;

/// <summary>
/// Where the caller's ear is in the playout queue: what was played is heard a delay later, and goes on being heard while playout is held.
/// </summary>
internal sealed class HeardPosition
{
    // 2 s of frames of 20 ms, the most delay there is, and room to spare.
    private const int Capacity = 128;

    private readonly Queue<(Instant At, long Position)> _played = new(Capacity);
    private long _last = -1;
    private long _heard;

    /// <summary>The position heard now.</summary>
    /// <param name="now">The time; never moves back.</param>
    /// <param name="position">The position played up to now.</param>
    /// <param name="delay">From playout to the ear.</param>
    public long At(Instant now, long position, TimeSpan delay)
    {
        if (position != _last)
        {
            if (_played.Count == Capacity)
                _heard = _played.Dequeue().Position;
            _played.Enqueue((now, position));
            _last = position;
        }

        while (_played.TryPeek(out (Instant At, long Position) next) && next.At + delay <= now)
            _heard = _played.Dequeue().Position;
        return _heard;
    }
}
