namespace AgentGateway.Rtc.Dtls;

/// <summary>Which side of the DTLS handshake this end is; agreed by <c>a=setup</c> (RFC 8842).</summary>
public enum DtlsRole
{
    /// <summary>Sends the ClientHello: <c>a=setup:active</c>.</summary>
    Client,

    /// <summary>Waits for a ClientHello: <c>a=setup:passive</c>.</summary>
    Server,
}
