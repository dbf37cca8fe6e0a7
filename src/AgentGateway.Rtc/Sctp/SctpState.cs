namespace AgentGateway.Rtc.Sctp;

/// <summary>The association's states (RFC 9260 section 4); Closed is told apart from never started.</summary>
public enum SctpState
{
    /// <summary>Not started; an INIT of the peer is answered.</summary>
    New,

    /// <summary>INIT sent.</summary>
    CookieWait,

    /// <summary>COOKIE ECHO sent.</summary>
    CookieEchoed,

    /// <summary>Data flows.</summary>
    Established,

    /// <summary>Shutdown was asked for; what is queued is still delivered.</summary>
    ShutdownPending,

    /// <summary>SHUTDOWN sent.</summary>
    ShutdownSent,

    /// <summary>SHUTDOWN received; what is queued is still delivered.</summary>
    ShutdownReceived,

    /// <summary>SHUTDOWN ACK sent.</summary>
    ShutdownAckSent,

    /// <summary>Ended; nothing brings it back.</summary>
    Closed,
}
