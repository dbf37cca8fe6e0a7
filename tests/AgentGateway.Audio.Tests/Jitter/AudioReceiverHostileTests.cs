using AgentGateway.Primitives;
using AgentGateway.Testing;

namespace AgentGateway.Audio.Tests.Jitter;

/// <summary>The jitter buffer against packets that no good sender sends.</summary>
public sealed class AudioReceiverHostileTests
{
    private static readonly byte[][] Packets = VirtualCall.Encode(Signals.Voice(6), 960, new OpusEncoderOptions());

    [Fact]
    public void Before_any_packet_there_is_silence()
    {
        using AudioReceiver receiver = new(new JitterBufferOptions(), LibOpusCodec.Instance);
        short[] frame = [.. Enumerable.Repeat((short)7, 960)];
        Assert.Equal(AudioFrameKind.Silence, receiver.Pull(Instant.Zero, frame));
        Assert.All(frame, s => Assert.Equal(0, s));
        Assert.Throws<ArgumentException>(() => receiver.Pull(Instant.Zero, new short[959]));
    }

    [Fact]
    public void Duplicates_are_counted_and_change_nothing()
    {
        using VirtualCall once = new();
        once.Send(Packets, _ => 30);
        once.Run(6000);
        using VirtualCall twice = new();
        twice.Send(Packets, _ => 30);
        for (int i = 0; i < Packets.Length; i++)
        {
            twice.SendRaw(100 + ((i + 1) * 20) + 31, VirtualCall.FirstSequence + i, VirtualCall.FirstTimestamp + (i * 960), Packets[i]);
            twice.SendRaw(100 + ((i + 1) * 20) + 331, VirtualCall.FirstSequence + i, VirtualCall.FirstTimestamp + (i * 960), Packets[i]);
        }

        twice.Run(6000);
        Assert.Equal(once.Digest(), twice.Digest());
        Assert.InRange(twice.Receiver.Statistics.Duplicates, (2 * Packets.Length) - 40, 2 * Packets.Length);
        Assert.Equal(0, twice.Receiver.Statistics.Late);
    }

    [Fact]
    public void Neighbours_in_wrong_order_are_played_in_order()
    {
        using VirtualCall call = new();
        call.Send(Packets, i => i % 2 == 0 ? 45 : 24);
        call.Run(6000);
        JitterStatistics statistics = call.Receiver.Statistics;
        Assert.True(statistics.Reordered > 100, $"{call}");
        Assert.True(statistics.Lost < 4, $"{call}");
    }

    [Fact]
    public void Very_old_sequence_numbers_are_dropped()
    {
        using VirtualCall call = new();
        call.Send(Packets, _ => 30);
        SeededRandom random = new(17);
        for (int i = 0; i < 200; i++)
        {
            long back = 2000 + random.Next(30_000);
            call.SendRaw(1000 + (i * 20), VirtualCall.FirstSequence - back, Math.Max(0, VirtualCall.FirstTimestamp - (back * 960)), Packets[0]);
        }

        call.Run(6000);
        Assert.Equal(200, call.Receiver.Statistics.Late);
        Assert.Equal((0, 0), (call.Receiver.Statistics.Resets, call.Receiver.Statistics.Lost));
    }

    [Fact]
    public void Packets_that_arrive_after_their_moment_are_late()
    {
        using VirtualCall call = new();
        call.Send(Packets, i => i == 100 ? 400 : 30);
        call.Run(6000);
        Assert.Equal((1, 1), (call.Receiver.Statistics.Late, call.Receiver.Statistics.Lost));
    }

    [Theory]
    [InlineData(1_000_000_000)]
    [InlineData(-900_000)]
    [InlineData(48_000 * 10)]
    public void A_jump_of_the_timestamps_is_followed(long jump)
    {
        using VirtualCall call = new();
        for (int i = 0; i < 300; i++)
            call.SendRaw(100 + (i * 20), 10 + i, 1_000_000 + (i * 960) + (i >= 150 ? jump : 0), Packets[i]);
        call.Run(6300);
        Assert.Equal(1, call.Receiver.Statistics.Resets);
        Assert.True(call.Receiver.Statistics.Played >= 297, $"{call}");
        Assert.All(call.Delays.Where(d => d.At.TotalMilliseconds > 3500), d => Assert.InRange(d.DelayMs, 10, 60));
    }

