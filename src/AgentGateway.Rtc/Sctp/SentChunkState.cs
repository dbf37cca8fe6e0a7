namespace AgentGateway.Rtc.Sctp;

/// <summary>What is known of a sent chunk.</summary>
internal enum SentChunkState : byte
{
    /// <summary>On its way.</summary>
    InFlight,

    /// <summary>Taken for lost; to be sent again.</summary>
    Lost,

    /// <summary>Reported by a gap ack block, which the peer may revoke.</summary>
    GapAcked,

    /// <summary>Given up by partial reliability; the peer is told to skip it.</summary>
    Abandoned,
}
