using AgentGateway.Primitives;

namespace AgentGateway.Audio.Jitter;

/// <summary>A packet that waits, without its payload.</summary>
internal readonly record struct StoredPacket(long Sequence, long Timestamp, Instant Arrival, AudioPacketShape Info);
