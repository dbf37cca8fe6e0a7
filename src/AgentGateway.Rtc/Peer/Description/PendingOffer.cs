namespace AgentGateway.Rtc.Peer.Description;

/// <summary>An offer of ours that waits for its answer. Nothing of it is in force: to take it back is to forget it.</summary>
/// <param name="Sections">In order.</param>
/// <param name="RestartsIce">Whether it has new ICE credentials.</param>
/// <param name="NextMid">The number of the next mid that we make up.</param>
internal sealed record PendingOffer(IReadOnlyList<OfferedSection> Sections, bool RestartsIce, int NextMid);
