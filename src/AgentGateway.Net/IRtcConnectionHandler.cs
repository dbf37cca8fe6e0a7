using AgentGateway.Primitives;
using AgentGateway.Rtc.Peer;

namespace AgentGateway.Net;

/// <summary>
/// What a call does with its connection. Every member is called on the thread of the shard that owns the connection,
/// must not block, and may use <see cref="RtcConnection.Peer"/> freely; what it sends leaves when it returns.
/// </summary>
public interface IRtcConnectionHandler
{
    /// <summary>When <see cref="HandleTimeout"/> wants to be called next; null for never. Read after every other call.</summary>
    Instant? NextTimeout { get; }

    /// <summary>Something happened on the connection. Payloads are valid during the call only.</summary>
    void HandleEvent(Instant now, RtcConnection connection, in RtcPeerEvent e);

    /// <summary>A deadline asked for by <see cref="NextTimeout"/> has come: the 20 ms media tick.</summary>
    void HandleTimeout(Instant now, RtcConnection connection);

    /// <summary>The connection is gone; called exactly once, last.</summary>
    void HandleClosed(Instant now, RtcConnection connection, RtcCloseReason reason);
}
