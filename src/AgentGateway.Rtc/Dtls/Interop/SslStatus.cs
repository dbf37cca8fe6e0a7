namespace AgentGateway.Rtc.Dtls.Interop;

/// <summary>How a call into OpenSSL ended.</summary>
internal enum SslStatus
{
    /// <summary>Done: handshake complete, data read or written.</summary>
    Done,

    /// <summary>Needs the next datagram.</summary>
    WantRead,

    /// <summary>The peer sent close_notify.</summary>
    Closed,

    /// <summary>Fatal; <see cref="SslConnection.LastError"/> says why.</summary>
    Failed,
}
