namespace AgentGateway.Rtc.Wire.Rtp;

/// <summary>One block of a RED payload (RFC 2198 section 3).</summary>
/// <param name="PayloadType">0..127.</param>
/// <param name="TimestampOffset">How much earlier than the packet's timestamp it begins; 0 for the primary.</param>
/// <param name="Start">Where it begins in the payload.</param>
/// <param name="Length">In bytes; may be 0.</param>
public readonly record struct RedBlock(byte PayloadType, int TimestampOffset, int Start, int Length);
