namespace AgentGateway.Rtc.Peer;

/// <summary>What a datagram turned out to be for the layer above <see cref="SecureTransport"/>.</summary>
internal enum TransportInput
{
    /// <summary>Nothing: it was for ICE or DTLS, or was dropped.</summary>
    None,

    /// <summary>An authentic RTP packet, now plain, at the start of the datagram.</summary>
    Rtp,

    /// <summary>An authentic RTCP packet, now plain, at the start of the datagram.</summary>
    Rtcp,
}
