using AgentGateway.Primitives;
using AgentGateway.Rtc.Dtls;
using AgentGateway.Rtc.Ice;
using AgentGateway.Rtc.Peer;
using AgentGateway.Rtc.Primitives;
using AgentGateway.Rtc.Wire.Sdp;
using AgentGateway.Testing.Network;

namespace AgentGateway.Testing.Peers;

/// <summary>
/// A caller and an answerer on a simulated network and a virtual clock. Time jumps from deadline to deadline: a quiet hour costs
/// nothing, and a run depends on nothing but its seed.
/// </summary>
public sealed class TwoPeers : IDisposable
{
    private static readonly DateTimeOffset WallClock = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan FrameTime = TimeSpan.FromMilliseconds(20);
    private static readonly Lazy<DtlsCertificate> CallerCertificate = new(() => CreateCertificate("caller"));
    private static readonly Lazy<DtlsCertificate> AnswererCertificate = new(() => CreateCertificate("answerer"));

    private readonly byte[] _buffer = new byte[RtcPeer.TransmitBufferSize];
    private readonly PriorityQueue<Action<Instant>, (long At, long Order)> _actions = new();
    private readonly TwoPeersOptions _options;
    private long _order;

    public TwoPeers(TwoPeersOptions options)
    {
        _options = options;
        var seed = new SeededRandom(options.Seed);
        Uplink = new Netem(options.Uplink, seed.Fork(1));
        Downlink = new Netem(options.Downlink, seed.Fork(2));
        TransportAddress callerAddress = TransportAddress.FromIPv4(0x0A000001, 40000);
        TransportAddress answererAddress = TransportAddress.FromIPv4(0x0A000002, 8081);
        CallerSeenAs = options.CallerSeenAs ?? callerAddress;
        Caller = new PeerSide("caller", new RtcPeer(options.ConfigureCaller(CreateOptions(CallerCertificate.Value, seed.Fork(3), callerAddress)), Clock.Now), callerAddress);
        RtcPeerOptions answerer = CreateOptions(AnswererCertificate.Value, seed.Fork(4), answererAddress) with { IceLite = options.AnswererIsLite };
        Answerer = new PeerSide("answerer", new RtcPeer(options.ConfigureAnswerer(answerer), Clock.Now), answererAddress);
    }

    public VirtualClock Clock { get; } = new(Instant.FromMilliseconds(1000));

    public Instant Now => Clock.Now;

    public PeerSide Caller { get; }

    public PeerSide Answerer { get; }

    /// <summary>
    /// Where the caller's packets seem to come from: another address than its own puts it behind a NAT, and a new one in mid-call is
    /// a NAT that forgot its mapping. What is sent to another address does not reach the caller.
    /// </summary>
    public TransportAddress CallerSeenAs { get; set; }

    public Netem Uplink { get; }

    public Netem Downlink { get; }

    public long Steps { get; private set; }

    public bool BothConnected => Caller.Peer.State == RtcPeerState.Connected && Answerer.Peer.State == RtcPeerState.Connected;

    /// <summary>One number for the whole run.</summary>
    public ulong Digest => (Caller.Digest.Value * 31) ^ Answerer.Digest.Value ^ (ulong)(Uplink.Delivered << 32) ^ (ulong)Downlink.Delivered;

    public static TwoPeers Connected(TwoPeersOptions options)
    {
        var pair = new TwoPeers(options);
        pair.Call();
        if (!pair.RunUntil(() => pair.BothConnected, TimeSpan.FromSeconds(60)))
            throw new InvalidOperationException($"seed {options.Seed}: {pair}");
        return pair;
    }

    /// <summary>Schedules offer and answer.</summary>
    public void Call()
    {
        string offer = Caller.Peer.CreateOffer(Now);
        if (_options.OfferWithoutCandidates)
            offer = string.Join("\r\n", offer.Split("\r\n").Where(l => !l.StartsWith("a=candidate", StringComparison.Ordinal)));
        offer = _options.RewriteOffer(offer);
        Schedule(_options.SignallingDelay, now =>
        {
            SdpResult result = Answerer.Peer.AcceptOffer(now, offer);
            if (!result.IsSuccess)
                throw new InvalidOperationException($"offer: {result.Error} {result.Message}");
            string answer = _options.RewriteAnswer(result.Answer!);
            Schedule(_options.SignallingDelay, later =>
            {
                SdpResult applied = Caller.Peer.AcceptAnswer(later, answer);
                if (!applied.IsSuccess)
                    throw new InvalidOperationException($"answer: {applied.Error} {applied.Message}");
            });
        });
    }

    /// <summary>Offer and answer at once, from either side.</summary>
    /// <exception cref="InvalidOperationException">One of the two is refused.</exception>
    public void Negotiate(PeerSide from, SdpDirection? direction = null, bool restartIce = false)
    {
        SdpResult answer = Other(from).Peer.AcceptOffer(Now, from.Peer.CreateOffer(Now, direction, restartIce));
        if (!answer.IsSuccess)
            throw new InvalidOperationException($"offer: {answer.Error} {answer.Message} {this}");
        SdpResult applied = from.Peer.AcceptAnswer(Now, answer.Answer!);
        if (!applied.IsSuccess)
            throw new InvalidOperationException($"answer: {applied.Error} {applied.Message} {this}");
    }

