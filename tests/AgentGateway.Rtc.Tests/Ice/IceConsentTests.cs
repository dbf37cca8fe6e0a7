using AgentGateway.Primitives;
using AgentGateway.Rtc.Ice;
using AgentGateway.Rtc.Wire.Stun;

namespace AgentGateway.Rtc.Tests.Ice;

public sealed class IceConsentTests
{
    private static readonly IceOptions ServerOptions = new() { LocalCandidates = [IceNetwork.Host("192.0.2.10", 8081)] };
    private static readonly IceOptions ClientOptions = new() { LocalCandidates = [IceNetwork.Host("198.51.100.7", 5000)] };

    [Fact]
    public void Consent_is_renewed_every_five_seconds_with_jitter_for_an_hour()
    {
        (IceNetwork network, IceNode a, IceNode b) = Connect(lite: false);
        a.Sent.Clear();
        network.RunFor(3_600_000);
        Assert.Equal(IceState.Connected, a.Agent.State);
        Assert.Equal(IceState.Connected, b.Agent.State);
        List<Instant> checks = [.. a.Sent.Where(s => IceTestPeer.ClassOf(s.Data) == StunClass.Request).Select(s => s.At)];
        List<double> gaps = [.. checks.Zip(checks.Skip(1), (x, y) => (y - x).TotalMilliseconds)];
        Assert.InRange(checks.Count, 680, 760);
        Assert.All(gaps, gap => Assert.InRange(gap, 4040, 6040));
        Assert.True(gaps.Max() - gaps.Min() > 1500);
    }

    [Fact]
    public void A_dead_path_is_disconnected_then_failed_and_nothing_is_sent_any_more()
    {
        (IceNetwork network, IceNode a, IceNode b) = Connect(lite: false);
        network.IsCut = true;
        Instant cut = network.Now;
        Assert.True(network.RunUntil(() => a.Agent.State == IceState.Disconnected, 20_000));
        Assert.InRange((network.Now - cut).TotalSeconds, 5, 12.1);
        Assert.NotNull(a.Agent.SelectedPath);
        Assert.True(network.RunUntil(() => a.Agent.State == IceState.Failed && b.Agent.State == IceState.Failed, 40_000));
        Assert.InRange((network.Now - cut).TotalSeconds, 23, 30.1);
        Assert.Null(a.Agent.SelectedPath);
        Assert.Null(a.Agent.NextTimeout);
        int sent = network.Sent;
        network.IsCut = false;
        network.RunFor(60_000);
        Assert.Equal(sent, network.Sent);
    }

    [Fact]
    public void An_outage_shorter_than_consent_recovers()
    {
        (IceNetwork network, IceNode a, IceNode b) = Connect(lite: false);
        network.IsCut = true;
        network.RunFor(18_000);
        Assert.Equal(IceState.Disconnected, a.Agent.State);
        network.IsCut = false;
        network.RunFor(7000);
        Assert.Equal(IceState.Connected, a.Agent.State);
        Assert.Equal(IceState.Connected, b.Agent.State);
        Assert.Equal([IceState.Checking, IceState.Connected, IceState.Disconnected, IceState.Connected], a.States);
    }

    [Fact]
    public void A_lite_agent_fails_exactly_when_no_check_came_for_the_consent_timeout()
    {
        (IceNetwork network, IceNode client, IceNode server) = Connect(lite: true);
        network.RunFor(60_000);
        Assert.Equal(IceState.Connected, server.Agent.State);
        Instant last = client.Sent.Last(s => IceTestPeer.ClassOf(s.Data) == StunClass.Request).At + network.Latency;
        client.Agent.Close();
        Assert.True(network.RunUntil(() => server.Agent.State == IceState.Failed, 60_000));
        Assert.Equal(30_000, (network.Now - last).TotalMilliseconds);
    }

    [Fact]
    public void A_lite_agent_keeps_the_nat_open()
    {
        (IceNetwork network, _, IceNode server) = Connect(lite: true);
        server.Sent.Clear();
        network.RunFor(61_000);
        Assert.Equal(4, server.Sent.Count(s => IceTestPeer.ClassOf(s.Data) == StunClass.Indication));
    }

    [Fact]
    public void A_fifth_of_the_packets_lost_does_not_end_a_call()
    {
        for (ulong seed = 1; seed <= 5; seed++)
        {
            (IceNetwork network, IceNode a, IceNode b) = Connect(lite: seed % 2 == 0, seed);
            network.Loss = 0.2;
            network.RunFor(600_000);
            Assert.True(a.Agent.SelectedPath is not null && b.Agent.SelectedPath is not null, $"seed {seed}: {a.Agent.State} {b.Agent.State}");
        }
    }

    [Fact]
    public void Closing_is_final()
    {
        (IceNetwork network, IceNode a, _) = Connect(lite: false);
        a.Agent.Close();
        a.Agent.Close();
        network.Drain();
        Assert.Equal(IceState.Closed, a.States.Last());
        Assert.Single(a.States, IceState.Closed);
        Assert.Null(a.Agent.NextTimeout);
        a.Sent.Clear();
        network.RunFor(20_000);
        Assert.Empty(a.Sent);
        Assert.True(a.Agent.Statistics.Drops(IceDropReason.NotActive) > 0);
    }

    private static (IceNetwork Network, IceNode Client, IceNode Server) Connect(bool lite, ulong seed = 21)
    {
        var network = new IceNetwork(seed);
        IceNode client = network.Add("client", ClientOptions, IceRole.Controlling);
        IceNode server = network.Add("server", ServerOptions with { Lite = lite }, IceRole.Controlled);
        network.Signal(client, server, bIsLite: lite);
        Assert.True(network.RunUntil(() => client.Agent.IsNominated && server.Agent.IsNominated, 2000));
        return (network, client, server);
    }
}
