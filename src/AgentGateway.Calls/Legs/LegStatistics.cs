using AgentGateway.Audio;

namespace AgentGateway.Calls.Legs;

/// <summary>What a leg counted. Immutable.</summary>
/// <param name="Received">The jitter buffer; all zero for a leg that has none.</param>
/// <param name="FramesSkipped">20 ms frames never sent because the process stalled.</param>
/// <param name="PacketsRefused">Packets that the peer would not take.</param>
internal readonly record struct LegStatistics(JitterStatistics Received, long FramesSkipped, long PacketsRefused);
