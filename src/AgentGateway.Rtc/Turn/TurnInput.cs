using AgentGateway.Rtc.Primitives;

namespace AgentGateway.Rtc.Turn;

/// <summary>What a packet from the server turned out to be.</summary>
public enum TurnInput
{
    /// <summary>It was for the client itself, or was dropped and counted.</summary>
    None,

    /// <summary>A far end's datagram: <see cref="TurnData"/> says whose and where it stands.</summary>
    Data,

    /// <summary>An answer to a request that is not the client's: perhaps to a Binding request to the same server.</summary>
    NotMine,
}

/// <summary>A far end's datagram inside a packet of the server.</summary>
/// <param name="Peer">Who sent it.</param>
/// <param name="Offset">Where it begins in the packet.</param>
/// <param name="Length">Its bytes.</param>
public readonly record struct TurnData(TransportAddress Peer, int Offset, int Length);
