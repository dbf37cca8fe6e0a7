using AgentGateway.Primitives;

namespace AgentGateway.Calls.Tests.Legs;

/// <summary>An audio packet as the caller got it.</summary>
internal sealed record HeardPacket(Instant At, long Sequence, long Timestamp, bool Marker, byte[] Payload);
