namespace AgentGateway.Primitives;

/// <summary>Extends a 32-bit wire counter (RTP timestamp, SCTP TSN) to 64 bits, like <see cref="SequenceExtender16"/>.</summary>
public struct SequenceExtender32
{
    private long _highest;
    private bool _started;

    /// <summary>The highest committed value; 0 before the first commit.</summary>
    public readonly long Highest => _highest;

    /// <summary>Whether a value was committed.</summary>
    public readonly bool Started => _started;

    /// <summary>The extended value nearest to <see cref="Highest"/>; never negative.</summary>
    public readonly long Estimate(uint value)
    {
        if (!_started)
            return value;
        long extended = _highest + (int)(value - (uint)_highest);
        return extended < 0 ? extended + 0x1_0000_0000 : extended;
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
