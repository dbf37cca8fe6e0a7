namespace AgentGateway.Rtc.Streams;

/// <summary>Which earlier frames each packet repeats (RFC 2198).</summary>
internal enum Redundancy
{
    /// <summary>None.</summary>
    None,

    /// <summary>The one before: single losses come back 20 ms later.</summary>
    One,

    /// <summary>The two before: two chances for each frame.</summary>
    Two,

    /// <summary>The second and the fourth before: the last four packets of a burst come back, 80 ms later.</summary>
    Spread,
}
