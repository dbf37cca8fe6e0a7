using AgentGateway.Primitives;
using AgentGateway.Rtc.Ice;
using AgentGateway.Rtc.Primitives;
using AgentGateway.Rtc.Wire.Stun;
using AgentGateway.Testing;

namespace AgentGateway.Rtc.Tests.Ice;

public sealed class IceRequestTests
{
    private static readonly Instant Start = Instant.FromMilliseconds(1000);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_check_before_the_remote_credentials_is_answered_and_used_later(bool lite)
    {
        IceAgent agent = IceTestPeer.CreateAgent(lite);
        var peer = new IceTestPeer(agent);
        peer.Send(Start, peer.Request(useCandidate: true));
        (byte[] answer, DatagramPath path) = Assert.Single(peer.Receive());
        Assert.Equal(new DatagramPath(IceTestPeer.Server, IceTestPeer.Home), path);
        Assert.True(StunMessage.TryParse(answer, out StunMessage message));
        Assert.Equal(StunClass.SuccessResponse, message.Class);
        Assert.True(message.HasFingerprint);
        Assert.True(message.TryGetMappedAddress(out TransportAddress mapped));
        Assert.Equal(IceTestPeer.Home, mapped);
        Assert.True(IceTestPeer.Verifies(answer, agent.LocalPassword));
        Assert.Equal(lite, agent.IsNominated);
        if (lite)
            return;
        agent.SetRemoteCredentials(Start, IceTestPeer.Ufrag, IceTestPeer.Password, remoteIsLite: false);
        (byte[] check, DatagramPath checkPath) = Assert.Single(peer.Receive());
        Assert.Equal(StunClass.Request, IceTestPeer.ClassOf(check));
        Assert.True(IceTestPeer.Verifies(check, IceTestPeer.Password));
        agent.Handle(Start, checkPath, IceTestPeer.Success(check, IceTestPeer.Server));
        Assert.True(agent.IsNominated);
        Assert.Equal(path, agent.SelectedPath);
    }

    [Fact]
    public void A_controlled_agent_offers_its_first_working_pair_before_nomination()
    {
        IceAgent agent = IceTestPeer.CreateAgent(lite: false);
        var peer = new IceTestPeer(agent);
        agent.SetRemoteCredentials(Start, IceTestPeer.Ufrag, IceTestPeer.Password, remoteIsLite: false);
        peer.Send(Start, peer.Request());
        List<(byte[] Data, DatagramPath Path)> sent = peer.Receive();
        Assert.Equal(2, sent.Count);
        Assert.Null(agent.SelectedPath);
        agent.Handle(Start, sent[1].Path, IceTestPeer.Success(sent[1].Data, IceTestPeer.Server));
        Assert.NotNull(agent.SelectedPath);
        Assert.False(agent.IsNominated);
        Assert.Equal(
            [(IceEventKind.StateChanged, IceState.Checking), (IceEventKind.SelectedPathChanged, IceState.Checking), (IceEventKind.StateChanged, IceState.Connected)],
            peer.Events().Select(e => (e.Kind, e.State)));
        peer.Send(Start, peer.Request(useCandidate: true));
        Assert.True(agent.IsNominated);
    }

    [Fact]
    public void Of_many_nominated_pairs_the_best_is_used_and_a_move_is_followed_after_a_while()
    {
        IceAgent agent = IceTestPeer.CreateAgent(lite: true);
        var peer = new IceTestPeer(agent);
        TransportAddress wifi = IceNetwork.Address("198.51.100.7", 1000);
        TransportAddress wire = IceNetwork.Address("198.51.100.8", 1000);
        peer.Send(Start, peer.Request(useCandidate: true, priority: 100), wifi);
        Assert.Equal(wifi, agent.SelectedPath!.Value.Remote);
        peer.Send(Start, peer.Request(useCandidate: true, priority: 200), wire);
        Assert.Equal(wire, agent.SelectedPath!.Value.Remote);
        peer.Send(Start + TimeSpan.FromSeconds(1), peer.Request(useCandidate: true, priority: 100), wifi);
        Assert.Equal(wire, agent.SelectedPath!.Value.Remote);
        peer.Send(Start + TimeSpan.FromSeconds(4), peer.Request(useCandidate: true, priority: 100), wifi);
        Assert.Equal(wifi, agent.SelectedPath!.Value.Remote);
    }

