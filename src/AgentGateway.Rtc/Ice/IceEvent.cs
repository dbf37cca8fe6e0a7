using AgentGateway.Rtc.Primitives;

namespace AgentGateway.Rtc.Ice;

/// <summary>What an <see cref="IceEvent"/> tells.</summary>
public enum IceEventKind
{
    /// <summary><see cref="IceEvent.State"/> is the new state.</summary>
    StateChanged,

    /// <summary><see cref="IceEvent.Path"/> is where data goes from now on.</summary>
    SelectedPathChanged,
}

/// <summary>A fact for the owner of an <see cref="IceAgent"/>.</summary>
/// <param name="Kind">Which of the other fields counts.</param>
/// <param name="State">The state when the event was raised.</param>
/// <param name="Path">The selected path when the event was raised; default when there is none.</param>
public readonly record struct IceEvent(IceEventKind Kind, IceState State, DatagramPath Path);
