using AgentGateway.Primitives;
using AgentGateway.Testing;
using AgentGateway.Testing.Network;

namespace AgentGateway.Simulation;

/// <summary>The simulated network keeps what its options say.</summary>
public sealed class NetemTests
{
    [Theory]
    [InlineData(0.05, 20)]
    [InlineData(0.1, 10)]
    [InlineData(0.3, 3)]
    [InlineData(1, 1)]
    public void Even_loss_takes_one_of_each_group_at_a_random_place(double loss, int group)
    {
        bool[] lost = Lost(new NetemOptions { Loss = loss, EvenLoss = true }, seed: 7, packets: group * 500);

        int[] places = [.. lost.Chunk(group).Select(g => Array.IndexOf(g, true))];
        Assert.All(lost.Chunk(group), g => Assert.Single(g, l => l));
        Assert.Equal(Enumerable.Range(0, group), places.Distinct().Order());
    }

    [Fact]
    public void Even_loss_of_nothing_loses_nothing()
    {
        Assert.DoesNotContain(true, Lost(new NetemOptions { EvenLoss = true }, seed: 8, packets: 1000));
    }

    [Fact]
    public void How_packets_are_lost_changes_no_other_draw()
    {
        NetemOptions chance = new() { Loss = 0.05, Latency = TimeSpan.FromMilliseconds(30), Jitter = TimeSpan.FromMilliseconds(30) };
        Instant?[] byChance = Arrivals(chance, seed: 9);
        Instant?[] even = Arrivals(chance with { EvenLoss = true }, seed: 9);

        Assert.All(byChance.Zip(even), pair => Assert.True(pair.First is null || pair.Second is null || pair.First == pair.Second));
        Assert.NotEqual(byChance, even);
    }

    private static bool[] Lost(NetemOptions options, ulong seed, int packets)
    {
        var network = new Netem(options, new SeededRandom(seed));
        bool[] lost = new bool[packets];
        for (int i = 0; i < packets; i++)
        {
            long before = network.Lost;
            network.Send(default, default, [1]);
            lost[i] = network.Lost > before;
        }

        return lost;
    }

    // When each of many packets sent at once arrives.
    private static Instant?[] Arrivals(NetemOptions options, ulong seed)
    {
        var network = new Netem(options, new SeededRandom(seed));
        var arrivals = new Instant?[200];
        for (byte i = 0; i < arrivals.Length; i++)
            network.Send(default, default, [i]);
        while (network.NextArrival is { } at && network.TryReceive(at, out NetemDatagram datagram))
            arrivals[datagram.Span[0]] = at;
        return arrivals;
    }
}
