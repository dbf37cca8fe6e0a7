using AgentGateway.Primitives;
using AgentGateway.Rtc.Ice;
using AgentGateway.Rtc.Primitives;

namespace AgentGateway.Rtc.Tests.Ice;

public sealed class IceRestartTests
{
    private static readonly IceOptions ServerOptions = new() { LocalCandidates = [IceNetwork.Host("192.0.2.10", 8081)] };
    private static readonly IceOptions ClientOptions = new() { LocalCandidates = [IceNetwork.Host("198.51.100.7", 5000)] };

    [Fact]
    public void A_restart_keeps_the_old_path_until_the_new_generation_works()
    {
        (IceNetwork network, IceNode a, IceNode b) = Connect(lite: false);
        string oldUfrag = a.Agent.LocalUfrag;
        a.Agent.Restart(network.Now);
        b.Agent.Restart(network.Now);
        Assert.NotEqual(oldUfrag, a.Agent.LocalUfrag);
        Assert.Equal(oldUfrag, a.Agent.PreviousUfrag);
        Assert.NotNull(a.Agent.SelectedPath);
        network.RunFor(12_000);
        Assert.Equal(IceState.Connected, a.Agent.State);
        Assert.True(a.Agent.IsRestarting);
        network.Signal(a, b);
        Assert.True(network.RunUntil(() => a.Agent.IsNominated && b.Agent.IsNominated, 2000));
        Assert.False(a.Agent.IsRestarting || b.Agent.IsRestarting);
        network.RunFor(40_000);
        Assert.DoesNotContain(IceState.Disconnected, a.States.Concat(b.States));
        Assert.Equal((IceState.Connected, IceState.Connected), (a.Agent.State, b.Agent.State));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_old_generation_is_answered_for_ten_seconds_after_the_nomination(bool lite)
    {
        (IceNetwork network, IceNode a, IceNode b) = Connect(lite);
        string oldUfrag = b.Agent.LocalUfrag;
        Restart(network, a, b, lite);
        Assert.True(network.RunUntil(() => b.Agent.IsNominated, 2000));
        Assert.Equal(oldUfrag, b.Agent.PreviousUfrag);
        network.RunFor(9_900);
        Assert.Equal(oldUfrag, b.Agent.PreviousUfrag);
        network.RunFor(200);
        Assert.Null(b.Agent.PreviousUfrag);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_restart_that_comes_to_nothing_leaves_the_old_path_alone(bool lite)
    {
        (IceNetwork network, IceNode a, IceNode b) = Connect(lite);
        DatagramPath path = b.Agent.SelectedPath!.Value;
        a.Agent.Restart(network.Now);
        b.Agent.Restart(network.Now);
        network.RunFor(300_000);
        Assert.Equal((IceState.Connected, IceState.Connected), (a.Agent.State, b.Agent.State));
        Assert.DoesNotContain(IceState.Disconnected, a.States.Concat(b.States));
        Assert.Equal(path, b.Agent.SelectedPath);
        Assert.True(a.Agent.IsRestarting && b.Agent.IsRestarting);

        // Late is not never.
        network.Signal(a, b, bIsLite: lite);
        Assert.True(network.RunUntil(() => a.Agent.IsNominated && b.Agent.IsNominated, 2000));
    }

    [Fact]
    public void When_only_one_side_learns_the_credentials_both_live_on()
    {
        (IceNetwork network, IceNode a, IceNode b) = Connect(lite: false);
        a.Agent.Restart(network.Now);
        b.Agent.Restart(network.Now);
        b.Agent.SetRemoteCredentials(network.Now, a.Agent.LocalUfrag, a.Agent.LocalPassword, false);
        b.Agent.AddRemoteCandidate(network.Now, ClientOptions.LocalCandidates[0]);
        Assert.True(network.RunUntil(() => !b.Agent.IsRestarting, 2000));
        Assert.True(a.Agent.IsRestarting);
        network.RunFor(300_000);
        Assert.Equal((IceState.Connected, IceState.Connected), (a.Agent.State, b.Agent.State));
        Assert.DoesNotContain(IceState.Disconnected, a.States.Concat(b.States));
    }

    [Fact]
    public void A_path_that_dies_during_a_restart_is_given_up_but_the_restart_is_not()
    {
        (IceNetwork network, IceNode a, IceNode b) = Connect(lite: false);
        network.IsCut = true;
        network.RunFor(5000);
        Restart(network, a, b, lite: false);
        network.RunFor(30_500);
        Assert.Null(a.Agent.SelectedPath);
        Assert.Equal((IceState.Disconnected, IceState.Disconnected), (a.Agent.State, b.Agent.State));
        network.IsCut = false;
        Assert.True(network.RunUntil(() => a.Agent.IsNominated && b.Agent.IsNominated, 9000));
        Assert.Equal((IceState.Connected, IceState.Connected), (a.Agent.State, b.Agent.State));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void When_neither_path_works_the_end_comes_with_the_restarts_time(bool lite)
    {
        (IceNetwork network, IceNode a, IceNode b) = Connect(lite);
        network.IsCut = true;
        Instant restarted = network.Now;
        Restart(network, a, b, lite);
        Assert.True(network.RunUntil(() => a.Agent.State == IceState.Failed && b.Agent.State == IceState.Failed, 60_000));
        Assert.Equal(ServerOptions.ConnectTimeout, network.Now - restarted);
        Assert.Contains(IceState.Disconnected, b.States);
        Assert.Null(b.Agent.NextTimeout);
    }

    [Fact]
    public void The_replaced_path_is_still_listened_to_until_the_far_end_followed()
    {
        var agent = IceTestPeer.CreateAgent(lite: true);
        var peer = new IceTestPeer(agent);
        TransportAddress moved = IceNetwork.Address("203.0.113.9", 6000);
        agent.SetRemoteCredentials(Instant.Zero, IceTestPeer.Ufrag, IceTestPeer.Password, false);
        peer.Send(Instant.Zero, peer.Request(useCandidate: true));
        var old = new DatagramPath(IceTestPeer.Server, IceTestPeer.Home);
        Assert.Equal(old, agent.SelectedPath);
        agent.Restart(Instant.FromMilliseconds(1000));
        peer.Send(Instant.FromMilliseconds(1100), peer.Request(), from: moved);
        Assert.Equal(moved, agent.SelectedPath!.Value.Remote);
        Assert.True(agent.IsVerified(old));
        agent.HandleTimeout(Instant.FromMilliseconds(15_000));
        Assert.True(agent.IsVerified(old), "nothing was nominated yet");
        peer.Send(Instant.FromMilliseconds(16_000), peer.Request(useCandidate: true), from: moved);
        agent.HandleTimeout(Instant.FromMilliseconds(26_000));
        Assert.False(agent.IsVerified(old));
    }

    [Fact]
    public void Restarts_may_follow_each_other()
    {
        (IceNetwork network, IceNode a, IceNode b) = Connect(lite: false);
        string first = a.Agent.LocalUfrag;
        for (int i = 0; i < 5; i++)
        {
            // The first ones are given up half way.
            a.Agent.Restart(network.Now);
            b.Agent.Restart(network.Now);
            network.RunFor(10);
            Assert.Equal(first, a.Agent.PreviousUfrag);
        }

        network.Signal(a, b);
        Assert.True(network.RunUntil(() => a.Agent.IsNominated && b.Agent.IsNominated, 2000));
        network.RunFor(60_000);
        Assert.Equal((IceState.Connected, IceState.Connected), (a.Agent.State, b.Agent.State));
    }

    private static void Restart(IceNetwork network, IceNode a, IceNode b, bool lite)
    {
        a.Agent.Restart(network.Now);
        b.Agent.Restart(network.Now);
        network.Signal(a, b, bIsLite: lite);
    }

    private static (IceNetwork Network, IceNode Client, IceNode Server) Connect(bool lite)
    {
        var network = new IceNetwork(23);
        IceNode client = network.Add("client", ClientOptions, IceRole.Controlling);
        IceNode server = network.Add("server", ServerOptions with { Lite = lite }, IceRole.Controlled);
        network.Signal(client, server, bIsLite: lite);
        Assert.True(network.RunUntil(() => client.Agent.IsNominated && server.Agent.IsNominated, 2000));
        return (network, client, server);
    }
}