    [Fact]
    public void An_aggressive_nominator_of_a_full_agent_gets_the_best_pair()
    {
        IceAgent agent = IceTestPeer.CreateAgent(lite: false);
        var peer = new IceTestPeer(agent);
        TransportAddress worse = IceNetwork.Address("198.51.100.7", 1000);
        TransportAddress better = IceNetwork.Address("198.51.100.8", 1000);
        agent.SetRemoteCredentials(Start, IceTestPeer.Ufrag, IceTestPeer.Password, remoteIsLite: false);
        Instant now = Start;
        peer.Send(now, peer.Request(useCandidate: true, priority: 100), worse);
        peer.Send(now, peer.Request(useCandidate: true, priority: 200), better);
        now += TimeSpan.FromMilliseconds(50);
        agent.HandleTimeout(now);
        List<(byte[] Data, DatagramPath Path)> checks = [.. peer.Receive().Where(s => IceTestPeer.ClassOf(s.Data) == StunClass.Request)];
        Assert.Equal([worse, better], checks.Select(c => c.Path.Remote));
        agent.Handle(now, checks[0].Path, IceTestPeer.Success(checks[0].Data, IceTestPeer.Server));
        Assert.Equal(worse, agent.SelectedPath!.Value.Remote);
        agent.Handle(now, checks[1].Path, IceTestPeer.Success(checks[1].Data, IceTestPeer.Server));
        Assert.Equal(better, agent.SelectedPath!.Value.Remote);
    }

    [Fact]
    public void Requests_without_valid_credentials_get_no_answer()
    {
        IceAgent agent = IceTestPeer.CreateAgent(lite: true);
        var peer = new IceTestPeer(agent);
        peer.Send(Start, peer.Request(userName: "someoneelse:peer"));
        peer.Send(Start, peer.Request(userName: agent.LocalUfrag));
        peer.Send(Start, peer.Request(userName: ":"));
        Assert.Equal(3, agent.Statistics.Drops(IceDropReason.WrongUserName));
        peer.Send(Start, peer.Request(password: "not the password"));
        Assert.Equal(1, agent.Statistics.Drops(IceDropReason.WrongIntegrity));
        peer.Send(Start, peer.Request(password: string.Empty));
        Assert.Equal(1, agent.Statistics.Drops(IceDropReason.Unauthenticated));
        Assert.Empty(peer.Receive());
        Assert.Empty(peer.Events());
        Assert.Equal(IceState.New, agent.State);
        Assert.Null(agent.NextTimeout);
    }

    [Fact]
    public void An_altered_request_is_refused_wherever_it_is_altered()
    {
        IceAgent agent = IceTestPeer.CreateAgent(lite: true);
        var peer = new IceTestPeer(agent);
        byte[] request = peer.Request(fingerprint: false);
        for (int i = 0; i < request.Length; i++)
        {
            byte[] altered = (byte[])request.Clone();
            altered[i] ^= 0x20;
            peer.Send(Start, altered);
        }

        Assert.Equal(0, agent.Statistics.RequestsReceived);
        Assert.Empty(peer.Receive());
        peer.Send(Start, request);
        Assert.Single(peer.Receive());
    }

    [Fact]
    public void What_follows_message_integrity_has_no_effect()
    {
        IceAgent agent = IceTestPeer.CreateAgent(lite: true);
        var peer = new IceTestPeer(agent);
        byte[] request = peer.Request(fingerprint: false);
        byte[] longer = [.. request, 0x00, 0x25, 0x00, 0x00];
        longer[3] += 4;
        peer.Send(Start, longer);
        Assert.Equal(1, agent.Statistics.RequestsReceived);
        Assert.False(agent.IsNominated);
    }

