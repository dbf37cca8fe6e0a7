namespace AgentGateway.Rtc.Ice;

/// <summary>Why an <see cref="IceAgent"/> wants to be woken.</summary>
internal enum IceTimer
{
    /// <summary>Ta has passed: the next ordinary or triggered check may be sent.</summary>
    Pace,

    /// <summary>A check was not answered.</summary>
    Retransmit,

    /// <summary>A better pair has been waited for long enough.</summary>
    Nomination,

    /// <summary>The next consent check is due.</summary>
    Consent,

    /// <summary>The far end has not renewed its consent.</summary>
    ConsentExpiry,

    /// <summary>Nothing was heard on the selected path for a while.</summary>
    Silence,

    /// <summary>The next keep-alive indication of a lite agent is due.</summary>
    KeepAlive,

    /// <summary>No pair has worked in time.</summary>
    Connect,

    /// <summary>The selected path is not proven any more: the others are tried.</summary>
    Failover,

    /// <summary>The far end followed to the new generation: the old one is forgotten.</summary>
    Retire,
}
