using AgentGateway.Audio;
using AgentGateway.Primitives;
using AgentGateway.Testing;
using FsCheck.Fluent;

namespace AgentGateway.Properties.Jitter;

/// <summary>What holds for the jitter buffer in any weather, and that it comes to rest when the weather is good.</summary>
public sealed class JitterPropertyTests
{
    private static readonly TimeSpan Pull = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(40);

    [Fact]
    public void Sound_is_played_once_and_in_order_and_every_packet_is_accounted_for() =>
        PropertyCheck.Run(Prop.ForAll(JitterPlan.Arbitrary, Holds), cases: 200);

    private static bool Holds(JitterPlan plan)
    {
        var codec = new NumberedCodec();
        var options = new JitterBufferOptions();
        using var receiver = new AudioReceiver(options, codec);
        (PriorityQueue<(int Number, long Timestamp), (long At, int Order)> network, Instant calmFrom) = Schedule(plan);
        Span<short> pcm = stackalloc short[AudioFormat.FrameSamples];
        Instant now = Instant.FromMilliseconds(1000);
        Instant end = calmFrom + Calm;
        long pulls = 0;
        long troubledAtRest = 0;
        for (; now < end; now += Pull)
        {
            while (network.TryPeek(out (int Number, long Timestamp) packet, out (long At, int Order) key) && key.At <= now.Ticks)
            {
                network.Dequeue();
                receiver.Insert(new Instant(key.At), 5000 + packet.Number, packet.Timestamp, NumberedCodec.Packet(packet.Number, plan.FrameMilliseconds));
            }

            AudioFrameKind kind = receiver.Pull(now, pcm);
            pulls++;
            JitterStatistics statistics = receiver.Statistics;
            Assert.True(statistics.BufferedPackets <= options.MaxPackets);
            Assert.True(statistics.TargetDelay <= options.MaxDelay && statistics.TargetDelay >= TimeSpan.Zero, $"{statistics.TargetDelay}");
            if (now > end - TimeSpan.FromSeconds(5) && kind is AudioFrameKind.Concealed or AudioFrameKind.Silence)
                troubledAtRest++;
        }

        JitterStatistics s = receiver.Statistics;
        Assert.True(codec.Decoded.SequenceEqual(codec.Decoded.Distinct().Order()), $"played: {string.Join(' ', codec.Decoded)}");
        Assert.True(s.Received == s.Played + s.Late + s.Duplicates + s.Malformed + s.DecodeErrors + s.Discarded + s.BufferedPackets, $"{s}");
        Assert.True(s.EmittedSamples == pulls * AudioFormat.FrameSamples, $"{s}");
        Assert.True(troubledAtRest == 0, $"{troubledAtRest} frames without sound in good weather: {s}");

        // A frame has to be there as a whole: 40 ms of it is 40 ms of delay by itself.
        Assert.True(s.CurrentDelay <= TimeSpan.FromMilliseconds(60 + plan.FrameMilliseconds), $"{s}");
        return true;
    }

    /// <summary>The plan's packets, and then forty seconds of good weather.</summary>
    private static (PriorityQueue<(int Number, long Timestamp), (long At, int Order)> Network, Instant CalmFrom) Schedule(JitterPlan plan)
    {
        var random = new SeededRandom(plan.Seed);
        var network = new PriorityQueue<(int Number, long Timestamp), (long At, int Order)>();
        Instant sentAt = Instant.FromMilliseconds(1005);
        Instant heldUntil = sentAt;
        long timestamp = 100_000;
        int number = 0;
        int order = 0;
        Instant calmFrom = sentAt;
        int frames = (int)((Calm + TimeSpan.FromSeconds(5)) / TimeSpan.FromMilliseconds(plan.FrameMilliseconds));
        foreach (JitterPhase phase in (JitterPhase[])[.. plan.Phases, new JitterPhase(frames, 0, 0, 0, 0, 0, 0)])
        {
            calmFrom = Instant.Max(sentAt, heldUntil);
            sentAt += TimeSpan.FromMilliseconds(phase.PauseMilliseconds);
            timestamp += phase.PauseMilliseconds * 48;
            heldUntil = Instant.Max(heldUntil, sentAt + TimeSpan.FromMilliseconds(phase.StallMilliseconds));
            TimeSpan period = TimeSpan.FromMilliseconds(plan.FrameMilliseconds * (1 - (phase.DriftPpm / 1e6)));
            for (int i = 0; i < phase.Packets; i++)
            {
                bool lost = random.Next(100) < phase.LossPercent;
                bool twice = random.Next(100) < phase.DuplicatePercent;
                Instant arrival = Instant.Max(sentAt + TimeSpan.FromMilliseconds(random.Next(phase.JitterMilliseconds + 1)), heldUntil);
                if (!lost)
                    network.Enqueue((number, timestamp), (arrival.Ticks, order++));
                if (!lost && twice)
                    network.Enqueue((number, timestamp), (arrival.Ticks + 50_000, order++));
                number++;
                timestamp += plan.FrameMilliseconds * 48;
                sentAt += period;
            }
        }

        return (network, calmFrom);
    }
}
