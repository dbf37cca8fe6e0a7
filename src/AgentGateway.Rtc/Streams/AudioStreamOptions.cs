namespace AgentGateway.Rtc.Streams;

/// <summary>What stays the same over the life of a section's streams.</summary>
/// <param name="Cname">Our canonical name.</param>
/// <param name="WallClockAtEpoch">The wall-clock time of <see cref="AgentGateway.Primitives.Instant.Zero"/>.</param>
/// <param name="QueueLength">Outgoing packets that may wait.</param>
/// <param name="MaxPacketSize">The largest plain packet, in bytes.</param>
/// <param name="RetransmissionBudget">How late a packet may be and still be asked for.</param>
internal sealed record AudioStreamOptions(
    string Cname, DateTimeOffset WallClockAtEpoch, int QueueLength, int MaxPacketSize, TimeSpan RetransmissionBudget);
