namespace AgentGateway.Rtc.Wire.Rtcp;

/// <summary>What transport-wide feedback says about one packet.</summary>
/// <param name="Sequence">Its transport-wide sequence number.</param>
/// <param name="Received">Whether it arrived.</param>
/// <param name="ArrivalTicks">When, in ticks of 100 ns on the receiver's clock; meaningless when it did not arrive.</param>
public readonly record struct RtcpTransportArrival(ushort Sequence, bool Received, long ArrivalTicks);
