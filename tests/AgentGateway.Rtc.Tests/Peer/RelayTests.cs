using AgentGateway.Primitives;
using AgentGateway.Rtc.Ice;
using AgentGateway.Rtc.Peer;
using AgentGateway.Rtc.Primitives;
using AgentGateway.Rtc.Turn;
using AgentGateway.Testing;
using AgentGateway.Testing.Network;

namespace AgentGateway.Rtc.Tests.Peer;

/// <summary>Peers that see each other through a TURN server only, and candidates that come late.</summary>
public sealed class RelayTests
{
    private static readonly TransportAddress Server = TransportAddress.FromIPv4(0xC6336401, 3478);
    private static readonly byte[] Packet = [0xF8, 1, 2, 3];

    [Fact]
    public void Relay_only_peers_connect_by_candidates_that_are_trickled_late()
    {
        var world = new World();
        (Side a, Side b) = world.Negotiate();
        Assert.DoesNotContain("a=candidate", a.Description, StringComparison.Ordinal);
        Assert.DoesNotContain("a=candidate", b.Description, StringComparison.Ordinal);

        a.Turn.Start(world.Clock.Now);
        b.Turn.Start(world.Clock.Now);
        world.Run(TimeSpan.FromSeconds(5));

        Assert.Equal(RtcPeerState.Connected, a.Peer.State);
        Assert.Equal(RtcPeerState.Connected, b.Peer.State);
        Assert.Equal(new DatagramPath(a.Turn.Relayed, b.Turn.Relayed), a.Peer.SelectedPath);
        Assert.Contains(" typ relay ", Assert.Single(a.Trickled).Format(), StringComparison.Ordinal);

        Assert.Equal(RtcSendResult.Ok, a.Peer.SendAudio(world.Clock.Now, Packet, 0, true));
        Assert.Equal(RtcSendResult.Ok, b.Peer.SendAudio(world.Clock.Now, Packet, 0, true));
        world.Run(TimeSpan.FromSeconds(1));
        Assert.Equal(Packet, Assert.Single(a.Audio));
        Assert.Equal(Packet, Assert.Single(b.Audio));
        Assert.True(a.Turn.Statistics.ChannelDataSent > 0);
        Assert.Equal(0, world.Leaks);
    }

    [Fact]
    public void A_call_over_relays_outlives_permissions_channels_and_nonces()
    {
        var world = new World();
        world.Model.NonceLifetime = TimeSpan.FromSeconds(100);
        (Side a, Side b) = world.Negotiate();
        a.Turn.Start(world.Clock.Now);
        b.Turn.Start(world.Clock.Now);
        world.Run(TimeSpan.FromSeconds(5));
        int before = world.Model.Refused;
        world.Run(TimeSpan.FromMinutes(40));
        Assert.Equal(RtcPeerState.Connected, a.Peer.State);
        Assert.Equal(RtcPeerState.Connected, b.Peer.State);
        Assert.True(a.Turn.Statistics.StaleNonces > 10);
        Assert.Equal(before, world.Model.Refused);
    }

    [Fact]
    public void What_comes_to_another_address_is_not_answered()
    {
        var world = new World();
        (Side a, Side b) = world.Negotiate();
        a.Turn.Start(world.Clock.Now);
        b.Turn.Start(world.Clock.Now);
        world.Run(TimeSpan.FromSeconds(5));
        byte[]? check = b.LastCheck;
        Assert.NotNull(check);

        a.Peer.Handle(world.Clock.Now, new DatagramPath(a.Address, b.Address), (byte[])check.Clone());
        Assert.False(a.Peer.TryPollTransmit(new byte[RtcPeer.TransmitBufferSize], out _, out _));
        Assert.Equal(1, a.Peer.GetStatistics(world.Clock.Now).EngineDrops["ice.NotRelayed"]);
    }

