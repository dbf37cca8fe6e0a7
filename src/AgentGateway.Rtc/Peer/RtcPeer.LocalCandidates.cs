using AgentGateway.Primitives;
using AgentGateway.Rtc.Ice;
using AgentGateway.Rtc.Primitives;

namespace AgentGateway.Rtc.Peer;

/// <summary>Local candidates that are gathered late, and connections of ICE-TCP.</summary>
public sealed partial class RtcPeer
{
    private bool _isGathering;

    /// <summary>
    /// Adds a local candidate that became known after the peer was made: server-reflexive, relayed, or of another interface. It stands in every
    /// description from now on; when one was made already that did not say "end-of-candidates", <see cref="RtcPeerEventKind.LocalCandidate"/> says what to
    /// trickle.
    /// </summary>
    /// <returns>False when it is known, not allowed by the policy, one too many, or the call has ended.</returns>
    public bool AddLocalCandidate(Instant now, IceCandidate candidate)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        if (_transport.IsEnded || !_transport.Ice.AddLocalCandidate(now, candidate))
            return false;
        if (IsDescribed && _isGathering)
            Raise(new RtcPeerEvent { Kind = RtcPeerEventKind.LocalCandidate, State = State, Candidate = candidate with { Ufrag = IceUfrag } });
        Update(now);
        return true;
    }

    /// <summary>
    /// No more local candidates will come: descriptions say so from now on (RFC 8840 section 4.1). When one was made before,
    /// <see cref="RtcPeerEventKind.LocalCandidatesEnded"/> tells that it is to be trickled. Again it does nothing.
    /// </summary>
    public void EndLocalCandidates(Instant now)
    {
        if (!_isGathering || _transport.IsEnded)
            return;
        _isGathering = false;
        if (IsDescribed)
            Raise(new RtcPeerEvent { Kind = RtcPeerEventKind.LocalCandidatesEnded, State = State });
        Update(now);
    }

    /// <summary>
    /// The driver opened a TCP connection to a passive candidate of the far end (RFC 6544 section 6): it is tried as a path. Datagrams of the
    /// path leave with <see cref="PathTransport.Tcp"/>, for the driver to frame by RFC 4571.
    /// </summary>
    /// <param name="now">The time.</param>
    /// <param name="path">The connection's two ends, with <see cref="PathTransport.Tcp"/>.</param>
    /// <param name="candidate">The far end's candidate.</param>
    /// <returns>False when it cannot be tried: no room, nominated already, or the call has ended.</returns>
    public bool AddTcpConnection(Instant now, in DatagramPath path, IceCandidate candidate)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        bool added = !_transport.IsEnded && _transport.Ice.AddTcpConnection(now, path, candidate);
        Update(now);
        return added;
    }

    private bool IsDescribed => _remote is not null || _pending is not null;
}
