namespace AgentGateway.Rtc.Ice;

/// <summary>Who nominates (RFC 8445 section 6.1.1).</summary>
public enum IceRole
{
    /// <summary>Chooses the pair: the offerer, or the full agent when the other is lite.</summary>
    Controlling,

    /// <summary>Follows: the answerer, or the lite agent.</summary>
    Controlled,
}