    [Fact]
    public void An_unknown_mandatory_attribute_is_answered_with_420_only_when_authenticated()
    {
        IceAgent agent = IceTestPeer.CreateAgent(lite: true);
        var peer = new IceTestPeer(agent);
        peer.Send(Start, peer.Request(unknownAttribute: 0x7777, password: "wrong"));
        Assert.Empty(peer.Receive());
        peer.Send(Start, peer.Request(unknownAttribute: 0x7777));
        byte[] answer = Assert.Single(peer.Receive()).Data;
        Assert.True(StunMessage.TryParse(answer, out StunMessage message));
        Assert.Equal(420, message.ErrorCode);
        Assert.True(message.TryGetAttribute(StunAttributeType.UnknownAttributes, out ReadOnlySpan<byte> unknown));
        Assert.Equal("7777", Convert.ToHexString(unknown));
        Assert.Null(agent.SelectedPath);
        peer.Send(Start, peer.Request(unknownAttribute: 0xC057));
        Assert.NotNull(agent.SelectedPath);
    }

    // RFC 8445 section 7.3.1.1: of two that want the same role, the larger tie-breaker controls.
    [Theory]
    [InlineData(IceRole.Controlling, 0, IceRole.Controlling)]
    [InlineData(IceRole.Controlling, ulong.MaxValue, IceRole.Controlled)]
    [InlineData(IceRole.Controlled, 0, IceRole.Controlling)]
    [InlineData(IceRole.Controlled, ulong.MaxValue, IceRole.Controlled)]
    public void The_larger_tie_breaker_controls_and_who_is_right_says_so(IceRole both, ulong theirs, IceRole becomes)
    {
        IceAgent agent = IceTestPeer.CreateAgent(lite: false, both);
        var peer = new IceTestPeer(agent);
        peer.Send(Start, peer.Request(controlled: both == IceRole.Controlled, tieBreaker: theirs));
        byte[] answer = Assert.Single(peer.Receive()).Data;
        Assert.True(StunMessage.TryParse(answer, out StunMessage message));
        Assert.Equal(becomes, agent.Role);
        Assert.Equal(becomes == both ? StunClass.ErrorResponse : StunClass.SuccessResponse, message.Class);
        if (becomes == both)
            Assert.Equal(487, message.ErrorCode);
        Assert.Equal(1, agent.Statistics.RoleConflicts);
    }

    [Fact]
    public void A_lite_agent_tells_a_controlled_peer_to_take_control()
    {
        IceAgent agent = IceTestPeer.CreateAgent(lite: true);
        var peer = new IceTestPeer(agent);
        peer.Send(Start, peer.Request(controlled: true, tieBreaker: 0));
        byte[] answer = Assert.Single(peer.Receive()).Data;
        Assert.True(StunMessage.TryParse(answer, out StunMessage message));
        Assert.Equal(487, message.ErrorCode);
        Assert.Equal(IceRole.Controlled, agent.Role);
    }

