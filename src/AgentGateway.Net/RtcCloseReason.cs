namespace AgentGateway.Net;

/// <summary>Why a connection ended.</summary>
public enum RtcCloseReason
{
    /// <summary>This side closed it.</summary>
    LocalClose,

    /// <summary>The far end said goodbye: DTLS close_notify.</summary>
    RemoteClose,

    /// <summary>No way to the far end was found in time.</summary>
    ConnectTimeout,

    /// <summary>ICE consent expired: the far end vanished.</summary>
    ConsentLost,

    /// <summary>DTLS failed: wrong certificate, no common cipher or profile, time-out.</summary>
    HandshakeFailed,

    /// <summary>A defect in this program, logged; other calls go on.</summary>
    InternalError,

    /// <summary>The transport was stopped.</summary>
    Shutdown,
}
