namespace AgentGateway.Rtc.Dtls;

/// <summary>The timers of a <see cref="DtlsEndpoint"/>. On a tie the handshake gives up before it repeats a flight.</summary>
internal enum DtlsTimer
{
    Handshake,
    Retransmit,
}
