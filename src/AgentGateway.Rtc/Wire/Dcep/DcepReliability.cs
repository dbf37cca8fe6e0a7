namespace AgentGateway.Rtc.Wire.Dcep;

/// <summary>The low bits of a channel type (RFC 8832 section 5.1).</summary>
internal enum DcepReliability : byte
{
    Reliable = 0,
    LimitedRetransmissions = 1,
    LimitedLifetime = 2,
}
