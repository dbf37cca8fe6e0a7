using AgentGateway.Primitives;
using AgentGateway.Rtc.Ice;
using AgentGateway.Rtc.Primitives;
using AgentGateway.Rtc.Wire.Stun;

namespace AgentGateway.Rtc.Tests.Ice;

public sealed class IcePathTests
{
    private static readonly Instant Start = Instant.FromMilliseconds(1000);

    [Fact]
    public void The_role_is_set_before_checks_and_kept_afterwards()
    {
        IceAgent agent = IceTestPeer.CreateAgent(lite: false);
        var peer = new IceTestPeer(agent);
        agent.SetRole(IceRole.Controlling);
        Assert.Equal(IceRole.Controlling, agent.Role);
        // A controlling peer with a higher tie-breaker turns us around; a later offer of ours must not turn us back.
        peer.Send(Start, peer.Request(tieBreaker: ulong.MaxValue));
        Assert.Equal(IceRole.Controlled, agent.Role);
        agent.SetRole(IceRole.Controlling);
        Assert.Equal(IceRole.Controlled, agent.Role);

        IceAgent lite = IceTestPeer.CreateAgent(lite: true);
        lite.SetRole(IceRole.Controlling);
        Assert.Equal(IceRole.Controlled, lite.Role);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_path_is_verified_by_an_authenticated_check_only(bool lite)
    {
        IceAgent agent = IceTestPeer.CreateAgent(lite);
        var peer = new IceTestPeer(agent);
        var path = new DatagramPath(IceTestPeer.Server, IceTestPeer.Home);
        agent.SetRemoteCredentials(Start, IceTestPeer.Ufrag, IceTestPeer.Password, remoteIsLite: false);
        agent.AddRemoteCandidate(Start, IceCandidate.CreateHost(IceTestPeer.Home));
        Assert.False(agent.IsVerified(path));
        peer.Send(Start, peer.Request(password: "not the password at all"));
        Assert.False(agent.IsVerified(path));
        peer.Send(Start, peer.Request());
        Assert.True(agent.IsVerified(path));
        Assert.False(agent.IsVerified(path with { Remote = IceNetwork.Address("198.51.100.7", 5001) }));
        agent.Close();
        Assert.False(agent.IsVerified(path));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_local_address_that_was_not_announced_is_answered_from_and_used(bool lite)
    {
        IceAgent agent = IceTestPeer.CreateAgent(lite);
        var peer = new IceTestPeer(agent);
        TransportAddress other = IceNetwork.Address("127.0.0.1", 8081);
        agent.SetRemoteCredentials(Start, IceTestPeer.Ufrag, IceTestPeer.Password, remoteIsLite: false);
        peer.Send(Start, peer.Request(useCandidate: true), to: other);
        List<(byte[] Data, DatagramPath Path)> sent = peer.Receive();
        Assert.All(sent, s => Assert.Equal(new DatagramPath(other, IceTestPeer.Home), s.Path));
        foreach ((byte[] data, DatagramPath path) in sent)
        {
            if (IceTestPeer.ClassOf(data) == StunClass.Request)
                agent.Handle(Start, path, IceTestPeer.Success(data, other));
        }

        Assert.Equal(other, agent.SelectedPath!.Value.Local);
        Assert.True(agent.IsNominated);
    }

    [Fact]
    public void A_lite_agent_leaves_a_selected_path_that_fell_silent()
    {
        IceAgent agent = IceTestPeer.CreateAgent(lite: true);
        var peer = new IceTestPeer(agent);
        TransportAddress moved = IceNetwork.Address("203.0.113.50", 7000);
        peer.Send(Start, peer.Request(useCandidate: true));
        peer.Send(Start + TimeSpan.FromSeconds(11), peer.Request(), moved);
        Assert.Equal(IceTestPeer.Home, agent.SelectedPath!.Value.Remote);
        Instant later = Start + TimeSpan.FromSeconds(13);
        agent.HandleTimeout(later);
        Assert.Equal(IceState.Disconnected, agent.State);
        peer.Send(later, peer.Request(), moved);
        Assert.Equal(moved, agent.SelectedPath!.Value.Remote);
        Assert.Equal(IceState.Connected, agent.State);
    }
}