    /// <summary>Runs something later, on the virtual clock.</summary>
    public void Schedule(TimeSpan delay, Action<Instant> action)
    {
        Instant at = Now + delay;
        _actions.Enqueue(action, (at.Ticks, _order++));
    }

    /// <summary>Sends a frame every 20 ms, both ways, until the side ends.</summary>
    public void StartAudio()
    {
        StartAudio(Caller);
        StartAudio(Answerer);
    }

    public void StartAudio(PeerSide side) => StartAudio(side, now => side.SendFrame(now));

    /// <summary>Sends a frame every 20 ms in every section that may send, both ways, until the side ends.</summary>
    public void StartAudioEverywhere()
    {
        StartAudio(Caller, Caller.SendFrames);
        StartAudio(Answerer, Answerer.SendFrames);
    }

    private void StartAudio(PeerSide side, Action<Instant> send)
    {
        void Tick(Instant now)
        {
            if (side.Peer.State is RtcPeerState.Closed or RtcPeerState.Failed)
                return;
            send(now);
            Schedule(FrameTime, Tick);
        }

        Schedule(TimeSpan.Zero, Tick);
    }

    public void RunFor(TimeSpan duration) => RunUntil(static () => false, duration);

    /// <summary>Steps until a condition holds; false when it does not within the time.</summary>
    public bool RunUntil(Func<bool> condition, TimeSpan limit)
    {
        Instant end = Now + limit;
        Settle();
        while (!condition())
        {
            if (NextDeadline() is not { } next || next > end)
            {
                Clock.AdvanceTo(end);
                return condition();
            }

            Step(Instant.Max(next, Now));
        }

        return true;
    }

    /// <summary>Hands a datagram to a side as if it came from the network.</summary>
    public void Inject(PeerSide to, TransportAddress from, ReadOnlySpan<byte> datagram)
    {
        byte[] copy = datagram.ToArray();
        to.Peer.Handle(Now, new DatagramPath(to.Address, from), copy);
        Settle();
    }

    public PeerSide Other(PeerSide side) => side == Caller ? Answerer : Caller;

    public void Dispose()
    {
        Caller.Dispose();
        Answerer.Dispose();
    }

    public override string ToString() => $"seed {_options.Seed} at {Now}: {Caller}; {Answerer}";

    private static DtlsCertificate CreateCertificate(string name) => DtlsCertificate.Create(name, WallClock.AddDays(-1), WallClock.AddYears(10));

    private static RtcPeerOptions CreateOptions(DtlsCertificate certificate, SeededRandom random, TransportAddress address) => new()
    {
        Certificate = certificate,
        Random = random,
        LocalCandidates = [IceCandidate.CreateHost(address)],
        WallClockAtEpoch = WallClock,
    };

    private Instant? NextDeadline()
    {
        Instant? next = Instant.Earliest(Caller.Peer.NextTimeout, Answerer.Peer.NextTimeout);
        next = Instant.Earliest(next, Instant.Earliest(Uplink.NextArrival, Downlink.NextArrival));
        return _actions.TryPeek(out _, out (long At, long Order) first) ? Instant.Earliest(next, new Instant(first.At)) : next;
    }

    private void Step(Instant now)
    {
        Clock.AdvanceTo(now);
        Steps++;
        Deliver(Uplink, Answerer, now);
        Deliver(Downlink, Caller, now);
        while (_actions.TryPeek(out Action<Instant>? action, out (long At, long Order) first) && first.At <= now.Ticks)
        {
            _actions.Dequeue();
            action(now);
        }

        Fire(Caller, now);
        Fire(Answerer, now);
        Settle();
    }

    private void Deliver(Netem network, PeerSide to, Instant now)
    {
        while (network.TryReceive(now, out NetemDatagram datagram))
        {
            TransportAddress reachable = to == Caller ? CallerSeenAs : to.Address;
            TransportAddress from = to == Answerer ? CallerSeenAs : datagram.Path.Local;
            if (datagram.Path.Remote == reachable)
            {
                to.Peer.Handle(now, new DatagramPath(to.Address, from), datagram.Span);
                Settle();
            }

            network.Release(datagram);
        }
    }

    private static void Fire(PeerSide side, Instant now)
    {
        if (side.Peer.NextTimeout is not { } due || due > now)
            return;
        side.Peer.HandleTimeout(now);
        if (side.Peer.NextTimeout is { } again && again <= now)
        {
            // Once more is fine; a deadline that stays in the past would spin for ever.
            side.Peer.HandleTimeout(now);
            if (side.Peer.NextTimeout is { } stuck && stuck <= now)
                throw new InvalidOperationException($"{side.Name} wants to be woken at {stuck} again and again.");
        }
    }

    private void Settle()
    {
        Drain(Caller, Uplink);
        Drain(Answerer, Downlink);
    }

    private void Drain(PeerSide side, Netem network)
    {
        Instant now = Now;
        bool more = true;
        while (more)
        {
            more = false;
            while (side.Peer.TryPollTransmit(_buffer, out int length, out DatagramPath path))
            {
                network.Send(now, path, _buffer.AsSpan(0, length));
                more = true;
            }

            long before = side.Digest.Count;
            side.DrainEvents(now);
            more |= side.Digest.Count != before;
        }
    }
}
