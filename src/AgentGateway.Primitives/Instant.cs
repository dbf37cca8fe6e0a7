namespace AgentGateway.Primitives;

/// <summary>
/// A point on a monotonic clock: 100 ns ticks since an epoch chosen by the driver (process start, or zero in tests).
/// Only differences mean anything; it is never a wall-clock time. Engines receive it as an argument and never read a clock.
/// </summary>
/// <param name="Ticks">100 ns ticks since the driver's epoch.</param>
public readonly record struct Instant(long Ticks) : IComparable<Instant>
{
    /// <summary>The driver's epoch.</summary>
    public static Instant Zero => default;

    /// <summary>Milliseconds since the driver's epoch, for logs and test messages.</summary>
    public double TotalMilliseconds => TimeSpan.FromTicks(Ticks).TotalMilliseconds;

    /// <summary>An instant <paramref name="milliseconds"/> after the epoch.</summary>
    public static Instant FromMilliseconds(double milliseconds) => new(TimeSpan.FromMilliseconds(milliseconds).Ticks);

    /// <summary>The later of two instants.</summary>
    public static Instant Max(Instant a, Instant b) => a.Ticks >= b.Ticks ? a : b;

    /// <summary>The earlier of two deadlines, where null means "none".</summary>
    public static Instant? Earliest(Instant? a, Instant? b) =>
        a is null ? b : b is null ? a : a.Value.Ticks <= b.Value.Ticks ? a : b;

    /// <inheritdoc/>
    public int CompareTo(Instant other) => Ticks.CompareTo(other.Ticks);

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"t+{TotalMilliseconds:F3}ms");

    /// <summary>The instant <paramref name="duration"/> later.</summary>
    public static Instant operator +(Instant at, TimeSpan duration) => new(at.Ticks + duration.Ticks);

    /// <summary>The instant <paramref name="duration"/> earlier.</summary>
    public static Instant operator -(Instant at, TimeSpan duration) => new(at.Ticks - duration.Ticks);

    /// <summary>The time from <paramref name="b"/> to <paramref name="a"/>; negative when a is earlier.</summary>
    public static TimeSpan operator -(Instant a, Instant b) => TimeSpan.FromTicks(a.Ticks - b.Ticks);

    /// <summary>Whether a is earlier than b.</summary>
    public static bool operator <(Instant a, Instant b) => a.Ticks < b.Ticks;

    /// <summary>Whether a is later than b.</summary>
    public static bool operator >(Instant a, Instant b) => a.Ticks > b.Ticks;

    /// <summary>Whether a is not later than b.</summary>
    public static bool operator <=(Instant a, Instant b) => a.Ticks <= b.Ticks;

    /// <summary>Whether a is not earlier than b.</summary>
    public static bool operator >=(Instant a, Instant b) => a.Ticks >= b.Ticks;
}