    [Theory]
    [InlineData(30_000)]
    [InlineData(-20_000)]
    public void A_jump_of_the_sequence_numbers_is_followed(long jump)
    {
        using VirtualCall call = new();
        for (int i = 0; i < 300; i++)
            call.SendRaw(100 + (i * 20), 100_000 + i + (i >= 150 ? jump : 0), 1_000_000 + (i * 960), Packets[i]);
        call.Run(6300);
        Assert.Equal(1, call.Receiver.Statistics.Resets);
        Assert.True(call.Receiver.Statistics.Played >= 290, $"{call}");
    }

    [Fact]
    public void After_a_reset_another_stream_plays()
    {
        using AudioReceiver receiver = new(new JitterBufferOptions(), LibOpusCodec.Instance);
        short[] frame = new short[960];
        for (int i = 0; i < 200; i++)
        {
            if (i == 100)
                receiver.Reset();
            long sequence = i < 100 ? 5000 + i : i;
            receiver.Insert(Instant.FromMilliseconds(i * 20), sequence, i < 100 ? 77_000_000 + (i * 960) : i * 960, Packets[i]);
            receiver.Pull(Instant.FromMilliseconds((i * 20) + 10), frame);
        }

        Assert.Equal(1, receiver.Statistics.Resets);
        Assert.InRange(receiver.Statistics.Played, 195, 200);
        Assert.Equal(0, receiver.Statistics.Lost);
    }

    [Fact]
    public void Malformed_payloads_are_counted_by_reason_and_concealed()
    {
        using VirtualCall call = new();
        byte[][] packets = [.. Packets];
        packets[50] = [];
        packets[60] = [(31 << 3) | 3, 0];
        packets[70] = new byte[1501];
        call.Send(packets, _ => 30);
        call.Run(6000);
        Assert.Equal((3, 3), (call.Receiver.Statistics.Malformed, call.Receiver.Statistics.Lost));
    }

    [Fact]
    public void Hostile_packets_of_every_kind_never_throw_and_memory_stays_bounded()
    {
        for (ulong seed = 0; seed < 20; seed++)
        {
            SeededRandom random = new(seed);
            using AudioReceiver receiver = new(new JitterBufferOptions(), LibOpusCodec.Instance);
            short[] frame = new short[960];
            byte[] payload = new byte[1600];
            long sequence = 1000;
            long timestamp = 100_000;
            double now = 0;
            try
            {
                for (int i = 0; i < 3000; i++)
                {
                    now += random.Next(30);
                    sequence += random.Next(100) < 90 ? 1 : random.Next(3000) - 1000;
                    timestamp += random.Next(100) < 90 ? 960 : random.Next(2_000_000) - 900_000;
                    int length = random.Next(4) == 0 ? random.Next(1600) : random.Next(30);
                    random.Fill(payload.AsSpan(0, length));
                    ReadOnlySpan<byte> content = random.Next(2) == 0 ? payload.AsSpan(0, length) : Packets[random.Next(Packets.Length)];
                    long odd = random.Next(50) == 0 ? long.MaxValue - random.Next(1000) : 0;
                    receiver.Insert(Instant.FromMilliseconds(now), sequence + odd, timestamp - odd, content);
                    if (random.Next(3) != 0)
                        receiver.Pull(Instant.FromMilliseconds(now), frame);
                }
            }
            catch (Exception e)
            {
                Assert.Fail($"{random}: {e}");
            }

            JitterStatistics statistics = receiver.Statistics;
            Assert.Equal(3000, statistics.Received);
            Assert.InRange(statistics.BufferedPackets, 0, 128);
            Assert.Equal(
                statistics.Received,
                statistics.Played + statistics.Late + statistics.Duplicates + statistics.Malformed + statistics.Discarded + statistics.BufferedPackets);
        }
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new JitterBufferOptions { MaxPackets = 4 }.Validate());
        Assert.Throws<ArgumentOutOfRangeException>(() => new JitterBufferOptions { MaxDelay = TimeSpan.FromMilliseconds(10) }.Validate());
        Assert.Throws<ArgumentOutOfRangeException>(() => new JitterBufferOptions { DiscardDelay = TimeSpan.FromMilliseconds(200) }.Validate());
    }
}
