using AgentGateway.Net.Streams;
using AgentGateway.Net.Udp;
using AgentGateway.Primitives;
using AgentGateway.Rtc.Ice;
using AgentGateway.Rtc.Primitives;
using AgentGateway.Rtc.Turn;

namespace AgentGateway.Net.Servers;

/// <summary>
/// What a shard has besides plain UDP to its callers: allocations on TURN servers, questions to STUN servers, and callers' TCP connections. It
/// takes datagrams out of such envelopes on their way in and puts them in on their way out. Owned by the shard's thread;
/// <see cref="Candidates"/> may be read by any.
/// </summary>
internal sealed class ShardLinks(UdpSocket socket, bool isLite)
{
    private readonly List<RelayLink> _relays = [];
    private readonly Dictionary<TransportAddress, RelayLink> _byRelayed = [];
    private readonly HashSet<TransportAddress> _servers = [];
    private readonly Dictionary<DatagramPath, FrameStream> _streams = [];
    private readonly byte[] _held = new byte[2048];
    private volatile IReadOnlyList<IceCandidate> _candidates = [];
    private volatile GatherLink[] _gatherers = [];
    private volatile TurnDrops _turnDrops = TurnDrops.None;
    private long _undeliverable;

    /// <summary>Told of each candidate that is new, on the shard's thread.</summary>
    internal Action<Instant, IceCandidate>? Found { get; set; }

    /// <summary>Told when a caller's TCP connection showed a ufrag we know.</summary>
    internal Action? Recognised { get; set; }

    /// <summary>Server-reflexive and relayed candidates of this shard's socket at the moment; any thread.</summary>
    internal IReadOnlyList<IceCandidate> Candidates => _candidates;

    /// <summary>Outgoing datagrams that a relay or a connection did not take; any thread.</summary>
    internal long Undeliverable => Volatile.Read(ref _undeliverable);

    /// <summary>What the TURN clients dropped; any thread.</summary>
    internal TurnDrops TurnDrops => _turnDrops;

    /// <summary>What STUN servers sent that told us nothing; any thread.</summary>
    internal long StunDrops(StunDropReason reason) => _gatherers.Sum(g => g.Gatherer.Drops(reason));

    internal Instant? NextTimeout
    {
        get
        {
            Instant? next = null;
            foreach (RelayLink relay in _relays)
                next = Instant.Earliest(next, relay.Client.NextTimeout);
            foreach (GatherLink gatherer in _gatherers)
                next = Instant.Earliest(next, gatherer.Gatherer.NextTimeout);
            return next;
        }
    }

    internal void HandleTimeouts(Instant now)
    {
        // Backwards: an allocation that fails is removed by its own events.
        for (int i = _relays.Count - 1; i >= 0; i--)
        {
            RelayLink relay = _relays[i];
            if (relay.Client.NextTimeout is not { } at || at > now)
                continue;
            relay.Client.HandleTimeout(now);
            Drain(now, relay);
        }

        foreach (GatherLink gatherer in _gatherers)
        {
            if (gatherer.Gatherer.NextTimeout is not { } at || at > now)
                continue;
            gatherer.Gatherer.HandleTimeout(now);
            Drain(now, gatherer);
        }
    }

    internal void Add(Instant now, RelayLink relay)
    {
        // Two names of one server: a second allocation on the same 5-tuple would end the first (RFC 8656 section 7.2).
        if (relay.Stream is null && _relays.Exists(r => r.Stream is null && r.Server == relay.Server))
        {
            relay.Abandon();
            return;
        }

        _relays.Add(relay);
        _turnDrops = _turnDrops.With(relay.Client.Statistics);
        if (relay.Stream is null)
            _servers.Add(relay.Server);
        else
            relay.Stream.Owner = relay;
        relay.Client.Start(now);
        Drain(now, relay);
    }

    /// <summary>Gives an allocation back, if the server can still be told.</summary>
    internal void Remove(Instant now, RelayLink relay)
    {
        if (!_relays.Contains(relay))
            return;
        relay.Client.Close(now);
        Drain(now, relay);
        Forget(relay);
        relay.Abandon();
    }

