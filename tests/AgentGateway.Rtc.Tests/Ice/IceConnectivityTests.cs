using AgentGateway.Primitives;
using AgentGateway.Rtc.Ice;
using AgentGateway.Rtc.Primitives;
using AgentGateway.Rtc.Wire.Stun;

namespace AgentGateway.Rtc.Tests.Ice;

public sealed class IceConnectivityTests
{
    private static readonly IceOptions ServerOptions = new() { LocalCandidates = [IceNetwork.Host("192.0.2.10", 8081)] };
    private static readonly IceOptions LiteOptions = ServerOptions with { Lite = true };
    private static readonly IceOptions ClientOptions = new() { LocalCandidates = [IceNetwork.Host("198.51.100.7", 5000)] };
    private static readonly IceOptions HomeOptions = new() { LocalCandidates = [IceNetwork.Host("10.0.0.2", 5000)] };

    [Fact]
    public void Two_full_agents_connect_within_two_round_trips_and_nominate()
    {
        var network = new IceNetwork(1);
        IceNode a = network.Add("a", ClientOptions, IceRole.Controlling);
        IceNode b = network.Add("b", ServerOptions, IceRole.Controlled);
        Instant start = network.Now;
        network.Signal(a, b);
        Assert.True(network.RunUntil(() => a.Agent.State == IceState.Connected && b.Agent.State == IceState.Connected, 80));
        Assert.Equal(40, (network.Now - start).TotalMilliseconds);
        Assert.True(network.RunUntil(() => a.Agent.IsNominated && b.Agent.IsNominated, 1000));
        Assert.Equal(new DatagramPath(b.Agent.SelectedPath!.Value.Remote, b.Agent.SelectedPath.Value.Local), a.Agent.SelectedPath!.Value);
        Assert.Equal([IceState.Checking, IceState.Connected], a.States);
        Assert.Equal([IceState.Checking, IceState.Connected], b.States);
        Assert.Equal(40, a.Agent.RoundTripTime!.Value.TotalMilliseconds);
        Assert.Equal(0, a.Agent.Statistics.Retransmissions);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_lite_server_is_reached_with_and_without_the_clients_candidates(bool candidates)
    {
        var network = new IceNetwork(2);
        IceNode client = network.Add("client", ClientOptions, IceRole.Controlling);
        IceNode server = network.Add("server", LiteOptions, IceRole.Controlled);
        network.Signal(client, server, candidates: false, bIsLite: true);
        client.Agent.AddRemoteCandidate(network.Now, server.Agent.LocalCandidates[0]);
        if (candidates)
            server.Agent.AddRemoteCandidate(network.Now, client.Agent.LocalCandidates[0]);
        Assert.True(network.RunUntil(() => client.Agent.IsNominated && server.Agent.IsNominated, 1000));
        Assert.Equal(IceState.Connected, server.Agent.State);
        Assert.DoesNotContain(server.Sent, s => IceTestPeer.ClassOf(s.Data) == StunClass.Request);
    }

    [Fact]
    public void A_full_answerer_takes_control_of_a_lite_offerer()
    {
        var network = new IceNetwork(3);
        IceNode lite = network.Add("lite", LiteOptions, IceRole.Controlling);
        IceNode full = network.Add("full", ClientOptions, IceRole.Controlled);
        network.Signal(lite, full, aIsLite: true);
        Assert.Equal(IceRole.Controlled, lite.Agent.Role);
        Assert.Equal(IceRole.Controlling, full.Agent.Role);
        Assert.True(network.RunUntil(() => lite.Agent.IsNominated && full.Agent.IsNominated, 1000));
    }

    [Fact]
    public void A_client_behind_a_symmetric_nat_is_learned_as_peer_reflexive()
    {
        var network = new IceNetwork(4);
        IceNode client = network.Add("client", HomeOptions, IceRole.Controlling, new TestNat("203.0.113.9", symmetric: true));
        IceNode server = network.Add("server", ServerOptions, IceRole.Controlled);
        network.Signal(client, server);
        Assert.True(network.RunUntil(() => client.Agent.IsNominated && server.Agent.IsNominated, 2000));
        Assert.Equal(IceNetwork.Address("203.0.113.9", 40000), server.Agent.SelectedPath!.Value.Remote);
        Assert.Equal(IceNetwork.Address("203.0.113.9", 40000), client.Agent.ReflexiveAddress);
    }

    [Fact]
    public void Two_clients_behind_cone_nats_connect_by_their_reflexive_candidates()
    {
        var network = new IceNetwork(5);
        var natA = new TestNat("203.0.113.1");
        var natB = new TestNat("203.0.113.2");
        TransportAddress insideA = IceNetwork.Address("10.0.0.2", 5000);
        TransportAddress insideB = IceNetwork.Address("10.9.0.2", 6000);
        TransportAddress stunServer = IceNetwork.Address("192.0.2.200", 3478);
        IceOptions a = new() { LocalCandidates = [IceCandidate.CreateHost(insideA), IceCandidate.CreateServerReflexive(natA.Outbound(insideA, stunServer), insideA)] };
        IceOptions b = new() { LocalCandidates = [IceCandidate.CreateHost(insideB), IceCandidate.CreateServerReflexive(natB.Outbound(insideB, stunServer), insideB)] };
        IceNode nodeA = network.Add("a", a, IceRole.Controlling, natA);
        IceNode nodeB = network.Add("b", b, IceRole.Controlled, natB);
        network.Signal(nodeA, nodeB);
        Assert.True(network.RunUntil(() => nodeA.Agent.IsNominated && nodeB.Agent.IsNominated, 3000));
        Assert.Equal(insideA, nodeA.Agent.SelectedPath!.Value.Local);
        Assert.Equal(IceNetwork.Address("203.0.113.2", 40000), nodeA.Agent.SelectedPath.Value.Remote);
    }

    [Fact]
    public void The_best_of_several_working_addresses_is_nominated()
    {
        var network = new IceNetwork(6);
        IceOptions many = new()
        {
            LocalCandidates = [IceNetwork.Host("192.0.2.10", 8081, 100), IceNetwork.Host("192.0.2.11", 8081, 300), IceNetwork.Host("2001:db8::10", 8081, 500)],
        };
        IceNode client = network.Add("client", new IceOptions { LocalCandidates = [IceNetwork.Host("198.51.100.7", 5000), IceNetwork.Host("2001:db8::7", 5000)] }, IceRole.Controlling);
        IceNode server = network.Add("server", many, IceRole.Controlled);
        network.Signal(client, server);
        Assert.True(network.RunUntil(() => client.Agent.IsNominated && server.Agent.IsNominated, 2000));
        Assert.Equal(IceNetwork.Address("2001:db8::10", 8081), server.Agent.SelectedPath!.Value.Local);
        Assert.Equal(IceNetwork.Address("2001:db8::7", 5000), server.Agent.SelectedPath.Value.Remote);
    }

    [Fact]
    public void An_unreachable_better_address_delays_nomination_but_not_data()
    {
        var network = new IceNetwork(7);
        IceNode client = network.Add("client", ClientOptions, IceRole.Controlling);
        IceNode server = network.Add("server", ServerOptions, IceRole.Controlled);
        network.Signal(client, server);
        client.Agent.AddRemoteCandidate(network.Now, IceNetwork.Host("192.0.2.99", 9) with { Priority = int.MaxValue });
        Instant start = network.Now;
        Assert.True(network.RunUntil(() => client.Agent.SelectedPath is not null, 100));
        Assert.False(client.Agent.IsNominated);
        double selectedAt = (network.Now - start).TotalMilliseconds;
        Assert.True(network.RunUntil(() => client.Agent.IsNominated, 3000));
        Assert.InRange((network.Now - start).TotalMilliseconds - selectedAt, 500, 600);
    }

    [Fact]
    public void Loss_of_a_third_only_delays()
    {
        for (ulong seed = 1; seed <= 30; seed++)
        {
            var network = new IceNetwork(seed) { Loss = 0.33 };
            IceNode a = network.Add("a", ClientOptions, IceRole.Controlling);
            IceNode b = network.Add("b", seed % 2 == 0 ? ServerOptions : LiteOptions, IceRole.Controlled);
            network.Signal(a, b, bIsLite: seed % 2 != 0);
            Assert.True(network.RunUntil(() => a.Agent.IsNominated && b.Agent.IsNominated, 39_000), $"seed {seed}: {a.Agent.State} {b.Agent.State}");
        }
    }

    [Theory]
    [InlineData(IceRole.Controlling)]
    [InlineData(IceRole.Controlled)]
    public void A_role_conflict_is_settled(IceRole role)
    {
        for (ulong seed = 1; seed <= 10; seed++)
        {
            var network = new IceNetwork(seed);
            IceNode a = network.Add("a", ClientOptions, role);
            IceNode b = network.Add("b", ServerOptions, role);
            network.Signal(a, b);
            Assert.True(network.RunUntil(() => a.Agent.IsNominated && b.Agent.IsNominated, 5000), $"seed {seed}");
            Assert.NotEqual(a.Agent.Role, b.Agent.Role);
            Assert.True(a.Agent.Statistics.RoleConflicts + b.Agent.Statistics.RoleConflicts > 0);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Of_two_address_families_the_one_that_works_is_used(bool ipv4Works)
    {
        var network = new IceNetwork(11);
        IceNode a = network.Add("a", new IceOptions { LocalCandidates = [IceNetwork.Host("2001:db8::1", 5000), IceNetwork.Host("192.0.2.1", 5000, 60_000)] }, IceRole.Controlling);
        IceNode b = network.Add("b", new IceOptions { LocalCandidates = [IceNetwork.Host("2001:db8:1::2", 8081), IceNetwork.Host("203.0.113.2", 8081, 60_000)] }, IceRole.Controlled);
        network.IsBlocked = path => path.Local.IsIPv4 != ipv4Works;
        network.Signal(a, b);
        Assert.True(network.RunUntil(() => a.Agent.IsNominated && b.Agent.IsNominated, 5000));
        Assert.Equal(ipv4Works, a.Agent.SelectedPath!.Value.Remote.IsIPv4);
        Assert.Equal(ipv4Works, b.Agent.SelectedPath!.Value.Remote.IsIPv4);

        // Families are never mixed, and nobody checks a way that cannot exist.
        Assert.All(a.Sent.Concat(b.Sent), s => Assert.Equal(s.Path.Local.IsIPv4, s.Path.Remote.IsIPv4));
    }

    [Fact]
    public void One_working_way_among_many_interfaces_is_found()
    {
        var network = new IceNetwork(12);
        IceNode a = network.Add("a", Homes("192.0.2", 5000), IceRole.Controlling);
        IceNode b = network.Add("b", Homes("203.0.113", 8081), IceRole.Controlled);
        TransportAddress left = IceNetwork.Address("192.0.2.7", 5000);
        TransportAddress right = IceNetwork.Address("203.0.113.6", 8081);
        network.IsBlocked = path => path != new DatagramPath(left, right) && path != new DatagramPath(right, left);
        network.Signal(a, b);
        Assert.True(network.RunUntil(() => a.Agent.IsNominated && b.Agent.IsNominated, 10_000));
        Assert.Equal(new DatagramPath(left, right), a.Agent.SelectedPath);

        static IceOptions Homes(string prefix, int port) => new()
        {
            LocalCandidates = [.. Enumerable.Range(1, 8).Select(i => IceNetwork.Host($"{prefix}.{i}", port, (ushort)(65_000 - i)))],
        };
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void Dead_candidates_do_not_hold_up_a_good_one_of_their_foundation(int dead)
    {
        // Chromium's sections have a port and a candidate each until the answer bundles them; only one of them lives on, and all are of one address.
        var network = new IceNetwork(20);
        IceNode client = network.Add("client", ClientOptions, IceRole.Controlling);
        IceNode server = network.Add("server", ServerOptions, IceRole.Controlled);
        network.Signal(client, server, candidates: false);
        for (int i = 1; i <= dead; i++)
            server.Agent.AddRemoteCandidate(network.Now, IceNetwork.Host("198.51.100.7", 5000 + i));
        server.Agent.AddRemoteCandidate(network.Now, client.Agent.LocalCandidates[0]);
        Instant start = network.Now;
        Assert.True(network.RunUntil(() => server.Agent.State == IceState.Connected && client.Agent.State == IceState.Connected, 10_000));

        // One pacing interval for each candidate before it, and two round trips: theirs is a check triggered by ours.
        Assert.InRange((network.Now - start).TotalMilliseconds, 0, (dead * 50) + 80);
    }

    [Fact]
    public void New_checks_are_paced()
    {
        var network = new IceNetwork(8) { IsCut = true };
        IceNode a = network.Add("a", ClientOptions, IceRole.Controlling);
        IceNode b = network.Add("b", ServerOptions, IceRole.Controlled);
        network.Signal(a, b);
        for (int i = 1; i <= 20; i++)
            a.Agent.AddRemoteCandidate(network.Now, IceNetwork.Host($"192.0.2.{100 + i}", 9));
        network.RunFor(3000);
        List<Instant> firsts = [.. a.Sent.GroupBy(s => Convert.ToHexString(s.Data.AsSpan(8, 12))).Select(g => g.First().At)];
        Assert.Equal(21, firsts.Count);
        for (int i = 1; i < firsts.Count; i++)
            Assert.Equal(50, (firsts[i] - firsts[i - 1]).TotalMilliseconds);
    }

    [Fact]
    public void Unanswered_checks_back_off_and_the_agent_fails_after_the_patient_timeout()
    {
        var network = new IceNetwork(9) { IsCut = true };
        IceNode a = network.Add("a", ClientOptions, IceRole.Controlling);
        IceNode b = network.Add("b", ServerOptions, IceRole.Controlled);
        Instant start = network.Now;
        network.Signal(a, b);
        Assert.True(network.RunUntil(() => a.Agent.State == IceState.Failed, 60_000));
        Assert.Equal(39_500, (network.Now - start).TotalMilliseconds);
        double[] expected = [0, 500, 1500, .. Enumerable.Range(0, 17).Select(i => 3500.0 + (2000 * i))];
        Assert.Equal(expected, a.Sent.Select(s => (s.At - start).TotalMilliseconds));
        Assert.Null(a.Agent.NextTimeout);
        Assert.Null(a.Agent.SelectedPath);
    }

    [Fact]
    public void The_same_seed_gives_the_same_run()
    {
        Assert.Equal(LossyRun(11), LossyRun(11));
        Assert.NotEqual(LossyRun(11), LossyRun(12));
    }

    private static string LossyRun(ulong seed)
    {
        var network = new IceNetwork(seed) { Loss = 0.2 };
        IceNode a = network.Add("a", HomeOptions, IceRole.Controlling, new TestNat("203.0.113.9"));
        IceNode b = network.Add("b", ServerOptions, IceRole.Controlling);
        network.Signal(a, b);
        network.RunFor(60_000);
        Assert.NotEmpty(network.Journal);
        return string.Join('\n', network.Journal);
    }
}
