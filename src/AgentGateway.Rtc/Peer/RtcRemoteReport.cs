namespace AgentGateway.Rtc.Peer;

/// <summary>What the far end says about the audio it gets from us (RFC 3550 section 6.4).</summary>
/// <param name="Count">How many reports came; the other values are those of the last one.</param>
/// <param name="FractionLost">What was lost since the report before, 0..1.</param>
/// <param name="Jitter">Interarrival jitter there.</param>
/// <param name="RoundTripTime">Null until a report answered one of ours.</param>
public readonly record struct RtcRemoteReport(long Count, double FractionLost, TimeSpan Jitter, TimeSpan? RoundTripTime);
