using AgentGateway.Testing;

namespace AgentGateway.Audio.Tests.Jitter;

/// <summary>The jitter buffer on good and bad networks.</summary>
public sealed class AudioReceiverNetworkTests
{
    private static readonly short[] Voice10 = Signals.Voice(10);
    private static readonly OpusEncoderOptions Fec = new() { InbandFec = true, ExpectedLossPercent = 20, Bitrate = 32_000 };
    private static readonly Lazy<byte[][]> Packets10 = new(() => VirtualCall.Encode(Voice10, 960, Fec));

    [Theory]
    [InlineData(480, 0)]
    [InlineData(960, 0)]
    [InlineData(960, 7)]
    [InlineData(960, 19)]
    [InlineData(1920, 3)]
    [InlineData(2880, 11)]
    public void Without_loss_and_jitter_the_output_is_the_decoded_stream_bit_for_bit_at_a_constant_delay(int packetSamples, double phase)
    {
        byte[][] packets = VirtualCall.Encode(Voice10, packetSamples, Fec);
        using VirtualCall call = new();
        call.Send(packets, _ => 30, packetSamples);
        call.Run(10_400, phase);

        JitterStatistics statistics = call.Receiver.Statistics;
        Assert.Equal(packets.Length, statistics.Played);
        Assert.Equal((0, 0, 0, 0), (statistics.Lost, statistics.Late, statistics.InsertedSamples, statistics.RemovedSamples));
        int offset = Array.IndexOf(call.Kinds.ToArray(), AudioFrameKind.Normal) * AudioFormat.FrameSamples;
        int count = Math.Min(call.Reference.Length, call.Output.Length - offset);
        Assert.True(count >= call.Reference.Length - 960, $"{call}");
        Assert.Equal(call.Reference[..count], call.Output[offset..(offset + count)]);
        Assert.All(call.Delays, d => Assert.InRange(d.DelayMs, 20, 20 + (packetSamples / 48.0)));
        Assert.InRange(call.Delays.Max(d => d.DelayMs) - call.Delays.Min(d => d.DelayMs), 0, 0.01);
    }

    [Theory]
    [InlineData(5, 11)]
    [InlineData(10, 12)]
    [InlineData(20, 13)]
    public void Every_lost_packet_is_concealed_or_recovered_and_the_delay_stays(int lossPercent, ulong seed)
    {
        using VirtualCall call = new(seed: seed);
        byte[][] packets = Packets10.Value;
        call.Send(packets, i => i is 0 or > 490 || call.Random.Next(100) >= lossPercent ? 30 : null);
        call.Run(10_000);

        JitterStatistics statistics = call.Receiver.Statistics;
        Assert.True(statistics.Lost == call.Dropped, $"{call.Dropped} dropped, {call}");
        Assert.Equal(statistics.Lost, statistics.Recovered + statistics.Concealed);
        Assert.True(statistics.Recovered > statistics.Lost / 3, $"{call}");
        Assert.Equal(0, statistics.Late);
        Assert.InRange(statistics.ConcealedSamples, statistics.Concealed * 960, (statistics.Concealed * 960) + 960);
        Assert.All(call.Delays, d => Assert.InRange(d.DelayMs, 18, 62));

        // Where nothing was lost for a while the samples are those of the sender: losses did not shift the stream.
        (int _, double correlation) = Signals.Align(call.Reference.AsSpan(0, 48_000 * 2), call.Output.AsSpan(48_00), 9600);
        Assert.True(correlation > 0.7, $"correlation {correlation:F2}, {call}");
    }

    [Fact]
    public void Loss_lengthens_the_delay_until_forward_error_correction_comes_in_time()
    {
        using VirtualCall call = new(new JitterBufferOptions { MinDelay = TimeSpan.Zero }, seed: 9);
        call.Send(Packets10.Value, i => i > 490 || i % 8 != 7 ? 30 : null);

        // Pulled 6 ms after an arrival: without loss the delay stays there, and the successor of a lost packet would come 14 ms too late.
        call.Run(10_000, phaseMs: 16);
        double early = call.Delays[3].DelayMs;
        double late = call.Delays[^1].DelayMs;
        Assert.True(early < 15 && late is > 20 and < 50, $"{early} ms, then {late} ms, {call}");

        // Frames without speech carry no copy of their predecessor.
        int possible = Enumerable.Range(250, 240).Count(i =>
            i % 8 == 7 && OpusPacket.TryParse(Packets10.Value[i + 1], out OpusPacketInfo next) && next.HasFec);
        int recovered = call.Kinds.Skip(257).Count(k => k == AudioFrameKind.Recovered);
        Assert.True(possible > 10 && recovered >= possible - 2, $"{recovered} of {possible} recovered, {call}");
    }

