namespace AgentGateway.Rtc.Peer;

/// <summary>RTCPeerConnectionState of W3C WebRTC 1.0 section 4.3.3.</summary>
public enum RtcPeerState
{
    /// <summary>No description was applied yet.</summary>
    New,

    /// <summary>ICE looks for a path, or DTLS shakes hands on it.</summary>
    Connecting,

    /// <summary>Media and data flow.</summary>
    Connected,

    /// <summary>Nothing is heard from the far end for a while; may become <see cref="Connected"/> again.</summary>
    Disconnected,

    /// <summary>Final: see <see cref="RtcPeerEvent.Reason"/>.</summary>
    Failed,

    /// <summary>Final: either side hung up.</summary>
    Closed,
}
