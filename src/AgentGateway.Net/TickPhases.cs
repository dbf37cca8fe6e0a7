using AgentGateway.Primitives;

namespace AgentGateway.Net;

/// <summary>
/// Spreads the 20 ms ticks of a shard's connections evenly over the period. Calls that come with an even rhythm, or all at once after a
/// restart, would else tick at the same few moments, and each frame would wait for the encoding of all others. One owner; not thread-safe.
/// </summary>
internal sealed class TickPhases
{
    /// <summary>The length of an audio frame.</summary>
    internal static readonly TimeSpan Period = TimeSpan.FromMilliseconds(20);

    // One phase a millisecond: what ticks together shares a wake-up and a system call, and is few enough not to wait for each other.
    private const int Count = 20;

    // Coprime to the count and near the golden section of it: the first few lie far from each other.
    private const int Step = 13;

    private readonly int[] _taken = new int[Count];

    /// <summary>Takes a place in the least taken phase.</summary>
    /// <returns>The phase, to be given back.</returns>
    internal int Take()
    {
        int best = 0;
        for (int i = 1; i < Count; i++)
        {
            int phase = i * Step % Count;
            if (_taken[phase] < _taken[best])
                best = phase;
        }

        _taken[best]++;
        return best;
    }

    /// <summary>Gives a place back.</summary>
    internal void Release(int phase) => _taken[phase]--;

    /// <summary>The first moment of a phase that is not before another moment.</summary>
    internal static Instant Align(Instant from, int phase)
    {
        long offset = Period.Ticks / Count * phase;
        long late = (from.Ticks - offset) % Period.Ticks;
        return late == 0 ? from : new Instant(from.Ticks - late + (late > 0 ? Period.Ticks : 0));
    }
}