    [Fact]
    public void Without_fec_every_lost_packet_is_concealed()
    {
        byte[][] packets = VirtualCall.Encode(Voice10, 960, new OpusEncoderOptions { InbandFec = false, ExpectedLossPercent = 0 });
        using VirtualCall call = new(seed: 5);
        call.Send(packets, i => i is 0 or > 490 || call.Random.Next(100) >= 10 ? 30 : null);
        call.Run(10_000);
        Assert.Equal(call.Dropped, call.Receiver.Statistics.Concealed);
        Assert.Equal(0, call.Receiver.Statistics.Recovered);
        Assert.Equal(call.Dropped, call.Kinds.Count(k => k == AudioFrameKind.Concealed));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    public void A_burst_of_lost_packets_keeps_the_time_line(int burst)
    {
        using VirtualCall call = new();
        call.Send(Packets10.Value, i => i >= 100 && i < 100 + burst ? null : 30);
        call.Run(10_130);
        Assert.Equal(burst, call.Receiver.Statistics.Lost);
        Assert.Equal(0, call.Receiver.Statistics.Stalls);
        int offset = Array.IndexOf(call.Kinds.ToArray(), AudioFrameKind.Normal) * 960;
        int from = 400 * 960;
        double correlation = Signals.Correlation(call.Reference.AsSpan(from, 48_000), call.Output.AsSpan(offset + from, 48_000));
        Assert.True(correlation > 0.999, $"correlation {correlation:F4}, {call}");
    }

    [Theory]
    [InlineData(21)]
    [InlineData(22)]
    [InlineData(23)]
    public void Uniform_jitter_of_30_ms_makes_less_than_one_percent_late(ulong seed) =>
        CheckJitter(seed, random => random.Next(3001) / 100.0, 75);

    [Theory]
    [InlineData(31)]
    [InlineData(32)]
    public void Exponential_jitter_with_a_mean_of_30_ms_makes_less_than_one_percent_late(ulong seed) =>
        CheckJitter(seed, random => Math.Min(400, -30 * Math.Log(1 - (random.Next(1_000_000) / 1_000_000.0))), 240);

    [Fact]
    public void The_delay_returns_after_a_bad_minute()
    {
        short[] voice = Signals.Voice(20);
        byte[][] packets = VirtualCall.Encode([.. voice, .. voice, .. voice, .. voice], 960, Fec);
        using VirtualCall call = new(seed: 44);
        call.Send(packets, i => i < 1000 ? 30 + call.Random.Next(120) : 30, reference: false);
        call.Run(80_000, keepOutput: false);
        double bad = call.Delays.Where(d => d.At.TotalMilliseconds is > 10_000 and < 20_000).Average(d => d.DelayMs);
        double good = call.Delays.Where(d => d.At.TotalMilliseconds > 75_000).Average(d => d.DelayMs);
        Assert.True(bad > 100 && good < 50, $"{bad:F0} ms while bad, {good:F0} ms long after, {call}");
    }

    [Theory]
    [InlineData(200)]
    [InlineData(-200)]
    public void A_drifting_clock_over_an_hour_keeps_the_delay_bounded(double ppm)
    {
        const int Hour = 3600 * 50;
        byte[][] period = Packets10.Value;
        byte[][] packets = [.. Enumerable.Range(0, Hour).Select(i => period[i % period.Length])];
        using VirtualCall call = new(seed: 3);
        call.Send(packets, _ => 30 + (call.Random.Next(500) / 100.0), clockPpm: ppm, reference: false);
        call.Run(3_599_200, keepOutput: false);

        JitterStatistics statistics = call.Receiver.Statistics;
        long drift = (long)(3600 * 48_000 * Math.Abs(ppm) * 1e-6);
        long moved = Math.Abs(statistics.RemovedSamples - statistics.InsertedSamples);
        Assert.True(Math.Abs(moved - drift) < 2400, $"{drift} samples of drift, {call}");
        Assert.All(call.Delays, d => Assert.InRange(d.DelayMs, 10, 65));
        Assert.Equal(0, statistics.Lost);
        Assert.True(statistics.ConcealedSamples < 2 * 960, $"{call}");
    }

    [Fact]
    public void After_a_stall_of_two_seconds_the_burst_is_cut_to_the_newest_audio()
    {
        using VirtualCall call = new();
        call.Send(Packets10.Value, i => i is >= 200 and < 300 ? 30 + ((300 - i) * 20) : 30);
        call.Run(10_150);
        JitterStatistics statistics = call.Receiver.Statistics;
        Assert.Equal(1, statistics.Stalls);
        Assert.InRange(statistics.Discarded, 70, 100);
        Assert.Equal(0, statistics.Lost);
        Assert.All(call.Delays.Where(d => d.At.TotalMilliseconds > 6500), d => Assert.InRange(d.DelayMs, 15, 70));
        double correlation = EndCorrelation(call);
        Assert.True(correlation > 0.98, $"correlation {correlation:F3}, {call}");
    }

    [Fact]
    public void After_a_stall_of_300_ms_no_word_is_dropped_and_the_delay_comes_down_again()
    {
        using VirtualCall call = new();
        call.Send(Packets10.Value, i => i is >= 200 and < 215 ? 30 + ((215 - i) * 20) : 30);
        call.Run(10_250);
        JitterStatistics statistics = call.Receiver.Statistics;
        Assert.Equal(0, statistics.Discarded);
        Assert.Equal(Packets10.Value.Length, statistics.Played);
        Assert.True(call.Delays.Max(d => d.DelayMs) > 250, $"{call}");
        Assert.True(call.Delays[^1].DelayMs < 65, $"{call}");
        Assert.True(statistics.RemovedSamples > 9600, $"{call}");
    }

    [Fact]
    public void Pauses_by_dtx_are_comfort_noise_and_speech_resumes_at_the_same_delay()
    {
        short[] speech = Signals.Voice(2);
        short[] pause = new short[3 * 48_000];
        byte[][] packets = VirtualCall.Encode([.. speech, .. pause, .. speech, .. pause, .. speech], 960, new OpusEncoderOptions { Dtx = true });
        using VirtualCall call = new();
        call.Send(packets, _ => 30, skipDtx: true);
        call.Run(12_000);
        JitterStatistics statistics = call.Receiver.Statistics;
        Assert.True(packets.Count(p => p.Length <= IOpusEncoder.MaxDtxBytes) > 100, "the sender used DTX");
        Assert.Equal((0, 0, 0), (statistics.Lost, statistics.Stalls, statistics.ConcealedSamples));
        Assert.True(statistics.ComfortNoiseSamples > 3 * 48_000, $"{call}");
        Assert.All(call.Delays, d => Assert.InRange(d.DelayMs, 20, 45));
        double correlation = EndCorrelation(call);
        Assert.True(correlation > 0.95, $"correlation {correlation:F3}, {call}");
    }

    [Theory]
    [InlineData(77)]
    [InlineData(78)]
    public void The_same_seed_gives_the_same_output(ulong seed)
    {
        Assert.Equal(Run(seed), Run(seed));
        Assert.NotEqual(Run(seed), Run(seed + 1000));

        static string Run(ulong seed)
        {
            using VirtualCall call = new(seed: seed);
            call.Send(Packets10.Value, i => call.Random.Next(100) < 8 ? null : 30 + call.Random.Next(60), clockPpm: 150);
            call.Run(10_400);
            return $"{call.Digest()} {call.Receiver.Statistics}";
        }
    }

    [Fact]
    public void Late_pulls_are_harmless()
    {
        using VirtualCall call = new(seed: 6);
        call.Send(Packets10.Value, _ => 30);
        call.Run(10_400, pullLateness: _ => call.Random.Next(4));
        Assert.Equal(0, call.Receiver.Statistics.Lost);
        Assert.Equal(Packets10.Value.Length, call.Receiver.Statistics.Played);
        Assert.All(call.Delays, d => Assert.InRange(d.DelayMs, 15, 60));
    }

    [Fact]
    public void Nothing_is_allocated_per_packet()
    {
        using AudioReceiver receiver = new(new JitterBufferOptions(), LibOpusCodec.Instance);
        byte[][] packets = Packets10.Value;
        short[] frame = new short[960];
        AgentGateway.Testing.SeededRandom random = new(4);
        int next = 0;
        Run(200);
        Assert.Equal(0, Allocations.Least(() => Run(250)));
        Assert.True(receiver.Statistics.Lost > 10);

        void Run(int count)
        {
            for (int end = next + count; next < end; next++)
            {
                if (random.Next(10) != 0)
                    receiver.Insert(AgentGateway.Primitives.Instant.FromMilliseconds(next * 20), next, next * 960, packets[next % packets.Length]);
                receiver.Pull(AgentGateway.Primitives.Instant.FromMilliseconds((next * 20) + 5), frame);
            }
        }
    }

    private static void CheckJitter(ulong seed, Func<AgentGateway.Testing.SeededRandom, double> jitter, double maxDelay)
    {
        byte[][] packets = [.. Packets10.Value, .. Packets10.Value, .. Packets10.Value, .. Packets10.Value, .. Packets10.Value, .. Packets10.Value];
        using VirtualCall call = new(seed: seed);
        call.Send(packets, _ => 30 + jitter(call.Random), reference: false);
        call.Run(60_400, keepOutput: false);
        JitterStatistics statistics = call.Receiver.Statistics;
        double rate = (double)(statistics.Lost + statistics.Late) / packets.Length;
        Assert.True(rate < 0.01, $"{rate:P2} late or lost, {call}");
        Assert.True(statistics.ConcealedSamples < packets.Length * 960 * 0.02, $"{call}");
        double mean = call.Delays.Average(d => d.DelayMs);
        Assert.True(mean < maxDelay, $"mean delay {mean:F1} ms, {call}");
    }

    // How alike the last two seconds of sound are to those of the stream, at the best alignment.
    private static double EndCorrelation(VirtualCall call)
    {
        short[] reference = call.Reference[^96_000..^48_000];
        short[] output = call.Output;
        int around = output.Length - 96_000 - 24_000;
        return Signals.Align(reference, output.AsSpan(around), 47_000).Correlation;
    }
}
