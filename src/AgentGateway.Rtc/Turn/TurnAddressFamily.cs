namespace AgentGateway.Rtc.Turn;

/// <summary>REQUESTED-ADDRESS-FAMILY (RFC 8656 section 7.1).</summary>
public enum TurnAddressFamily
{
    /// <summary>Not asked for: the server gives IPv4.</summary>
    Default = 0,

    /// <summary>IPv4.</summary>
    IPv4 = 1,

    /// <summary>IPv6.</summary>
    IPv6 = 2,
}
