namespace AgentGateway.Rtc.Dtls;

/// <summary>Life of a <see cref="DtlsEndpoint"/>; it only moves downwards in this list.</summary>
public enum DtlsState
{
    /// <summary>Not started; datagrams are dropped.</summary>
    New,

    /// <summary>The handshake is under way.</summary>
    Handshaking,

    /// <summary>Handshake done, certificate matched, SRTP profile agreed.</summary>
    Connected,

    /// <summary>Closed in order, by either side.</summary>
    Closed,

    /// <summary>Ended by an error; the reason was in the event.</summary>
    Failed,
}
