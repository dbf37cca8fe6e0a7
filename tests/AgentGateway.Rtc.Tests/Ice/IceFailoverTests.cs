using AgentGateway.Primitives;
using AgentGateway.Rtc.Ice;
using AgentGateway.Rtc.Primitives;

namespace AgentGateway.Rtc.Tests.Ice;

/// <summary>A selected path that fails while another one works.</summary>
public sealed class IceFailoverTests
{
    private static readonly TransportAddress Wire = IceNetwork.Address("192.0.2.1", 5000);
    private static readonly TransportAddress Wireless = IceNetwork.Address("198.51.100.1", 5001);

    private static readonly IceOptions TwoHomes = new()
    {
        LocalCandidates = [IceCandidate.CreateHost(Wire), IceCandidate.CreateHost(Wireless, 60_000)],
    };

    private static readonly IceOptions OneHome = new() { LocalCandidates = [IceNetwork.Host("203.0.113.9", 8081)] };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Another_pair_takes_over_before_anybody_is_disconnected(bool answererHasTwo)
    {
        (IceNetwork network, IceNode a, IceNode b) = Connect(answererHasTwo ? OneHome : TwoHomes, answererHasTwo ? TwoHomes : OneHome);
        IceNode twoHomed = answererHasTwo ? b : a;
        Assert.Equal(Wire, twoHomed.Agent.SelectedPath!.Value.Local);
        network.IsBlocked = Touches(Wire);
        Instant cut = network.Now;

        Assert.True(network.RunUntil(() => a.Agent.SelectedPath!.Value.Local != Wire && a.Agent.SelectedPath.Value.Remote != Wire, 10_000));
        Assert.True(network.RunUntil(() => b.Agent.SelectedPath!.Value.Local != Wire && b.Agent.SelectedPath.Value.Remote != Wire, 1000));

        Assert.InRange((network.Now - cut).TotalSeconds, 2, 9);
        network.RunFor(120_000);
        Assert.Equal([IceState.Checking, IceState.Connected], a.States);
        Assert.Equal([IceState.Checking, IceState.Connected], b.States);
        Assert.True(a.Agent.IsNominated && b.Agent.IsNominated);
        Assert.Equal(a.Agent.SelectedPath!.Value.Remote, b.Agent.SelectedPath!.Value.Local);

        // And back, when that one fails and the first works again.
        network.IsBlocked = Touches(Wireless);
        Assert.True(network.RunUntil(() => twoHomed.Agent.SelectedPath!.Value.Local == Wire, 10_000));
        network.RunFor(60_000);
        Assert.Equal(a.Agent.SelectedPath!.Value.Remote, b.Agent.SelectedPath!.Value.Local);
        Assert.Equal([IceState.Checking, IceState.Connected], a.States);
    }

    [Fact]
    public void A_lite_far_end_follows_the_nomination()
    {
        (IceNetwork network, IceNode a, IceNode lite) = Connect(TwoHomes, OneHome with { Lite = true });
        network.IsBlocked = Touches(Wire);
        Assert.True(network.RunUntil(() => lite.Agent.SelectedPath!.Value.Remote == Wireless, 10_000));
        Assert.Equal(Wireless, a.Agent.SelectedPath!.Value.Local);
    }

    [Fact]
    public void A_path_that_fails_in_one_direction_only_is_left_too()
    {
        (IceNetwork network, IceNode a, IceNode b) = Connect(TwoHomes, OneHome);
        network.IsBlocked = path => path.Local == Wire;
        Assert.True(network.RunUntil(() => a.Agent.SelectedPath!.Value.Local == Wireless && b.Agent.SelectedPath!.Value.Remote == Wireless, 12_000));
    }

    [Fact]
    public void A_candidate_told_after_the_nomination_is_the_way_out()
    {
        var network = new IceNetwork(8);
        IceNode a = network.Add("a", OneHome, IceRole.Controlling);
        IceNode b = network.Add("b", TwoHomes, IceRole.Controlled);
        a.Agent.SetRemoteCredentials(network.Now, b.Agent.LocalUfrag, b.Agent.LocalPassword, false);
        b.Agent.SetRemoteCredentials(network.Now, a.Agent.LocalUfrag, a.Agent.LocalPassword, false);
        a.Agent.AddRemoteCandidate(network.Now, TwoHomes.LocalCandidates[0]);
        network.RunFor(5000);
        Assert.True(a.Agent.IsNominated);
        int sent = a.Sent.Count;
        a.Agent.AddRemoteCandidate(network.Now, TwoHomes.LocalCandidates[1]);
        network.RunFor(1);
        Assert.Equal(sent, a.Sent.Count);

        network.IsBlocked = Touches(Wire);
        Assert.True(network.RunUntil(() => a.Agent.SelectedPath!.Value.Remote == Wireless && b.Agent.SelectedPath!.Value.Local == Wireless, 10_000));
    }

    [Fact]
    public void The_search_ends_when_the_selected_path_answers_again()
    {
        (IceNetwork network, IceNode a, IceNode b) = Connect(TwoHomes, OneHome);
        network.IsCut = true;
        network.RunFor(15_000);
        Assert.Contains(a.Sent, s => s.Path.Local == Wireless && network.Now - s.At < TimeSpan.FromSeconds(4));
        network.IsBlocked = Touches(Wireless);
        network.IsCut = false;
        network.RunFor(5000);
        Assert.Equal(IceState.Connected, a.Agent.State);
        Assert.Equal(Wire, a.Agent.SelectedPath!.Value.Local);
        a.Sent.Clear();
        network.RunFor(60_000);
        Assert.DoesNotContain(a.Sent, s => s.Path.Local == Wireless);
        Assert.Equal(IceState.Connected, b.Agent.State);
    }

    [Fact]
    public void When_nothing_else_works_the_end_comes_when_it_came_before()
    {
        (IceNetwork network, IceNode a, IceNode b) = Connect(TwoHomes, OneHome);
        network.IsCut = true;
        Instant cut = network.Now;
        Assert.True(network.RunUntil(() => a.Agent.State == IceState.Failed && b.Agent.State == IceState.Failed, 40_000));
        Assert.InRange((network.Now - cut).TotalSeconds, 23, 30.1);
        Assert.Equal([IceState.Checking, IceState.Connected, IceState.Disconnected, IceState.Failed], a.States);
    }

    [Fact]
    public void Loss_of_a_third_never_leaves_both_without_a_path()
    {
        for (ulong seed = 1; seed <= 5; seed++)
        {
            (IceNetwork network, IceNode a, IceNode b) = Connect(TwoHomes, OneHome, seed);
            network.Loss = 0.33;
            network.RunFor(600_000);
            Assert.True(a.Agent.State is IceState.Connected or IceState.Disconnected, $"seed {seed}");
            Assert.True(b.Agent.State is IceState.Connected or IceState.Disconnected, $"seed {seed}");
        }
    }

    private static Func<DatagramPath, bool> Touches(TransportAddress address) => path => path.Local == address || path.Remote == address;

    private static (IceNetwork Network, IceNode A, IceNode B) Connect(IceOptions a, IceOptions b, ulong seed = 3)
    {
        var network = new IceNetwork(seed);
        IceNode controlling = network.Add("a", a, IceRole.Controlling);
        IceNode controlled = network.Add("b", b, IceRole.Controlled);
        network.Signal(controlling, controlled, bIsLite: b.Lite);
        network.RunFor(5000);
        Assert.True(controlling.Agent.IsNominated && controlled.Agent.IsNominated);
        return (network, controlling, controlled);
    }
}
