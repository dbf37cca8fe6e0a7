namespace AgentGateway.Rtc.Ice;

/// <summary>Settings of an <see cref="IceAgent"/>; they never change during its life.</summary>
public sealed record IceOptions
{
    /// <summary>Only answer checks and never send any (RFC 8445 section 2.5). For hosts with a public address.</summary>
    public bool Lite { get; init; }

    /// <summary>
    /// What is offered to the far end, best first. Several may share one <see cref="IceCandidate.Base"/>. Empty is allowed: the
    /// agent then learns its addresses from the datagrams that arrive.
    /// </summary>
    public IReadOnlyList<IceCandidate> LocalCandidates { get; init; } = [];

    /// <summary>Which local candidates are used.</summary>
    public IceTransportPolicy TransportPolicy { get; init; }

    /// <summary>How long sending stays allowed without a fresh proof that the far end wants it (RFC 7675: 30 s).</summary>
    public TimeSpan ConsentTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Mean time between consent checks; each is drawn from 0.8 to 1.2 of it (RFC 7675: 5 s, and not below).</summary>
    public TimeSpan ConsentInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Mean time to the next consent check while the last one is unanswered. Shorter than RFC 7675 allows, because with 20 % loss
    /// each way checks every 5 s lose consent within minutes; it only applies while packets are being lost.
    /// </summary>
    public TimeSpan ConsentRetryInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Silence on the selected path after which the state becomes <see cref="IceState.Disconnected"/>.</summary>
    public TimeSpan DisconnectedTimeout { get; init; } = TimeSpan.FromSeconds(12);

    /// <summary>
    /// Time without an answer on the selected path after which a full agent tries its other pairs. The first that answers takes over, so a
    /// path that fails costs this long when there is another one. More than <see cref="ConsentInterval"/> with its jitter.
    /// </summary>
    public TimeSpan FailoverTimeout { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>
    /// How long to wait for the first working pair before <see cref="IceState.Failed"/>, even when every known pair has failed,
    /// because peer-reflexive candidates may still appear (RFC 8863: 39.5 s).
    /// </summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(39.5);

    /// <summary>Ta: the least time between two ordinary or triggered checks (RFC 8445 section 14.2: 50 ms, at least 5 ms).</summary>
    public TimeSpan PacingInterval { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The first retransmission timeout of a check (RFC 8445 section 14.3: 500 ms); it doubles with each retransmission.</summary>
    public TimeSpan InitialRetransmissionTimeout { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Where the doubling ends. RFC 8489 lets it grow to 16 s, and then one check in fifty fails to get through a loss of a third.
    /// </summary>
    public TimeSpan MaxRetransmissionTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often a check is sent at most (Rc of RFC 8489 section 6.2.1); 20 of them last about as long as <see cref="ConnectTimeout"/>.</summary>
    public int MaxTransmissions { get; init; } = 20;

    /// <summary>
    /// A controlling agent nominates the best working pair this long after the first success, or at once when no better pair
    /// is still being checked.
    /// </summary>
    public TimeSpan NominationDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How often a lite agent sends a Binding indication on the selected path to keep NATs open (RFC 8445 section 11: 15 s).</summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Remote candidates kept, told and learned; more are ignored and counted.</summary>
    public int MaxRemoteCandidates { get; init; } = 32;

    /// <summary>Candidate pairs kept (RFC 8445 section 6.1.2.5: 100).</summary>
    public int MaxPairs { get; init; } = 100;
}
