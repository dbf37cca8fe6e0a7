namespace AgentGateway.Rtc.Peer;

/// <summary>What became of a packet given to <see cref="RtcPeer.SendAudio(AgentGateway.Primitives.Instant, RtcAudioSection, ReadOnlySpan{byte}, long, bool, byte?)"/>.</summary>
public enum RtcSendResult
{
    /// <summary>It was queued.</summary>
    Ok,

    /// <summary>DTLS is not up, or the peer has ended.</summary>
    NotConnected,

    /// <summary>The negotiated direction does not let us send, or no audio was negotiated.</summary>
    NotSending,

    /// <summary>It does not fit into <see cref="RtcPeerOptions.MaxPacketSize"/>.</summary>
    TooLarge,

    /// <summary>The driver does not poll fast enough.</summary>
    QueueFull,
}
