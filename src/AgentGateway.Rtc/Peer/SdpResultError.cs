namespace AgentGateway.Rtc.Peer;

/// <summary>Why a description was refused.</summary>
public enum SdpResultError
{
    /// <summary>It was not.</summary>
    None,

    /// <summary>It has no text.</summary>
    Empty,

    /// <summary>It is longer than <see cref="RtcPeerOptions.MaxDescriptionLength"/>.</summary>
    TooLarge,

    /// <summary>It does not parse as SDP.</summary>
    NotSdp,

    /// <summary>It is SDP, but a known line has a wrong value.</summary>
    Malformed,

    /// <summary>It has no usable audio section.</summary>
    NoAudio,

    /// <summary>It has no codec that we have; Opus is needed.</summary>
    NoCommonCodec,

    /// <summary>It has no ICE user name fragment or password, or malformed ones.</summary>
    NoIceCredentials,

    /// <summary>It has no fingerprint with a known hash.</summary>
    NoFingerprint,

    /// <summary>It lacks a=rtcp-mux.</summary>
    NoRtcpMux,

    /// <summary>Its audio and data sections are not in one BUNDLE group.</summary>
    NoBundle,

    /// <summary>Its profile is not DTLS-SRTP or DTLS-SCTP.</summary>
    UnsupportedProfile,

    /// <summary>Its a=setup is missing in an answer, unknown, or contradicts the role in use.</summary>
    BadSetup,

    /// <summary>A later description changes what cannot change: section order, mids, fingerprint, or ICE credentials out of turn.</summary>
    Incompatible,

    /// <summary>An ICE fragment belongs to other credentials than those in force.</summary>
    StaleGeneration,

    /// <summary>It does not fit the state: an answer without an offer, or the peer is closed.</summary>
    WrongState,

    /// <summary>Both sides offered at once (RFC 3264 section 4): ours waits for its answer or for <see cref="RtcPeer.RollbackOffer"/>.</summary>
    Glare,
}
