namespace AgentGateway.Rtc.Ice;

/// <summary>The state of the connection, after the W3C's iceConnectionState.</summary>
public enum IceState
{
    /// <summary>No remote credentials and no authenticated check yet.</summary>
    New,

    /// <summary>Looking for a pair that works.</summary>
    Checking,

    /// <summary>A pair works and may carry data.</summary>
    Connected,

    /// <summary>The selected pair has been silent for a while; data may still be sent and it may recover.</summary>
    Disconnected,

    /// <summary>No pair worked in time, or consent to send was lost (RFC 7675). Nothing may be sent.</summary>
    Failed,

    /// <summary><see cref="IceAgent.Close"/> was called.</summary>
    Closed,
}
