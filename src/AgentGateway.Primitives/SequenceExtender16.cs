namespace AgentGateway.Primitives;

/// <summary>
/// Extends a 16-bit wire counter to 64 bits by choosing the value nearest to the highest one committed
/// (RFC 3550 appendix A.1, RFC 3711 section 3.3.1). Estimating and committing are separate, so that an
/// unauthenticated packet cannot move the counter. Not thread-safe.
/// </summary>
public struct SequenceExtender16
{
    private long _highest;
    private bool _started;

    /// <summary>The highest committed value; 0 before the first commit.</summary>
    public readonly long Highest => _highest;

    /// <summary>Whether a value was committed.</summary>
    public readonly bool Started => _started;

    /// <summary>The extended value nearest to <see cref="Highest"/>; never negative.</summary>
    public readonly long Estimate(ushort value)
    {
        if (!_started)
            return value;
        long extended = _highest + (short)(value - (ushort)_highest);
        return extended < 0 ? extended + 0x1_0000 : extended;
    }

    /// <summary>Moves <see cref="Highest"/> forward to an estimate that proved genuine; an older one changes nothing.</summary>
    public void Commit(long extended)
    {
        if (_started && extended <= _highest)
            return;
        _highest = extended;
        _started = true;
    }
}