    [Fact]
    public void A_candidate_is_added_once()
    {
        RtcPeer peer = PeerFactory.Create(o => o with { IsGathering = true });
        var late = IceCandidate.CreateServerReflexive(TransportAddress.FromIPv4(0xCB007105, 9), PeerFactory.Address);
        Assert.True(peer.AddLocalCandidate(Instant.Zero, late));
        Assert.False(peer.AddLocalCandidate(Instant.Zero, late));
        Assert.False(peer.TryPollEvent(out _));
        Assert.Contains("203.0.113.5 9 typ srflx raddr 192.0.2.1 rport 8081", peer.CreateOffer(Instant.Zero), StringComparison.Ordinal);
        Assert.True(peer.AddLocalCandidate(Instant.Zero, late with { Address = late.Address with { Port = 10 } }));
        Assert.True(peer.TryPollEvent(out RtcPeerEvent e));
        Assert.Equal((RtcPeerEventKind.LocalCandidate, peer.IceUfrag), (e.Kind, e.Candidate!.Ufrag));

        // After the end of candidates was told none may follow (RFC 8838 section 13); it is used all the same.
        peer.EndLocalCandidates(Instant.Zero);
        Assert.True(peer.TryPollEvent(out _));
        Assert.True(peer.AddLocalCandidate(Instant.Zero, late with { Address = late.Address with { Port = 11 } }));
        Assert.False(peer.TryPollEvent(out _));
    }

    [Fact]
    public void A_tcp_connection_to_a_passive_candidate_carries_a_call()
    {
        var passive = IceCandidate.CreateTcpPassive(PeerFactory.Address);
        Assert.EndsWith(" typ host tcptype passive", passive.Format(), StringComparison.Ordinal);
        Assert.InRange(passive.Priority, 90u << 24, (91u << 24) - 1);
        var clock = new VirtualClock();
        var path = new DatagramPath(TransportAddress.FromIPv4(0xCB007107, 50123), PeerFactory.Address) { Transport = PathTransport.Tcp };
        RtcPeer active = PeerFactory.Create(o => o with { LocalCandidates = [], Random = new SeededRandom(5) });
        RtcPeer server = PeerFactory.Create(o => o with { LocalCandidates = [IceCandidate.CreateHost(PeerFactory.Address), passive], IceLite = true });
        string offer = active.CreateOffer(clock.Now);
        SdpResult answer = server.AcceptOffer(clock.Now, offer);
        Assert.True(active.AcceptAnswer(clock.Now, answer.Answer!).IsSuccess);
        Assert.True(active.AddTcpConnection(clock.Now, path, passive));

        byte[] buffer = new byte[RtcPeer.TransmitBufferSize];
        for (int i = 0; i < 400 && active.State != RtcPeerState.Connected; i++)
        {
            bool any;
            do
            {
                any = Move(active, server) | Move(server, active);
            }
            while (any);
            Instant? next = Instant.Earliest(active.NextTimeout, server.NextTimeout);
            clock.AdvanceTo(Instant.Max(clock.Now, next!.Value));
            active.HandleTimeout(clock.Now);
            server.HandleTimeout(clock.Now);
        }

        Assert.Equal(RtcPeerState.Connected, active.State);
        Assert.Equal(path, active.SelectedPath);
        Assert.Equal(PathTransport.Tcp, server.SelectedPath!.Value.Transport);

        bool Move(RtcPeer from, RtcPeer to)
        {
            bool any = false;
            while (from.TryPollTransmit(buffer, out int length, out DatagramPath sent))
            {
                any = true;
                if (sent.Transport == PathTransport.Tcp)
                    to.Handle(clock.Now, new DatagramPath(sent.Remote, sent.Local) { Transport = PathTransport.Tcp }, buffer.AsSpan(0, length));
            }

            while (from.TryPollEvent(out _))
            {
            }

            return any;
        }
    }

    /// <summary>One end: a peer and its TURN client, driven as a driver would.</summary>
    private sealed class Side(World world, TransportAddress address, ulong seed)
    {
        private readonly byte[] _buffer = new byte[2048];

        public TransportAddress Address => address;

        public RtcPeer Peer { get; } = PeerFactory.Create(o => o with
        {
            IsGathering = true,
            LocalCandidates = [IceCandidate.CreateHost(address)],
            Ice = new IceOptions { TransportPolicy = IceTransportPolicy.Relay },
            Random = new SeededRandom(seed),
        });

        public TurnClient Turn { get; } = new(new TurnClientOptions { UserName = "user", Password = "secret" }, new SeededRandom(seed + 100));

        public string Description { get; set; } = "";

        public Side? Other { get; set; }

        public List<IceCandidate> Trickled { get; } = [];

        public List<byte[]> Audio { get; } = [];

