using AgentGateway.Primitives;

namespace AgentGateway.Audio.Tests.Jitter;

/// <summary>
/// What a listener notices of the jitter buffer's work: nothing. Tones have no step and no other frequency, speech keeps its waveform, whatever
/// the stream does. The codec is one without loss, so that every fault is the buffer's.
/// </summary>
public sealed class SmoothPlayoutTests
{
    private const int Amplitude = 16_000;

    [Theory]
    [InlineData(110)]
    [InlineData(237)]
    [InlineData(390)]
    [InlineData(1003)]
    public void A_tone_played_faster_has_no_step_and_no_splatter(double frequency)
    {
        // The way gets 200 ms shorter: what waits is too much.
        using VirtualCall call = Play(frequency, i => i < 100 ? 230 : 30);
        Assert.True(call.Kinds.Count(k => k == AudioFrameKind.Accelerated) > 10, $"{call}");
        CheckTone(call, frequency, AudioFrameKind.Accelerated);
    }

    [Theory]
    [InlineData(110)]
    [InlineData(237)]
    [InlineData(390)]
    [InlineData(1003)]
    public void A_tone_played_slower_has_no_step_and_no_splatter(double frequency)
    {
        // The sender's clock is slow: what waits gets less.
        using VirtualCall call = Play(frequency, _ => 30, ppm: -1000, seconds: 60);
        Assert.True(call.Kinds.Count(k => k == AudioFrameKind.Expanded) > 3, $"{call}");
        CheckTone(call, frequency, AudioFrameKind.Expanded);
    }

    [Fact]
    public void Speech_played_faster_keeps_its_waveform()
    {
        short[] speech = Signals.Recording("librispeech/ls-1089-134686-0000.wav");
        WaveCodec codec = new(speech);
        using VirtualCall call = new(codec: codec);

        call.Send(codec.Packets(), _ => 30, clockPpm: 8000, reference: false);
        call.Run((speech.Length / 48.0) - 50);
        Assert.True(call.Receiver.Statistics.RemovedSamples > 3000, $"{call}");
        (double mean, double worst) = LocalCorrelation(speech, call);
        Assert.True(mean > 0.97 && worst > 0.6, $"mean {mean:F3}, worst twentieth {worst:F3}, {call}");
    }

    [Fact]
    public void Speech_played_slower_keeps_its_waveform()
    {
        short[] speech = Signals.Recording("librispeech/ls-1089-134686-0000.wav");
        speech = [.. speech, .. speech, .. speech, .. speech];
        WaveCodec codec = new(speech);
        using VirtualCall call = new(codec: codec);
        call.Send(codec.Packets(), _ => 30, clockPpm: -1000, reference: false);
        call.Run(speech.Length / 48.0);
        Assert.True(call.Receiver.Statistics.InsertedSamples > 1000, $"{call}");
        (double mean, double worst) = LocalCorrelation(speech, call);
        Assert.True(mean > 0.97 && worst > 0.6, $"mean {mean:F3}, worst twentieth {worst:F3}, {call}");
    }

    [Fact]
    public void Another_source_in_the_middle_of_a_call_follows_without_a_step()
    {
        short[] tone = Signals.Sine(300, 4, amplitude: Amplitude / 32767.0);
        WaveCodec codec = new(tone);
        using AudioReceiver receiver = new(new JitterBufferOptions(), codec);
        List<short> output = [];
        short[] frame = new short[960];
        List<AudioFrameKind> kinds = [];
        for (int i = 0; i < 150; i++)
        {
            // Another SSRC: other numbers, other timestamps, another phase of the tone.
            if (i == 75)
                receiver.Reset();
            byte[] packet = WaveCodec.Packet(i < 75 ? i * 960 : (i * 960) + 77, 960);
            receiver.Insert(Instant.FromMilliseconds(i * 20), i < 75 ? 40_000 + i : i, i < 75 ? i * 960 : 9_000_000 + (i * 960), packet);
            kinds.Add(receiver.Pull(Instant.FromMilliseconds((i * 20) + 7), frame));
            output.AddRange(frame);
        }

        // The new source waits for its own delay once; the old one fades out, and the new one is heard within 60 ms.
        Assert.Equal((1, 0), (receiver.Statistics.Resets, receiver.Statistics.Lost));
        Assert.InRange(kinds.Skip(75).Count(k => k != AudioFrameKind.Normal), 0, 3);
        CheckSteps([.. output.Skip(4800)], 300, tolerance: 1.6);
    }

