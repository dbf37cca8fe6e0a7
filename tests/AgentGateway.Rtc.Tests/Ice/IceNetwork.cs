using AgentGateway.Primitives;
using AgentGateway.Rtc.Ice;
using AgentGateway.Rtc.Primitives;
using AgentGateway.Testing;

namespace AgentGateway.Rtc.Tests.Ice;

/// <summary>Agents, the datagrams between them, NATs, loss and latency on a virtual clock: the same seed gives the same run.</summary>
internal sealed class IceNetwork(ulong seed)
{
    private readonly PriorityQueue<Flight, (long At, long Order)> _flights = new();
    private readonly List<IceNode> _nodes = [];
    private readonly SeededRandom _random = new(seed);
    private long _order;

    public Instant Now { get; private set; } = Instant.FromMilliseconds(1000);

    public TimeSpan Latency { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>0..1, on each datagram.</summary>
    public double Loss { get; set; }

    /// <summary>Nothing is delivered while set.</summary>
    public bool IsCut { get; set; }

    /// <summary>Whether what a node sends on a path (before any NAT) is lost.</summary>
    public Func<DatagramPath, bool> IsBlocked { get; set; } = static _ => false;

    /// <summary>Everything that was sent or raised, for comparing two runs.</summary>
    public List<string> Journal { get; } = [];

    public int Sent { get; private set; }

    public IceNode Add(string name, IceOptions options, IceRole role, TestNat? nat = null)
    {
        var node = new IceNode(name, new IceAgent(options, role, _random.Fork((ulong)_nodes.Count + 1)), nat);
        _nodes.Add(node);
        return node;
    }

    public static TransportAddress Address(string ip, int port) =>
        TransportAddress.TryParse(ip, (ushort)port, out TransportAddress address) ? address : throw new ArgumentException(ip);

    public static IceCandidate Host(string ip, int port, ushort preference = ushort.MaxValue) =>
        IceCandidate.CreateHost(Address(ip, port), preference);

    /// <summary>Exchanges credentials, and candidates when asked for, as signalling would.</summary>
    public void Signal(IceNode a, IceNode b, bool candidates = true, bool aIsLite = false, bool bIsLite = false)
    {
        a.Agent.SetRemoteCredentials(Now, b.Agent.LocalUfrag, b.Agent.LocalPassword, bIsLite);
        b.Agent.SetRemoteCredentials(Now, a.Agent.LocalUfrag, a.Agent.LocalPassword, aIsLite);
        if (candidates)
        {
            foreach (IceCandidate candidate in b.Agent.LocalCandidates)
                a.Agent.AddRemoteCandidate(Now, candidate);
            foreach (IceCandidate candidate in a.Agent.LocalCandidates)
                b.Agent.AddRemoteCandidate(Now, candidate);
        }

        Drain();
    }

    public void RunFor(double milliseconds) => RunUntil(static () => false, milliseconds);

    /// <summary>Steps from deadline to deadline; true when the condition became true in time.</summary>
    public bool RunUntil(Func<bool> condition, double milliseconds)
    {
        Instant end = Now + TimeSpan.FromMilliseconds(milliseconds);
        Drain();
        while (!condition())
        {
            Instant? next = _flights.TryPeek(out _, out (long At, long Order) first) ? new Instant(first.At) : null;
            foreach (IceNode node in _nodes)
                next = Instant.Earliest(next, node.Agent.NextTimeout);
            if (next is null || next > end)
            {
                Now = end;
                return condition();
            }

            Now = Instant.Max(Now, next.Value);
            Step();
        }

        return true;
    }

    public void Drain()
    {
        Span<byte> buffer = stackalloc byte[1500];
        foreach (IceNode node in _nodes)
        {
            while (node.Agent.TryPollTransmit(buffer, out int length, out DatagramPath path))
                Transmit(node, path, buffer[..length].ToArray());
            while (node.Agent.TryPollEvent(out IceEvent e))
            {
                node.Events.Add(e);
                Journal.Add($"{Now} {node.Name} {e}");
            }
        }
    }

    private void Step()
    {
        foreach (IceNode node in _nodes)
        {
            if (node.Agent.NextTimeout <= Now)
                node.Agent.HandleTimeout(Now);
        }

        while (_flights.TryPeek(out _, out (long At, long Order) first) && first.At <= Now.Ticks)
        {
            Flight flight = _flights.Dequeue();
            flight.To.Agent.Handle(Now, flight.Path, flight.Data);
        }

        Drain();
    }

    private void Transmit(IceNode from, DatagramPath path, byte[] data)
    {
        Sent++;
        from.Sent.Add((Now, path, data));
        Journal.Add($"{Now} {from.Name} {path} {Convert.ToHexString(data)}");
        TransportAddress source = from.Nat?.Outbound(path.Local, path.Remote) ?? path.Local;
        double draw = _random.NextDouble();
        if (IsCut || draw < Loss || IsBlocked(path))
            return;
        foreach (IceNode node in _nodes)
        {
            TransportAddress? inside = node.Nat is null ? path.Remote : node.Nat.Inbound(path.Remote, source);
            if (inside is { } local && node.Owns(local))
                _flights.Enqueue(new Flight(node, new DatagramPath(local, source), data), ((Now + Latency).Ticks, _order++));
        }
    }

    private sealed record Flight(IceNode To, DatagramPath Path, byte[] Data);
}

internal sealed class IceNode(string name, IceAgent agent, TestNat? nat)
{
    public string Name { get; } = name;

    public IceAgent Agent { get; } = agent;

    public TestNat? Nat { get; } = nat;

    public List<IceEvent> Events { get; } = [];

    public List<(Instant At, DatagramPath Path, byte[] Data)> Sent { get; } = [];

    public IEnumerable<IceState> States => Events.Where(e => e.Kind == IceEventKind.StateChanged).Select(e => e.State);

    public bool Owns(TransportAddress local) => Agent.LocalCandidates.Any(c => c.Base == local);
}

/// <summary>A NAT with one public address. Mapping per inside address, or per destination (symmetric); filtering by address and port.</summary>
internal sealed class TestNat(string publicIp, bool symmetric = false)
{
    private readonly Dictionary<(TransportAddress Inside, TransportAddress? To), TransportAddress> _mappings = [];
    private readonly HashSet<(TransportAddress Outside, TransportAddress Remote)> _allowed = [];
    private int _nextPort = 40000;

    public TransportAddress Outbound(TransportAddress inside, TransportAddress remote)
    {
        (TransportAddress, TransportAddress?) key = (inside, symmetric ? remote : null);
        if (!_mappings.TryGetValue(key, out TransportAddress outside))
            _mappings[key] = outside = IceNetwork.Address(publicIp, _nextPort++);
        _allowed.Add((outside, remote));
        return outside;
    }

    public TransportAddress? Inbound(TransportAddress outside, TransportAddress remote)
    {
        if (!_allowed.Contains((outside, remote)))
            return null;
        return _mappings.First(m => m.Value == outside).Key.Inside;
    }

    /// <summary>Forgets all mappings, as a rebooted NAT does.</summary>
    public void Reset()
    {
        _mappings.Clear();
        _allowed.Clear();
    }
}
