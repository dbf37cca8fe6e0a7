using System.Net;
using AgentGateway.Primitives;
using AgentGateway.Rtc.Ice;
using AgentGateway.Rtc.Primitives;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentGateway.Net.Tests;

/// <summary>One port and one thread per shard: how calls are dealt out, and that each finds its own.</summary>
public sealed class ManyShardsTests
{
    [Fact]
    public async Task Calls_spread_over_the_ports_and_each_uses_the_port_of_its_shard()
    {
        await using MediaTransport caller = Loopback.StartCaller();
        await using MediaTransport callee = Start(4);
        int[] ports = [.. callee.LocalEndPoints.Select(p => p.Port)];
        Assert.Equal(4, ports.Distinct().Count());

        ConnectedPair[] pairs = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => ConnectedPair.CreateAsync(caller, callee)));

        foreach (ConnectedPair pair in pairs)
            pair.Caller.TryPost((now, peer) => peer.SendAudio(now, new byte[40], 0, true));
        await Task.WhenAll(pairs.Select(p => p.CalleeSide.Audio.Task)).WaitAsync(ConnectedPair.Limit);
        int[] used = await Task.WhenAll(pairs.Select(p => p.Callee.InvokeAsync((_, peer) => (int)peer.SelectedPath!.Value.Local.Port)));
        Assert.All(ports, port => Assert.Equal(3, used.Count(u => u == port)));
        int[] called = await Task.WhenAll(pairs.Select(p => p.Caller.InvokeAsync((_, peer) => (int)peer.SelectedPath!.Value.Remote.Port)));
        Assert.Equal(used, called);
    }

    [Fact]
    public async Task A_new_call_goes_where_the_fewest_are()
    {
        await using MediaTransport caller = Loopback.StartCaller();
        await using MediaTransport callee = Start(3);
        var pairs = new List<(ConnectedPair Pair, int Port)>();
        for (int i = 0; i < 9; i++)
        {
            ConnectedPair pair = await ConnectedPair.CreateAsync(caller, callee);
            pairs.Add((pair, await PortOf(pair)));
        }

        int emptied = callee.LocalEndPoints[1].Port;
        foreach ((ConnectedPair pair, int port) in pairs.Where(p => p.Port == emptied))
        {
            pair.Callee.Close();
            await pair.Callee.Closed;
        }

        for (int i = 0; i < 3; i++)
            Assert.Equal(emptied, await PortOf(await ConnectedPair.CreateAsync(caller, callee)));
    }

    [Fact]
    public async Task A_datagram_goes_by_its_path_and_a_check_by_the_ufrag_it_names()
    {
        await using MediaTransport transport = Start(1);
        RtcConnection first = Unrouted((await transport.OfferAsync(new Recorder())).Connection!);
        RtcConnection second = Unrouted((await transport.OfferAsync(new Recorder())).Connection!);
        var table = new RouteTable();
        var path = new DatagramPath(TransportAddress.FromIPv4(0x7F000001, 8081), TransportAddress.FromIPv4(0xC6336407, 5000));
        byte[] rtp = [0x80, 111, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1];

        table.UpdateUfrags(first);
        table.UpdateUfrags(second);
        Assert.Null(table.Find(path, rtp));
        Assert.Same(first, table.Find(path, Check(first)));
        table.Use(first, path);
        Assert.Same(first, table.Find(path, rtp));

        // A NAT gives the same port to another caller: its checks find the other call, and then its media does.
        Assert.Same(second, table.Find(path, Check(second)));
        table.Use(second, path);
        Assert.Same(second, table.Find(path, rtp));
        Assert.Same(first, table.Find(path, Check(first)));

        table.Remove(second);
        Assert.Null(table.Find(path, rtp));
        Assert.Null(table.Find(path, Check(second)));
        table.Remove(first);
    }

    // The shard of the transport has routed it already.
    private static RtcConnection Unrouted(RtcConnection connection) => new(null!, connection.Peer, connection.Handler, static () => { });

    private static byte[] Check(RtcConnection of)
    {
        // The far end's full agent makes a real one.
        var caller = new IceAgent(
            new IceOptions { LocalCandidates = [IceCandidate.CreateHost(TransportAddress.FromIPv4(0xC6336407, 5000))] }, IceRole.Controlling, new SystemRandomSource());
        caller.SetRemoteCredentials(Instant.Zero, of.Peer.IceUfrag, "passwordpasswordpassword", remoteIsLite: true);
        caller.AddRemoteCandidate(Instant.Zero, IceCandidate.CreateHost(TransportAddress.FromIPv4(0xC6336408, 8081)));
        byte[] buffer = new byte[IceAgent.MaxMessageSize];
        Assert.True(caller.TryPollTransmit(buffer, out int length, out _));
        return buffer[..length];
    }

    private static Task<int> PortOf(ConnectedPair pair) => pair.Callee.InvokeAsync((_, peer) => (int)peer.SelectedPath!.Value.Local.Port);

    private static MediaTransport Start(int shards) => MediaTransport.Start(
        new MediaTransportOptions { ListenAddress = IPAddress.Loopback, Ports = new int[shards] }, TimeProvider.System, NullLoggerFactory.Instance);
}
