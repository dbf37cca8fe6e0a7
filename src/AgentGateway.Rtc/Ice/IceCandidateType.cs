namespace AgentGateway.Rtc.Ice;

/// <summary>Where a candidate comes from (RFC 8445 section 5.1.1).</summary>
public enum IceCandidateType
{
    /// <summary>An address of an interface, or one that a 1:1 NAT maps to it.</summary>
    Host,

    /// <summary>Learned from a STUN server.</summary>
    ServerReflexive,

    /// <summary>Learned from a connectivity check.</summary>
    PeerReflexive,

    /// <summary>On a TURN server.</summary>
    Relayed,
}