        public byte[]? LastCheck { get; private set; }

        public Instant? NextTimeout => Instant.Earliest(Peer.NextTimeout, Turn.NextTimeout);

        public void HandleTimeout(Instant now)
        {
            Turn.HandleTimeout(now);
            Peer.HandleTimeout(now);
        }

        public void Handle(Instant now, byte[] packet)
        {
            if (Turn.Handle(now, packet, out TurnData data) == TurnInput.Data)
                Peer.Handle(now, new DatagramPath(Turn.Relayed, data.Peer), packet.AsSpan(data.Offset, data.Length));
        }

        public bool Drain(Instant now)
        {
            bool any = false;
            while (Peer.TryPollTransmit(_buffer, out int length, out DatagramPath path))
            {
                any = true;
                if (path.Local != Turn.Relayed)
                {
                    world.Leaks++;
                    continue;
                }

                if (_buffer[0] == 0 && _buffer[1] == 1)
                    LastCheck = _buffer[..length];
                byte[] packet = (byte[])_buffer.Clone();
                if (!Turn.TryWrap(now, packet, length, path.Remote, out int wrapped))
                    continue;
                DrainTurn(now);
                world.Model.HandleClient(now, address, packet[..wrapped]);
            }

            while (Peer.TryPollEvent(out RtcPeerEvent e))
            {
                any = true;
                if (e.Kind == RtcPeerEventKind.LocalCandidate)
                {
                    Trickled.Add(e.Candidate!);
                    Other!.Peer.AddRemoteCandidate(now, e.Candidate!.Format());
                }
                else if (e.Kind == RtcPeerEventKind.AudioReceived)
                {
                    Audio.Add(e.Payload.ToArray());
                }
            }

            return any | DrainTurn(now);
        }

        private bool DrainTurn(Instant now)
        {
            bool any = false;
            while (Turn.TryPollTransmit(_buffer, out int length))
            {
                any = true;
                world.Model.HandleClient(now, address, _buffer[..length]);
            }

            while (Turn.TryPollEvent(out TurnEvent e))
            {
                any = true;
                if (e.Kind == TurnEventKind.Allocated)
                    Peer.AddLocalCandidate(now, IceCandidate.CreateRelayed(e.Relayed, e.Mapped));
            }

            return any;
        }
    }

    private sealed class World
    {
        private readonly List<Side> _sides = [];

        public VirtualClock Clock { get; } = new();

        public TurnServerModel Model { get; } = new(Server);

        /// <summary>Datagrams that wanted to leave from an address that is not relayed.</summary>
        public int Leaks { get; set; }

        public (Side A, Side B) Negotiate()
        {
            var a = new Side(this, TransportAddress.FromIPv4(0xC0000210, 8081), 1);
            var b = new Side(this, TransportAddress.FromIPv4(0xC0000220, 8081), 2);
            a.Other = b;
            b.Other = a;
            _sides.AddRange([a, b]);
            a.Description = a.Peer.CreateOffer(Clock.Now);
            b.Description = b.Peer.AcceptOffer(Clock.Now, a.Description).Answer!;
            Assert.True(a.Peer.AcceptAnswer(Clock.Now, b.Description).IsSuccess);
            return (a, b);
        }

        public void Run(TimeSpan duration)
        {
            Instant end = Clock.Now + duration;
            while (true)
            {
                Exchange();
                Instant? next = null;
                foreach (Side side in _sides)
                    next = Instant.Earliest(next, side.NextTimeout);
                if (next is not { } at || at > end)
                    break;
                Clock.AdvanceTo(Instant.Max(at, Clock.Now));
                foreach (Side side in _sides)
                    side.HandleTimeout(Clock.Now);
            }

            Clock.AdvanceTo(end);
        }

        private void Exchange()
        {
            bool any;
            do
            {
                any = false;
                foreach (Side side in _sides)
                    any |= side.Drain(Clock.Now);
                while (Model.TryTake(out TurnServerOutput output))
                {
                    any = true;
                    Side? client = _sides.Find(s => s.Address == output.To);
                    if (client is not null)
                        client.Handle(Clock.Now, output.Bytes);
                    else
                        Model.HandlePeer(Clock.Now, output.From, output.To, output.Bytes);
                }
            }
            while (any);
        }
    }
}
