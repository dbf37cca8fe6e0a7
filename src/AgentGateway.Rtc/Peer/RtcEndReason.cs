namespace AgentGateway.Rtc.Peer;

/// <summary>Why a peer reached <see cref="RtcPeerState.Failed"/> or <see cref="RtcPeerState.Closed"/>.</summary>
public enum RtcEndReason
{
    /// <summary>It did not end.</summary>
    None,

    /// <summary><see cref="RtcPeer.Close"/> was called.</summary>
    LocalClose,

    /// <summary>The far end closed DTLS.</summary>
    RemoteClose,

    /// <summary>ICE found no path in time.</summary>
    IceTimeout,

    /// <summary>A path was lost and consent to send expired (RFC 7675).</summary>
    ConsentExpired,

    /// <summary>ICE worked, but DTLS was not up within its time (<see cref="Dtls.DtlsOptions.HandshakeTimeout"/>).</summary>
    DtlsTimeout,

    /// <summary>The far end's certificate is not the one of its description: somebody else answered.</summary>
    FingerprintMismatch,

    /// <summary>DTLS failed otherwise: no common cipher or SRTP profile, or an alert.</summary>
    DtlsFailed,
}