    [Fact]
    public void Responses_count_once_and_only_from_where_they_were_asked()
    {
        IceAgent agent = IceTestPeer.CreateAgent(lite: false);
        var peer = new IceTestPeer(agent);
        agent.SetRemoteCredentials(Start, IceTestPeer.Ufrag, IceTestPeer.Password, remoteIsLite: false);
        agent.AddRemoteCandidate(Start, IceCandidate.CreateHost(IceTestPeer.Home));
        (byte[] check, DatagramPath path) = Assert.Single(peer.Receive());
        agent.Handle(Start, path, IceTestPeer.Success(check, IceTestPeer.Server, "forged password forged"));
        Assert.Equal(1, agent.Statistics.Drops(IceDropReason.WrongIntegrity));
        Assert.Null(agent.SelectedPath);
        byte[] answer = IceTestPeer.Success(check, IceTestPeer.Server);
        agent.Handle(Start, path, answer);
        Assert.Equal(IceState.Connected, agent.State);
        agent.Handle(Start, path, answer);
        Assert.Equal(1, agent.Statistics.Drops(IceDropReason.UnknownTransaction));

        IceAgent other = IceTestPeer.CreateAgent(lite: false);
        var otherPeer = new IceTestPeer(other);
        other.SetRemoteCredentials(Start, IceTestPeer.Ufrag, IceTestPeer.Password, remoteIsLite: false);
        other.AddRemoteCandidate(Start, IceCandidate.CreateHost(IceTestPeer.Home));
        (check, path) = Assert.Single(otherPeer.Receive());
        other.Handle(Start, path with { Remote = IceNetwork.Address("198.51.100.7", 5001) }, IceTestPeer.Success(check, IceTestPeer.Server));
        Assert.Equal(1, other.Statistics.Drops(IceDropReason.AsymmetricResponse));
        Assert.Null(other.SelectedPath);
    }

