using AgentGateway.Calls.Legs;
using AgentGateway.Rtc.Peer;
using AgentGateway.Testing;

namespace AgentGateway.Calls.Tests.Legs;

public sealed class EchoRelayLegTests
{
    [Fact]
    public void Every_packet_comes_back_bit_by_bit_with_its_timestamp_and_marker()
    {
        var random = new SeededRandom(8);
        byte[][] packets = [.. Enumerable.Range(0, 300).Select(_ => RandomPacket(random))];
        using var call = new LegCall(new EchoRelayLeg());
        call.Say(packets, firstTimestamp: 960 * 100, marker: i => i % 7 == 0);

        call.RunFor(6500);

        Assert.Equal(packets, call.Heard.Select(h => h.Payload));
        Assert.Equal(Enumerable.Range(0, 300).Select(i => i * 960L), call.Heard.Select(h => h.Timestamp - call.Heard[0].Timestamp));
        Assert.Equal(Enumerable.Range(0, 300).Select(i => (long)i), call.Heard.Select(h => h.Sequence - call.Heard[0].Sequence));
        Assert.Equal(Enumerable.Range(0, 300).Select(i => i % 7 == 0), call.Heard.Select(h => h.Marker));
    }

    [Fact]
    public void Another_sources_timestamps_continue_the_time_line()
    {
        using var call = new LegCall(new EchoRelayLeg());
        call.Leg.HandleStreamChanged();
        Give(call, timestamp: 4_000_000_000);
        call.RunFor(20);
        Give(call, timestamp: 4_000_000_960);
        call.RunFor(1000);
        call.Leg.HandleStreamChanged();
        Give(call, timestamp: 50);
        call.RunFor(20);
        Give(call, timestamp: 50 + 960);
        call.RunFor(100);

        Assert.Equal([0, 960, 960 + 48_000, 960 + 48_000 + 960], call.Heard.Select(h => h.Timestamp - call.Heard[0].Timestamp));
    }

    [Fact]
    public void Packets_that_cannot_leave_are_counted()
    {
        using var call = new LegCall(new EchoRelayLeg());

        // Nobody polls between these: the queue to the network is full.
        for (int i = 0; i < 40; i++)
            call.Leg.HandleAudio(call.Pair.Now, call.Pair.Answerer.Peer, new RtcPeerEvent { Kind = RtcPeerEventKind.AudioReceived, Payload = new byte[10] });

        Assert.Equal(40 - new RtcPeerOptions { Certificate = null!, Random = null! }.AudioQueueLength, call.Leg.Statistics.PacketsRefused);
    }

    [Fact]
    public void Nothing_is_allocated_per_packet()
    {
        byte[][] packets = [.. Enumerable.Range(0, 400).Select(i => new byte[80 + (i % 10)])];
        using var call = new LegCall(new EchoRelayLeg());
        call.Say(packets);
        call.RunFor(2000);
        call.Allocated = 0;
        call.Inputs = 0;

        call.RunFor(6000);

        Assert.InRange(call.Inputs, 295, 305);
        Assert.Equal(0, call.Allocated);
    }

    private static void Give(LegCall call, long timestamp) =>
        call.Pair.Schedule(TimeSpan.Zero, now => call.Leg.HandleAudio(
            now, call.Pair.Answerer.Peer, new RtcPeerEvent { Kind = RtcPeerEventKind.AudioReceived, Timestamp = timestamp, Payload = new byte[] { 1, 2, 3 } }));

    private static byte[] RandomPacket(SeededRandom random)
    {
        byte[] packet = new byte[1 + random.Next(400)];
        random.Fill(packet);
        return packet;
    }
}
