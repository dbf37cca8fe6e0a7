using AgentGateway.Rtc.Primitives;

namespace AgentGateway.Rtc.Turn;

/// <summary>What a <see cref="StunGatherer"/> learned.</summary>
/// <param name="Mapped">Our address as the server sees it; null when the server gave no answer that helps.</param>
/// <param name="Local">The local address it belongs to.</param>
public readonly record struct StunGathererEvent(TransportAddress? Mapped, TransportAddress Local);
