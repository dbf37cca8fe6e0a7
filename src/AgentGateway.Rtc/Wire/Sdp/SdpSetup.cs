namespace AgentGateway.Rtc.Wire.Sdp;

/// <summary>The DTLS role in "a=setup" (RFC 8842 section 5, RFC 4145 section 4).</summary>
public enum SdpSetup
{
    /// <summary>Will send the ClientHello.</summary>
    Active,

    /// <summary>Will wait for it.</summary>
    Passive,

    /// <summary>Either; only in offers.</summary>
    ActPass,

    /// <summary>Not now; not used by WebRTC.</summary>
    HoldConn,
}
