namespace AgentGateway.Rtc.Dtls;

/// <summary>Why a DTLS connection failed.</summary>
public enum DtlsFailureReason
{
    /// <summary>It did not.</summary>
    None,

    /// <summary>The handshake was not done within <see cref="DtlsOptions.HandshakeTimeout"/>.</summary>
    Timeout,

    /// <summary>The peer's certificate has none of the fingerprints its SDP announced.</summary>
    FingerprintMismatch,

    /// <summary>The peer showed no certificate.</summary>
    NoCertificate,

    /// <summary>No SRTP profile in common, or the peer offered no use_srtp extension.</summary>
    NoCommonSrtpProfile,

    /// <summary>The peer ended it with a fatal alert.</summary>
    PeerAlert,

    /// <summary>The peer broke the protocol, or shares no cipher suite, version or group with us.</summary>
    ProtocolError,
}
