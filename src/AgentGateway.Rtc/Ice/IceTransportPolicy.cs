namespace AgentGateway.Rtc.Ice;

/// <summary>Which local candidates are used, after the W3C's iceTransportPolicy.</summary>
public enum IceTransportPolicy
{
    /// <summary>All of them.</summary>
    All,

    /// <summary>Relayed ones only: the far end learns no address of this host, and nothing that arrives elsewhere is answered.</summary>
    Relay,
}