    [Fact]
    public void A_thousand_candidates_are_bounded()
    {
        IceAgent agent = IceTestPeer.CreateAgent(lite: false);
        var peer = new IceTestPeer(agent);
        for (int i = 0; i < 1000; i++)
            agent.AddRemoteCandidate(Start, IceNetwork.Host($"192.0.{i / 250}.{(i % 250) + 1}", 9));
        Assert.Equal(968, agent.Statistics.Drops(IceDropReason.TooManyCandidates));
        agent.SetRemoteCredentials(Start, IceTestPeer.Ufrag, IceTestPeer.Password, remoteIsLite: false);
        // The true peer is still learned and connected.
        peer.Send(Start, peer.Request(useCandidate: true));
        agent.HandleTimeout(Start + TimeSpan.FromMilliseconds(50));
        (byte[] check, DatagramPath path) = Assert.Single(
            peer.Receive(), s => s.Path.Remote == IceTestPeer.Home && IceTestPeer.ClassOf(s.Data) == StunClass.Request);
        agent.Handle(Start, path, IceTestPeer.Success(check, IceTestPeer.Server));
        Assert.True(agent.IsNominated);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_peer_behind_a_restless_nat_stays_reachable(bool lite)
    {
        IceAgent agent = IceTestPeer.CreateAgent(lite);
        var peer = new IceTestPeer(agent);
        agent.SetRemoteCredentials(Start, IceTestPeer.Ufrag, IceTestPeer.Password, remoteIsLite: false);
        Instant now = Start;
        for (int i = 0; i < 500; i++)
        {
            now += TimeSpan.FromSeconds(4);
            TransportAddress from = IceNetwork.Address("198.51.100.7", 1000 + i);
            agent.HandleTimeout(now);
            peer.Send(now, peer.Request(useCandidate: true), from);
            foreach ((byte[] data, DatagramPath path) in peer.Receive())
            {
                if (path.Remote == from && IceTestPeer.ClassOf(data) == StunClass.Request)
                    agent.Handle(now, path, IceTestPeer.Success(data, IceTestPeer.Server));
            }

            Assert.Equal(from, agent.SelectedPath?.Remote);
        }
    }

    [Theory]
    [InlineData("candidate:1 1 udp 2130706431 1f4712db-ea17-4bcf-a596-105139dfd8bf.local 5000 typ host")]
    [InlineData("candidate:1 1 tcp 2130706431 192.0.2.1 9 typ host tcptype active")]
    [InlineData("candidate:1 2 udp 2130706431 192.0.2.1 5001 typ host")]
    [InlineData("candidate:1 1 udp 2130706431 192.0.2.1 0 typ host")]
    [InlineData("candidate:1 1 udp 2130706431 0.0.0.0 5000 typ host")]
    [InlineData("candidate:1 1 udp 2130706431 224.0.0.1 5000 typ host")]
    [InlineData("candidate:1 1 udp 2130706431 255.255.255.255 5000 typ host")]
    [InlineData("candidate:1 1 udp 2130706431 ff02::1 5000 typ host")]
    [InlineData("candidate:1 1 udp 2130706431 fe80::1 5000 typ host")]
    [InlineData("candidate:1 1 udp 2130706431 192.0.2.1 5000 typ host ufrag stale")]
    public void Unusable_candidates_are_counted_and_ignored(string line)
    {
        IceAgent agent = IceTestPeer.CreateAgent(lite: false);
        var peer = new IceTestPeer(agent);
        agent.SetRemoteCredentials(Start, IceTestPeer.Ufrag, IceTestPeer.Password, remoteIsLite: false);
        Assert.True(IceCandidate.TryParse(line, out IceCandidate? candidate));
        agent.AddRemoteCandidate(Start, candidate!);
        Assert.Equal(1, agent.Statistics.Drops(IceDropReason.UnusableCandidate));
        Assert.Empty(peer.Receive());
    }

    [Fact]
    public void Garbage_and_mutated_messages_never_throw_and_are_never_believed()
    {
        const ulong seed = 42;
        var random = new SeededRandom(seed);
        IceAgent agent = IceTestPeer.CreateAgent(lite: false);
        var peer = new IceTestPeer(agent);
        agent.SetRemoteCredentials(Start, IceTestPeer.Ufrag, IceTestPeer.Password, remoteIsLite: false);
        agent.AddRemoteCandidate(Start, IceCandidate.CreateHost(IceTestPeer.Home));
        (byte[] check, DatagramPath path) = Assert.Single(peer.Receive());
        byte[][] originals = [peer.Request(), peer.Request(fingerprint: false), IceTestPeer.Success(check, IceTestPeer.Server), check];
        for (int i = 0; i < 20_000; i++)
        {
            byte[] data = (byte[])originals[random.Next(originals.Length)].Clone();
            for (int n = 1 + random.Next(3); n > 0; n--)
                data[random.Next(data.Length)] ^= (byte)(1 << random.Next(8));
            if (random.Next(4) == 0)
                data = data[..random.Next(data.Length)];
            agent.Handle(Start, path, data);
        }

        // A flip in one bit and back, or in the ignored padding, would be the original; with MESSAGE-INTEGRITY nothing else passes.
        Assert.True(agent.State == IceState.Checking || agent.Statistics.ResponsesReceived + agent.Statistics.RequestsReceived < 50, $"seed {seed}");
        long drops = Enum.GetValues<IceDropReason>().Sum(agent.Statistics.Drops);
        Assert.True(drops > 19_000, $"seed {seed}: {drops}");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Answering_a_check_allocates_nothing(bool lite)
    {
        IceAgent agent = IceTestPeer.CreateAgent(lite);
        var peer = new IceTestPeer(agent);
        agent.SetRemoteCredentials(Start, IceTestPeer.Ufrag, IceTestPeer.Password, remoteIsLite: false);
        peer.Send(Start, peer.Request(useCandidate: true));
        List<(byte[] Data, DatagramPath Path)> sent = peer.Receive();
        if (!lite)
            agent.Handle(Start, sent[1].Path, IceTestPeer.Success(sent[1].Data, IceTestPeer.Server));
        peer.Events();
        Assert.True(agent.IsNominated);
        byte[] request = peer.Request(useCandidate: true);
        var path = new DatagramPath(IceTestPeer.Server, IceTestPeer.Home);
        byte[] buffer = new byte[1500];
        int answers = 0;
        Check();
        Assert.Equal(0, Allocations.Least(Check));
        Assert.Equal(1000, answers);

        void Check()
        {
            answers = 0;
            for (int i = 0; i < 1000; i++)
            {
                agent.Handle(Start, path, request);
                while (agent.TryPollTransmit(buffer, out _, out _))
                    answers++;
                _ = agent.NextTimeout;
            }
        }
    }
}
