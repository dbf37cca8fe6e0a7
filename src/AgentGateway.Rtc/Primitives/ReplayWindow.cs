namespace AgentGateway.Rtc.Primitives;

/// <summary>
/// A sliding window over extended packet indices that refuses what was already seen or is too old (RFC 3711 section
/// 3.3.2, RFC 6347 section 4.1.2.6). Asking and committing are separate, so that only an authenticated packet moves
/// the window. Not thread-safe.
/// </summary>
public struct ReplayWindow
{
    /// <summary>How many indices behind the highest one are remembered. RFC 3711 asks for at least 64.</summary>
    public const int Size = 128;

    // Bit n stands for index _highest - n.
    private UInt128 _seen;
    private long _highest;

    /// <summary>Whether an index was committed.</summary>
    public readonly bool Started => _seen != UInt128.Zero;

    /// <summary>The highest committed index; 0 before the first commit.</summary>
    public readonly long Highest => _highest;

    /// <summary>Whether <paramref name="index"/> (not negative) was neither seen nor fell out of the window.</summary>
    public readonly bool IsFresh(long index)
    {
        if (!Started || index > _highest)
            return true;
        long age = _highest - index;
        return age < Size && ((_seen >> (int)age) & UInt128.One) == UInt128.Zero;
    }

    /// <summary>Marks an index as seen once its packet was authenticated; one older than the window changes nothing.</summary>
    public void Commit(long index)
    {
        if (!Started)
        {
            _highest = index;
            _seen = UInt128.One;
            return;
        }

        if (index > _highest)
        {
            long step = index - _highest;
            _seen = step < Size ? (_seen << (int)step) | UInt128.One : UInt128.One;
            _highest = index;
            return;
        }

        long age = _highest - index;
        if (age < Size)
            _seen |= UInt128.One << (int)age;
    }
}
