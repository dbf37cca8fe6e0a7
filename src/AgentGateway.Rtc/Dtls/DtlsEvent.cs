namespace AgentGateway.Rtc.Dtls;

/// <summary>What a <see cref="DtlsEndpoint"/> has to tell.</summary>
public enum DtlsEventKind
{
    /// <summary>The handshake is done and the peer's certificate is the announced one; keys may be exported.</summary>
    Connected,

    /// <summary>The peer sent close_notify.</summary>
    Closed,

    /// <summary>Fatal; see <see cref="DtlsEvent.Reason"/>.</summary>
    Failed,
}

/// <summary>One event of a <see cref="DtlsEndpoint"/>.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Reason">Why, when it failed.</param>
public readonly record struct DtlsEvent(DtlsEventKind Kind, DtlsFailureReason Reason = DtlsFailureReason.None);