    [Fact]
    public void Packets_of_10_20_40_and_60_ms_may_follow_each_other()
    {
        int[] lengths = [960, 480, 960, 1920, 2880, 480, 2880, 960];
        const int Each = 96_000;
        short[] tone = Signals.Sine(300, 2.0 * lengths.Length, amplitude: Amplitude / 32767.0);
        using VirtualCall call = new(codec: new WaveCodec(tone));
        long sequence = VirtualCall.FirstSequence;
        for (int part = 0; part < lengths.Length; part++)
        {
            for (int at = part * Each; at < (part + 1) * Each; at += lengths[part], sequence++)
                call.SendRaw(130 + ((at + lengths[part]) / 48.0), sequence, VirtualCall.FirstTimestamp + at, WaveCodec.Packet(at, lengths[part]));
        }

        call.Run(2000 * lengths.Length);
        JitterStatistics statistics = call.Receiver.Statistics;
        Assert.Equal((0, 0, 0, 0), (statistics.Lost, statistics.Late, statistics.Resets, statistics.Stalls));

        // The first long packet comes later than a short one would: that much is concealed, once for each time it gets longer.
        Assert.InRange(statistics.ConcealedSamples, 0, 8 * 960);
        Assert.All(call.Delays, d => Assert.InRange(d.DelayMs, 15, 60 + 60));
        Assert.All(call.Delays, d => Assert.InRange(d.TargetMs, 20, 60));
        CheckSteps(call.Heard()[480..], 300, tolerance: 1.1);
    }

    [Fact]
    public void Sequence_numbers_and_timestamps_may_wrap_round()
    {
        short[] tone = Signals.Sine(300, 4, amplitude: Amplitude / 32767.0);
        WaveCodec codec = new(tone);
        using VirtualCall call = new(codec: codec);
        var sequences = default(SequenceExtender16);
        var timestamps = default(SequenceExtender32);
        for (int i = 0; i < 190; i++)
        {
            // Every neighbour of the wrap comes in the wrong order.
            int n = i ^ 1;
            long sequence = sequences.Estimate((ushort)(65_436 + n));
            long timestamp = timestamps.Estimate(unchecked((uint)(-96_000 + (n * 960))));
            sequences.Commit(sequence);
            timestamps.Commit(timestamp);
            call.SendRaw(130 + ((i + 1) * 20), sequence, timestamp, WaveCodec.Packet(n * 960, 960));
        }

        call.Run(3800);
        JitterStatistics statistics = call.Receiver.Statistics;
        Assert.Equal((0, 0, 0), (statistics.Resets, statistics.Lost, statistics.Malformed));
        Assert.True(statistics.Played > 180, $"{call}");
        CheckSteps(call.Heard()[480..], 300, tolerance: 1.1);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(-200)]
    public void A_clock_200_ppm_off_for_ten_minutes_is_followed_without_a_gap(double ppm)
    {
        short[] period = Signals.Sine(300, 1, amplitude: Amplitude / 32767.0);
        WaveCodec codec = new(period);
        byte[][] second = codec.Packets();
        using VirtualCall call = new(seed: 200, codec: codec);
        call.Send([.. Enumerable.Range(0, 600 * 50).Select(i => second[i % 50])], _ => 30 + (call.Random.Next(100) / 20.0), clockPpm: ppm, reference: false);
        call.Run(599_000);
        JitterStatistics statistics = call.Receiver.Statistics;
        Assert.Equal((0, 0, 0), (statistics.Lost, statistics.Stalls, statistics.ConcealedSamples));
        Assert.All(call.Delays, d => Assert.InRange(d.DelayMs, 12, 62));
        long drift = (long)(600 * 48_000 * 200e-6);
        Assert.InRange(Math.Abs(statistics.RemovedSamples - statistics.InsertedSamples), drift - 1500, drift + 1500);
        CheckSteps(call.Heard()[480..], 300, tolerance: 1.1);
    }

