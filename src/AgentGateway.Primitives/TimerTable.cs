using System.Runtime.CompilerServices;

namespace AgentGateway.Primitives;

/// <summary>
/// All timers of one engine: at most one deadline per reason, kept in a small array indexed by the reason.
/// Every timeout therefore has a name that appears in metrics and test asserts. Not thread-safe: one owner.
/// </summary>
/// <typeparam name="TReason">
/// An <see cref="int"/>-backed enum whose values are 0..n-1. When several timers expire at once, the earliest
/// deadline fires first; ties fire in the order of the enum.
/// </typeparam>
public sealed class TimerTable<TReason>
    where TReason : struct, Enum
{
    private static readonly int Count = CheckedCount();

    private readonly Instant?[] _deadlines = new Instant?[Count];

    /// <summary>The earliest deadline, or null when no timer is set.</summary>
    public Instant? Next
    {
        get
        {
            Instant? next = null;
            foreach (Instant? deadline in _deadlines)
                next = Instant.Earliest(next, deadline);
            return next;
        }
    }

    /// <summary>The deadline of one reason, or null when it is not set.</summary>
    public Instant? this[TReason reason] => _deadlines[Index(reason)];

    /// <summary>Sets or moves the deadline of a reason.</summary>
    public void Set(TReason reason, Instant deadline) => _deadlines[Index(reason)] = deadline;

    /// <summary>Sets the deadline only when the reason has none yet.</summary>
    public void SetIfUnset(TReason reason, Instant deadline) => _deadlines[Index(reason)] ??= deadline;

    /// <summary>Clears one reason; clearing an unset timer is allowed.</summary>
    public void Clear(TReason reason) => _deadlines[Index(reason)] = null;

    /// <summary>Clears every reason.</summary>
    public void ClearAll() => Array.Clear(_deadlines);

    /// <summary>
    /// Takes the earliest timer whose deadline is not after <paramref name="now"/> and clears it.
    /// Call in a loop until it returns false.
    /// </summary>
    public bool TryPopExpired(Instant now, out TReason reason)
    {
        int found = -1;
        Instant earliest = default;
        for (int i = 0; i < _deadlines.Length; i++)
        {
            if (_deadlines[i] is { } deadline && deadline <= now && (found < 0 || deadline < earliest))
            {
                found = i;
                earliest = deadline;
            }
        }

        if (found < 0)
        {
            reason = default;
            return false;
        }

        _deadlines[found] = null;
        reason = Unsafe.BitCast<int, TReason>(found);
        return true;
    }

    private static int Index(TReason reason) => Unsafe.BitCast<TReason, int>(reason);

    private static int CheckedCount()
    {
        if (Enum.GetUnderlyingType(typeof(TReason)) != typeof(int))
            throw new InvalidOperationException($"{typeof(TReason)} must be backed by int.");
        TReason[] values = Enum.GetValues<TReason>();
        for (int i = 0; i < values.Length; i++)
        {
            if (Index(values[i]) != i)
                throw new InvalidOperationException($"{typeof(TReason)} must have the values 0..{values.Length - 1}.");
        }

        return values.Length;
    }
}
