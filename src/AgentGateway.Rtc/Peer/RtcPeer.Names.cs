using AgentGateway.Primitives;
using AgentGateway.Rtc.Ice;
using AgentGateway.Rtc.Wire.Mdns;

namespace AgentGateway.Rtc.Peer;

/// <summary>Candidates that have a name instead of an address.</summary>
public sealed partial class RtcPeer
{
    // A browser has one name for each of its addresses; each one costs the driver a query.
    private const int MaxRemoteNames = 16;

    private readonly List<IceCandidate> _remoteNames = [];

    /// <summary>Adds a candidate of the far end, such as one whose name was resolved. What cannot be used is counted.</summary>
    public void AddRemoteCandidate(Instant now, IceCandidate candidate)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        if (_transport.IsEnded)
            return;
        _transport.AddRemoteCandidate(now, candidate);
        Update(now);
    }

    /// <summary>Tells the driver a name that it could resolve; false when this candidate is none, or one too many.</summary>
    private bool TryReportName(IceCandidate candidate)
    {
        if (_options.IceLite || !MdnsName.IsValid(candidate.HostName) || candidate.Transport != "udp")
            return false;

        // The name may be resolved after a restart, to which it does not belong.
        IceCandidate named = candidate with { Ufrag = candidate.Ufrag ?? _remote?.IceUfrag };
        if (_remoteNames.Contains(named))
            return true;
        if (_remoteNames.Count >= MaxRemoteNames)
            return false;
        _remoteNames.Add(named);
        Raise(new RtcPeerEvent { Kind = RtcPeerEventKind.RemoteName, State = State, Candidate = named });
        return true;
    }
}
