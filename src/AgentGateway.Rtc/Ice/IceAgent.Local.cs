using AgentGateway.Primitives;
using AgentGateway.Rtc.Primitives;

namespace AgentGateway.Rtc.Ice;

/// <summary>Local candidates: known at the beginning, or gathered later.</summary>
public sealed partial class IceAgent
{
    private const int MaxLocalCandidates = 64;

    private readonly List<IceCandidate> _localCandidates = [];

    /// <summary>
    /// Adds a candidate that was gathered late (RFC 8838): server-reflexive, relayed, or of an interface that came up. The far end must be told
    /// it, which is the owner's part.
    /// </summary>
    /// <returns>False when it is known, the policy forbids it, there are too many, or the agent is over.</returns>
    public bool AddLocalCandidate(Instant now, IceCandidate candidate)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        if (!IsActive || !TryAddLocal(candidate))
            return false;
        if (_options.Lite || (_nominated && !_isFailingOver))
            return true;
        foreach (RemoteCandidate remote in _remotes)
            AddPairs(remote);
        Pump(now);
        return true;
    }

    /// <summary>The owner opened a TCP connection to a passive candidate of the far end (RFC 6544 section 6): it becomes a pair.</summary>
    /// <param name="now">The time.</param>
    /// <param name="path">The two ends of the connection, with <see cref="PathTransport.Tcp"/>.</param>
    /// <param name="candidate">The far end's candidate.</param>
    /// <returns>False when there is no room, a pair was nominated already, or this agent does not check.</returns>
    public bool AddTcpConnection(Instant now, in DatagramPath path, IceCandidate candidate)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        if (!IsActive || _options.Lite || _nominated || !IsAllowed(path) || _checks.Find(path) is not null)
            return false;
        RemoteCandidate? remote = FindRemote(path.Remote, PathTransport.Tcp);
        if (remote is null && _remotes.Count >= _options.MaxRemoteCandidates)
        {
            Statistics.CountDrop(IceDropReason.TooManyCandidates);
            return false;
        }

        if (remote is null)
        {
            remote = new RemoteCandidate
            {
                Address = path.Remote,
                Transport = PathTransport.Tcp,
                Priority = candidate.Priority,
                Foundation = candidate.Foundation,
                IsPeerReflexive = false,
            };
            _remotes.Add(remote);
        }

        bool added = AddPair(BaseOf(path), remote, proven: false) is not null;
        Pump(now);
        return added;
    }

    private bool TryAddLocal(IceCandidate candidate)
    {
        bool isAllowed = _options.TransportPolicy == IceTransportPolicy.All || candidate.Type == IceCandidateType.Relayed;
        if (!isAllowed || _localCandidates.Count >= MaxLocalCandidates)
            return false;
        foreach (IceCandidate known in _localCandidates)
        {
            if (known.Address == candidate.Address && known.Transport == candidate.Transport)
                return false;
        }

        _localCandidates.Add(candidate);
        AddBase(candidate);
        return true;
    }

    /// <summary>Whether the policy allows to use what arrives here.</summary>
    private bool IsAllowed(in DatagramPath path)
    {
        if (_options.TransportPolicy == IceTransportPolicy.All)
            return true;
        foreach (LocalBase local in _bases)
        {
            if (local.Address == path.Local && path.Transport == PathTransport.Udp)
                return true;
        }

        return false;
    }

    /// <summary>
    /// The base of a local address. One we did not announce (no candidates configured, or the socket reports another of its
    /// addresses) is used as it is, after all announced ones.
    /// </summary>
    private LocalBase BaseOf(in DatagramPath path)
    {
        foreach (LocalBase local in _bases)
        {
            if (local.Address == path.Local && local.Transport == path.Transport)
                return local;
        }

        return new LocalBase(
            path.Local,
            IceCandidate.ComputePriority(IceCandidateType.Host, 0),
            IceCandidate.ComputeFoundation(IceCandidateType.Host, path.Local),
            path.Transport);
    }
}
