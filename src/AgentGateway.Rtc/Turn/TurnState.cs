namespace AgentGateway.Rtc.Turn;

/// <summary>The life of a <see cref="TurnClient"/>.</summary>
public enum TurnState
{
    /// <summary><see cref="TurnClient.Start"/> was not called yet.</summary>
    New,

    /// <summary>Asking the server for a relayed address.</summary>
    Allocating,

    /// <summary>The relayed address is ours.</summary>
    Allocated,

    /// <summary>Giving it back.</summary>
    Closing,

    /// <summary>The server refused, fell silent or forgot us. Final.</summary>
    Failed,

    /// <summary>Given back, or given up. Final.</summary>
    Closed,
}
