namespace AgentGateway.Rtc.Sctp;

/// <summary>What a COOKIE ECHO means.</summary>
internal enum CookieVerdict
{
    /// <summary>Nothing; it was counted.</summary>
    Rejected,

    /// <summary>The association is up.</summary>
    Established,

    /// <summary>Our COOKIE ACK was lost; it is sent again.</summary>
    Repeated,

    /// <summary>The peer started over; all that was is gone.</summary>
    Restarted,

    /// <summary>The peer started over while we were shutting down.</summary>
    WhileShuttingDown,
}
