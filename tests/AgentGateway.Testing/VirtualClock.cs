using AgentGateway.Primitives;

namespace AgentGateway.Testing;

/// <summary>The time a simulation is at. It only moves forward, and only when told to.</summary>
public sealed class VirtualClock
{
    public VirtualClock()
        : this(Instant.Zero)
    {
    }

    public VirtualClock(Instant start) => Now = start;

    public Instant Now { get; private set; }

    /// <summary>Moves forward by a duration.</summary>
    public Instant Advance(TimeSpan duration) => AdvanceTo(Now + duration);

    /// <summary>Moves forward to an instant; an earlier one is a mistake in the test.</summary>
    public Instant AdvanceTo(Instant instant)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(instant, Now);
        return Now = instant;
    }
}