    private static VirtualCall Play(double frequency, Func<int, double?> network, double ppm = 0, int seconds = 14)
    {
        WaveCodec codec = new(Signals.Sine(frequency, seconds, amplitude: Amplitude / 32767.0));
        VirtualCall call = new(codec: codec);
        call.Send(codec.Packets(), network, clockPpm: ppm, reference: false);
        call.Run((1000 * seconds) - 500);
        Assert.Equal((0, 0), (call.Receiver.Statistics.ConcealedSamples, call.Receiver.Statistics.Stalls));
        return call;
    }

    private static void CheckTone(VirtualCall call, double frequency, AudioFrameKind kind)
    {
        short[] output = call.Output;
        CheckSteps(output.AsSpan(Array.FindIndex(output, s => s != 0)), frequency, tolerance: 1.1);

        // 60 ms around each changed frame: all but the tone's own line lies this far below it.
        for (int i = 2; i < call.Kinds.Count - 2; i++)
        {
            if (call.Kinds[i] != kind || call.Kinds.Skip(i - 2).Take(5).Any(k => k is AudioFrameKind.Silence))
                continue;
            double splatter = SplatterDb(output.AsSpan((i - 1) * 960, 3 * 960), frequency);
            Assert.True(splatter < -35, $"{splatter:F1} dB of other frequencies at frame {i}, {call}");
        }
    }

    private static void CheckSteps(ReadOnlySpan<short> output, double frequency, double tolerance)
    {
        // From one sample to the next a sine moves by this much at most.
        double largest = Amplitude * 2 * Math.Sin(Math.PI * frequency / AudioFormat.SampleRate);
        for (int i = 1; i < output.Length; i++)
        {
            int step = Math.Abs(output[i] - output[i - 1]);
            if (step > (largest * tolerance) + 2)
                Assert.Fail($"a step of {step} at sample {i} of {output.Length}; the tone's own are at most {largest:F0}");
        }
    }

    // Power beyond 150 Hz from the tone, against the whole; Hann window.
    private static double SplatterDb(ReadOnlySpan<short> samples, double frequency)
    {
        double inside = 0;
        double total = 0;
        int count = samples.Length;
        double resolution = AudioFormat.SampleRate / (double)count;
        for (double f = resolution; f < 8000; f += resolution)
        {
            double real = 0;
            double imaginary = 0;
            for (int i = 0; i < count; i++)
            {
                double windowed = samples[i] * (1 - Math.Cos(2 * Math.PI * i / count));
                (double sin, double cos) = Math.SinCos(2 * Math.PI * f * i / AudioFormat.SampleRate);
                real += windowed * cos;
                imaginary += windowed * sin;
            }

            double power = (real * real) + (imaginary * imaginary);
            total += power;
            if (Math.Abs(f - frequency) <= 150)
                inside += power;
        }

        return 10 * Math.Log10(Math.Max(total - inside, 1) / total);
    }

    // Each 15 ms of sound is looked for in the source, near where it should be: how alike are they, in the mean and in the worst twentieth?
    private static (double Mean, double Worst) LocalCorrelation(short[] source, VirtualCall call)
    {
        const int Window = 720;
        short[] output = call.Output;
        int start = Array.FindIndex(output, s => s != 0);
        int origin = Array.FindIndex(source, s => s != 0);
        List<double> values = [];
        int lag = origin - start;
        for (int at = start; at + Window <= output.Length; at += Window)
        {
            ReadOnlySpan<short> piece = output.AsSpan(at, Window);
            if (AudioLevel.Dbfs(piece) < -40)
                continue;
            (int bestLag, double best) = (lag, -1);
            for (int shift = -700; shift <= 700; shift++)
            {
                int from = at + lag + shift;
                if (from < 0 || from + Window > source.Length)
                    continue;
                double value = Signals.Correlation(source.AsSpan(from, Window), piece, 5);
                if (value > best)
                    (bestLag, best) = (lag + shift, value);
            }

            if (best < 0)
                continue;
            lag = bestLag;
            values.Add(best);
        }

        values.Sort();
        return (values.Average(), values[values.Count / 20]);
    }
}
