using AgentGateway.Primitives;
using AgentGateway.Rtc.Primitives;

namespace AgentGateway.Rtc.Ice;

/// <summary>Candidates, pairs and roles.</summary>
public sealed partial class IceAgent
{
    private void AddBase(IceCandidate candidate)
    {
        bool isTcp = candidate.Transport == "tcp" && candidate.TcpType == "passive";
        if ((candidate.Transport != "udp" && !isTcp) || candidate.HostName is not null || candidate.Component != 1)
            return;
        PathTransport transport = isTcp ? PathTransport.Tcp : PathTransport.Udp;

        // Reflexive candidates are replaced by their base and duplicates dropped (RFC 8445 section 6.1.2.4).
        TransportAddress address = candidate.Base;
        for (int i = 0; i < _bases.Count; i++)
        {
            if (_bases[i].Address != address || _bases[i].Transport != transport)
                continue;
            if (_bases[i].Priority < candidate.Priority)
                _bases[i] = new LocalBase(address, candidate.Priority, candidate.Foundation, transport);
            return;
        }

        _bases.Add(new LocalBase(address, candidate.Priority, candidate.Foundation, transport));
    }

    private static bool IsUsable(IceCandidate candidate)
    {
        TransportAddress address = candidate.Address;
        if (candidate.Transport != "udp" || candidate.HostName is not null || candidate.Component != 1
            || address.Port == 0 || address.IsUnspecified)
            return false;
        if (address.IsIPv4)
        {
            uint first = (uint)address.Bits >> 24;
            return first is not 0 and < 224;
        }

        // Multicast, and link-local addresses, whose scope means nothing to another host.
        uint prefix = (uint)(address.Bits >> 112);
        return prefix >> 8 != 0xFF && (prefix & 0xFFC0) != 0xFE80;
    }

    private bool IsOfOtherGeneration(IceCandidate candidate) =>
        candidate.Ufrag is { } ufrag && _generation.Remote is { } remote && ufrag != remote.Ufrag;

    private void AddOrUpdateRemote(IceCandidate candidate)
    {
        RemoteCandidate? known = FindRemote(candidate.Address, PathTransport.Udp);
        if (known is not null)
        {
            // Learned from a check before it was told: now its true priority and foundation are known.
            if (known.IsPeerReflexive || candidate.Priority > known.Priority)
            {
                known.IsPeerReflexive = false;
                known.Priority = candidate.Priority;
                known.Foundation = candidate.Foundation;
                _checks.Reorder(Role == IceRole.Controlling);
            }
        }
        else if (_remotes.Count >= _options.MaxRemoteCandidates)
        {
            Statistics.CountDrop(IceDropReason.TooManyCandidates);
            return;
        }
        else
        {
            known = new RemoteCandidate
            {
                Address = candidate.Address,
                Priority = candidate.Priority,
                Foundation = candidate.Foundation,
                IsPeerReflexive = false,
            };
            _remotes.Add(known);
        }

        // After nomination it is only remembered, in case the selected path fails.
        if (!_nominated || _isFailingOver)
            AddPairs(known);
    }

    private void AddPairs(RemoteCandidate remote)
    {
        foreach (LocalBase local in _bases)
        {
            // The passive side of TCP waits for connections: its pairs are learned from the checks that come on them (RFC 6544 section 6.2).
            var path = new DatagramPath(local.Address, remote.Address);
            bool reachable = local.Address.IsIPv4 == remote.Address.IsIPv4 && local.Address.IsLoopback == remote.Address.IsLoopback;
            if (reachable && local.Transport == PathTransport.Udp && remote.Transport == PathTransport.Udp
                && _checks.Find(path) is null)
                AddPair(local, remote, proven: false);
        }
    }

    private RemoteCandidate? FindRemote(in TransportAddress address, PathTransport transport)
    {
        foreach (RemoteCandidate remote in _remotes)
        {
            if (remote.Address == address && remote.Transport == transport)
                return remote;
        }

        return null;
    }

    /// <summary>The pair a check came on, made when it is new (RFC 8445 section 7.3.1.3); null when there is no room.</summary>
    private CandidatePair? FindOrLearnPair(in DatagramPath path, uint? priority)
    {
        CandidatePair? pair = _checks.Find(path);
        if (pair is not null)
            return pair;
        RemoteCandidate? remote = FindRemote(path.Remote, path.Transport);
        if (remote is null)
        {
            if (_remotes.Count >= _options.MaxRemoteCandidates && !TryForgetRemote())
            {
                Statistics.CountDrop(IceDropReason.TooManyCandidates);
                return null;
            }

            remote = new RemoteCandidate
            {
                Address = path.Remote,
                Transport = path.Transport,
                Priority = priority ?? IceCandidate.ComputePriority(IceCandidateType.PeerReflexive, 0),
                Foundation = IceCandidate.ComputeFoundation(IceCandidateType.PeerReflexive, path.Remote),
                IsPeerReflexive = true,
            };
            _remotes.Add(remote);
        }

        return AddPair(BaseOf(path), remote, proven: true);
    }

    private CandidatePair? AddPair(LocalBase local, RemoteCandidate remote, bool proven)
    {
        var pair = new CandidatePair
        {
            Generation = _generation,
            Path = new DatagramPath(local.Address, remote.Address) { Transport = local.Transport },
            Remote = remote,
            LocalPriority = local.Priority,
            LocalFoundation = local.Foundation,
        };
        if (_checks.TryAdd(pair, Role == IceRole.Controlling, proven))
            return pair;
        Statistics.CountDrop(IceDropReason.TooManyPairs);
        return null;
    }

    /// <summary>
    /// Gives up the remote address that was silent longest, told or learned, so that a far end behind a restless NAT stays
    /// reachable. Only an authenticated check gets here.
    /// </summary>
    private bool TryForgetRemote()
    {
        RemoteCandidate? oldest = null;
        Instant oldestHeard = default;
        foreach (RemoteCandidate remote in _remotes)
        {
            Instant heard = LastHeard(remote);
            if (remote != _selected?.Remote && (oldest is null || heard < oldestHeard))
            {
                oldest = remote;
                oldestHeard = heard;
            }
        }

        if (oldest is null)
            return false;
        _remotes.Remove(oldest);
        for (int i = _checks.Count - 1; i >= 0; i--)
        {
            if (_checks[i].Remote == oldest)
                _checks.Remove(_checks[i]);
        }

        return true;
    }

    private Instant LastHeard(RemoteCandidate remote)
    {
        Instant heard = default;
        for (int i = 0; i < _checks.Count; i++)
        {
            if (_checks[i].Remote == remote)
                heard = Instant.Max(heard, _checks[i].HeardAt);
        }

        return heard;
    }

    private void SwitchRole(IceRole role)
    {
        Role = role;
        for (int i = 0; i < _checks.Count; i++)
        {
            _checks[i].IsNominating = false;
            _checks[i].NominateOnSuccess = false;
        }

        _checks.Reorder(role == IceRole.Controlling);
    }
}