    internal void Add(Instant now, GatherLink gatherer)
    {
        _gatherers = [.. _gatherers, gatherer];
        _servers.Add(gatherer.Server);
        gatherer.Gatherer.Start(now);
        Drain(now, gatherer);
    }

    internal void Add(FrameStream stream) => _streams[stream.Path] = stream;

    internal void Remove(FrameStream stream)
    {
        if (_streams.GetValueOrDefault(stream.Path) == stream)
            _streams.Remove(stream.Path);
    }

    /// <summary>A caller's connection carried something of a call: it may stay.</summary>
    internal void Recognise(FrameStream stream)
    {
        stream.Owner = this;
        Recognised?.Invoke();
    }

    /// <summary>Ends a caller's TCP connection.</summary>
    internal void Close(in DatagramPath path)
    {
        if (path.Transport == PathTransport.Tcp && _streams.TryGetValue(path, out FrameStream? stream))
            stream.CloseAfterSending();
    }

    /// <summary>Whether a datagram of this path simply leaves by the socket.</summary>
    internal bool IsDirect(in DatagramPath path) =>
        path.Transport == PathTransport.Udp && (_byRelayed.Count == 0 || !_byRelayed.ContainsKey(path.Local));

    /// <summary>Sends a datagram that stands in the socket's next slot by a relay or a caller's connection.</summary>
    internal void Send(Instant now, int length, in DatagramPath path)
    {
        Span<byte> slot = socket.NextSlot;
        if (path.Transport == PathTransport.Tcp)
        {
            if (!_streams.TryGetValue(path, out FrameStream? stream) || !stream.TrySend(slot[..length]))
                CountUndeliverable();
            return;
        }

        RelayLink relay = _byRelayed[path.Local];
        if (!relay.Client.TryWrap(now, slot, length, path.Remote, out int wrapped))
        {
            CountUndeliverable();
            return;
        }

        if (relay.Stream is not null)
        {
            // Requests first: the packet may need the permission that they ask for.
            slot[..wrapped].CopyTo(_held);
            Drain(now, relay);
            relay.Stream.TrySend(_held.AsSpan(0, wrapped));
            return;
        }

        if (relay.Client.HasTransmit)
        {
            slot[..wrapped].CopyTo(_held);
            Drain(now, relay);
            _held.AsSpan(0, wrapped).CopyTo(socket.NextSlot);
        }

        socket.Commit(wrapped, new DatagramPath(default, relay.Server));
    }

    /// <summary>
    /// Looks at a datagram that came by the socket: one of a server is taken out of its envelope.
    /// </summary>
    /// <returns>Whether there is a datagram for a call, with its true path.</returns>
    internal bool TryUnwrap(Instant now, ref DatagramPath path, ref Span<byte> datagram)
    {
        if (_servers.Count == 0 || !_servers.Contains(path.Remote))
            return true;
        foreach (RelayLink relay in _relays)
        {
            if (relay.Server != path.Remote || relay.Stream is not null)
                continue;
            relay.Local = path.Local;
            TurnInput input = relay.Client.Handle(now, datagram, out TurnData data);
            if (input == TurnInput.NotMine)
                break;
            if (TryTake(now, relay, input, data, ref path, ref datagram))
                return true;
            return false;
        }

        foreach (GatherLink gatherer in _gatherers)
        {
            if (gatherer.Server == path.Remote && gatherer.Gatherer.Handle(now, path.Local, datagram))
            {
                Drain(now, gatherer);
                return false;
            }
        }

        // The same address may also be a caller's: a test on one host, or a server that calls us itself.
        return true;
    }

    /// <summary>The same for a message of a stream.</summary>
    internal bool TryUnwrap(Instant now, FrameStream stream, ref DatagramPath path, ref Span<byte> datagram)
    {
        path = stream.Path;
        if (stream.Owner is not RelayLink relay)
            return true;
        TurnInput input = relay.Client.Handle(now, datagram, out TurnData data);
        return TryTake(now, relay, input, data, ref path, ref datagram);
    }

