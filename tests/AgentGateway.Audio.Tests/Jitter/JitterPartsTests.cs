using AgentGateway.Audio.Jitter;
using AgentGateway.Primitives;
using AgentGateway.Testing;

namespace AgentGateway.Audio.Tests.Jitter;

/// <summary>The small parts of the jitter buffer one by one.</summary>
public sealed class JitterPartsTests
{
    private static readonly TimeSpan Min = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Max = TimeSpan.FromMilliseconds(200);

    [Fact]
    public void A_steady_network_needs_the_least_delay()
    {
        DelayManager delays = new(Min, Max, Max);
        Feed(delays, 0, 1000, _ => 30);
        Assert.Equal(Min.Ticks, delays.TargetTicks);
        Assert.Equal(5, Ms(delays.NeededTicks));
    }

    [Fact]
    public void The_target_covers_the_jitter_after_one_second()
    {
        DelayManager delays = new(Min, Max, Max);
        SeededRandom random = new(1);
        Feed(delays, 0, 55, _ => random.Next(60));
        Assert.InRange(Ms(delays.TargetTicks), 50, 65);
        Feed(delays, 55, 1000, _ => random.Next(60));
        Assert.InRange(Ms(delays.TargetTicks), 55, 65);
    }

    [Fact]
    public void One_spike_does_not_move_the_target_but_a_series_does()
    {
        DelayManager delays = new(Min, Max, Max);
        Feed(delays, 0, 1000, i => i == 500 ? 150 : 0);
        Assert.Equal(Min.Ticks, delays.TargetTicks);
        Feed(delays, 1000, 1200, i => i % 50 == 0 ? 150 : 0);
        Assert.InRange(Ms(delays.TargetTicks), 150, 160);
    }

    [Fact]
    public void The_target_never_passes_the_maximum_and_returns_within_a_minute()
    {
        DelayManager delays = new(Min, Max, Max);
        SeededRandom random = new(1);
        Feed(delays, 0, 500, _ => random.Next(2000));
        Assert.Equal(Max.Ticks, delays.TargetTicks);
        Feed(delays, 500, 3500, _ => 0);
        Assert.Equal(Min.Ticks, delays.TargetTicks);
    }

    [Fact]
    public void A_drifting_clock_is_no_jitter()
    {
        DelayManager delays = new(Min, Max, Max);
        Feed(delays, 0, 50_000, i => i * 20 * 300e-6);
        Assert.Equal(Min.Ticks, delays.TargetTicks);
    }

    [Fact]
    public void Media_time_is_exact_over_a_day()
    {
        long day = 24L * 3600 * AudioFormat.SampleRate;
        Assert.Equal(TimeSpan.TicksPerDay, DelayManager.MediaTicks(day));
        Assert.Equal(TimeSpan.TicksPerMillisecond * 20, DelayManager.MediaTicks(960));
    }

    [Fact]
    public void The_store_returns_what_was_put_in_and_reuses_its_memory()
    {
        PacketStore store = new(16);
        SeededRandom random = new(5);
        Dictionary<long, byte[]> model = [];
        for (int i = 0; i < 20_000; i++)
        {
            long sequence = (i / 10) + random.Next(16);
            if (random.Next(3) != 0)
            {
                byte[] payload = new byte[random.Next(PacketStore.MaxPayloadBytes + 1)];
                random.Fill(payload);
                bool free = !model.Keys.Any(k => (k & 15) == (sequence & 15));
                Assert.Equal(free, store.TryAdd(new StoredPacket(sequence, sequence * 960, Instant.Zero, default), payload));
                if (free)
                    model[sequence] = payload;
            }
            else
            {
                store.Remove(sequence);
                model.Remove(sequence);
            }

            Assert.Equal(model.Count, store.Count);
            foreach ((long key, byte[] expected) in model)
            {
                Assert.True(store.TryGet(key, out StoredPacket packet, out ReadOnlySpan<byte> actual));
                Assert.Equal(key, packet.Sequence);
                Assert.True(actual.SequenceEqual(expected));
            }
        }

        Assert.Equal(model.Count, store.Clear());
        Assert.False(store.TryGetFirst(0, out _, out _));
    }

    [Fact]
    public void Seen_sequences_agree_with_a_set()
    {
        SeenSequences seen = new();
        HashSet<long> model = [];
        SeededRandom random = new(6);
        long highest = 5000;
        for (int i = 0; i < 50_000; i++)
        {
            long sequence = highest + random.Next(300) - 290;
            if (random.Next(1000) == 0)
                sequence += random.Next(3000);
            bool expected = model.Contains(sequence) && sequence > highest - 1024;
            Assert.True(expected == seen.Contains(sequence), $"{random}: step {i}");
            seen.Add(sequence);
            model.Add(sequence);
            highest = i == 0 ? sequence : Math.Max(highest, sequence);
        }
    }

    [Fact]
    public void The_sample_queue_keeps_order_and_history_however_it_is_used()
    {
        SampleQueue queue = new();
        SeededRandom random = new(7);
        short next = 0;
        short expected = 0;
        for (int i = 0; i < 5000; i++)
        {
            int count = 120 * (1 + random.Next(8));
            Span<short> tail = queue.Append(AudioFormat.MaxPacketSamples);
            for (int k = 0; k < count; k++)
                tail[k] = next++;
            queue.Trim(AudioFormat.MaxPacketSamples - count);
            while (queue.Count >= 960)
            {
                short[] frame = new short[960];
                queue.Read(frame);
                foreach (short sample in frame)
                    Assert.Equal(expected++, sample);
                if (i > 10)
                    Assert.Equal((short)(expected - SampleQueue.History), queue.WithHistory[0]);
            }
        }
    }

    private static double Ms(long ticks) => TimeSpan.FromTicks(ticks).TotalMilliseconds;

    private static void Feed(DelayManager delays, int from, int to, Func<int, double> delayMs)
    {
        for (int i = from; i < to; i++)
            delays.Update(Instant.FromMilliseconds((i * 20) + delayMs(i)), i * 960, 0);
    }
}