    /// <summary>Gives everything back; what is to be told is committed to the socket and the streams.</summary>
    internal void CloseAll(Instant now)
    {
        foreach (RelayLink relay in _relays.ToArray())
        {
            Remove(now, relay);
            relay.Stream?.CloseAfterSending();
        }

        foreach (GatherLink gatherer in _gatherers)
            gatherer.Tell();
        foreach (FrameStream stream in _streams.Values)
            stream.CloseAfterSending();
        _streams.Clear();
    }

    private void CountUndeliverable() => Volatile.Write(ref _undeliverable, _undeliverable + 1);

    private bool TryTake(Instant now, RelayLink relay, TurnInput input, in TurnData data, ref DatagramPath path, ref Span<byte> datagram)
    {
        if (input == TurnInput.Data)
        {
            path = new DatagramPath(relay.Client.Relayed, data.Peer);
            datagram = datagram.Slice(data.Offset, data.Length);
            return true;
        }

        Drain(now, relay);
        return false;
    }

    private void Drain(Instant now, RelayLink relay)
    {
        while (relay.Client.HasTransmit)
        {
            Span<byte> slot = socket.NextSlot;
            if (!relay.Client.TryPollTransmit(slot, out int length))
                break;
            if (relay.Stream is null)
                socket.Commit(length, new DatagramPath(default, relay.Server));
            else
                relay.Stream.TrySend(slot[..length]);
        }

        while (relay.Client.TryPollEvent(out TurnEvent e))
        {
            if (e.Kind == TurnEventKind.Allocated)
            {
                _byRelayed[e.Relayed] = relay;
                relay.Candidates.Add(IceCandidate.CreateRelayed(e.Relayed, e.Mapped, relay.Preference));
                if (relay.Stream is null && Reflexive(e.Mapped, relay.Local, relay.Preference) is { } reflexive)
                    relay.Candidates.Add(reflexive);
                Publish();
                foreach (IceCandidate candidate in relay.Candidates)
                    Found?.Invoke(now, candidate);
            }
            else
            {
                Forget(relay);
            }

            relay.Tell(e);
        }
    }

    private void Drain(Instant now, GatherLink link)
    {
        while (link.Gatherer.TryPollTransmit(socket.NextSlot, out int length))
            socket.Commit(length, new DatagramPath(default, link.Server));
        while (link.Gatherer.TryPollEvent(out StunGathererEvent e))
        {
            IceCandidate? before = link.Candidate;
            link.Candidate = e.Mapped is { } mapped ? Reflexive(mapped, e.Local, ushort.MaxValue) : null;
            if (link.Candidate != before)
                Publish();
            if (link.Candidate is { } found && found != before)
                Found?.Invoke(now, found);
            link.Tell();
        }
    }

    /// <summary>
    /// A full agent offers it as server-reflexive. A lite one has host candidates only (RFC 8445 section 5.2): for it the public address of a 1:1 NAT
    /// is one. Null when there is no NAT.
    /// </summary>
    private IceCandidate? Reflexive(in TransportAddress mapped, in TransportAddress local, ushort preference) =>
        mapped == local || local.IsUnspecified ? null
        : isLite ? IceCandidate.CreateHost(mapped, preference, local)
        : IceCandidate.CreateServerReflexive(mapped, local, preference);

    private void Forget(RelayLink relay)
    {
        if (_relays.Remove(relay))
            _turnDrops = _turnDrops.Without(relay.Client.Statistics);
        foreach (IceCandidate candidate in relay.Candidates)
        {
            if (candidate.Type == IceCandidateType.Relayed)
                _byRelayed.Remove(candidate.Address);
        }

        if (relay.Stream is null && !_relays.Exists(r => r.Stream is null && r.Server == relay.Server) && !Array.Exists(_gatherers, g => g.Server == relay.Server))
            _servers.Remove(relay.Server);
        Publish();
    }

    private void Publish()
    {
        var candidates = new List<IceCandidate>();
        foreach (GatherLink gatherer in _gatherers)
        {
            if (gatherer.Candidate is { } candidate && !candidates.Exists(c => c.Address == candidate.Address))
                candidates.Add(candidate);
        }

        foreach (RelayLink relay in _relays)
            candidates.AddRange(relay.Candidates.Where(c => !candidates.Exists(k => k.Address == c.Address)));
        _candidates = candidates;
    }
}
