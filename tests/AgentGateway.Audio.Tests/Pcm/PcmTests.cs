using AgentGateway.Testing;

namespace AgentGateway.Audio.Tests.Pcm;

public sealed class PcmTests
{
    [Fact]
    public void Level_of_known_signals()
    {
        short[] square = [.. Enumerable.Range(0, 960).Select(i => i % 2 == 0 ? short.MinValue : short.MaxValue)];
        Assert.InRange(AudioLevel.Dbfs(square), -0.001f, 0f);
        Assert.Equal(0, AudioLevel.Rfc6464(square));
        Assert.InRange(AudioLevel.Dbfs(Signals.Sine(1000, 1, amplitude: 1)), -3.02f, -3.0f);
        Assert.Equal(23, AudioLevel.Rfc6464(Signals.Sine(1000, 1, amplitude: 0.1)));
        Assert.Equal(127, AudioLevel.Rfc6464(new short[960]));
        Assert.Equal(127, AudioLevel.Rfc6464([]));
    }

    [Fact]
    public void The_sum_of_squares_is_exact_for_every_length_and_extreme()
    {
        SeededRandom random = new(7);
        for (int length = 0; length < 100; length++)
        {
            short[] samples = [.. Enumerable.Range(0, length).Select(i => i % 3 == 0 ? short.MinValue : (short)random.Next(65536))];
            Assert.Equal(samples.Sum(s => (long)s * s), AudioLevel.SumOfSquares(samples));
            Assert.Equal(samples.Select(s => Math.Abs((int)s)).DefaultIfEmpty().Max(), AudioLevel.Peak(samples));
        }
    }

    [Fact]
    public void Sixteen_bits_survive_the_way_through_floats()
    {
        short[] all = [.. Enumerable.Range(short.MinValue, 65536).Select(i => (short)i)];
        float[] floats = new float[all.Length];
        short[] back = new short[all.Length];
        PcmConvert.ToFloat(all, floats);
        PcmConvert.ToInt16(floats, back);
        Assert.Equal(all, back);
        Assert.Equal(-1f, floats[0]);
    }

    [Fact]
    public void Floats_beyond_full_scale_are_clipped_and_no_number_is_silence()
    {
        float[] wild = [2f, -2f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, 1f, 0.5f / 32768, 1.5f / 32768];
        short[] expected = [32767, -32768, 0, 32767, -32768, 32767, 0, 2];
        short[] repeated = new short[8 * 9];
        PcmConvert.ToInt16([.. Enumerable.Repeat(wild, 9).SelectMany(w => w)], repeated);
        Assert.Equal(Enumerable.Repeat(expected, 9).SelectMany(e => e), repeated);
        short[] few = new short[7];
        PcmConvert.ToInt16(wild.AsSpan(0, 7), few);
        Assert.Equal(expected[..7], few);
    }

    [Fact]
    public void Stereo_is_averaged()
    {
        short[] mono = new short[2];
        PcmConvert.StereoToMono([100, 200, short.MinValue, short.MinValue], mono);
        Assert.Equal([150, short.MinValue], mono);
        Assert.Throws<ArgumentException>(() => PcmConvert.StereoToMono([1, 2, 3], new short[2]));
    }

    [Fact]
    public void Fades_begin_and_end_where_they_should_and_never_step()
    {
        short[] samples = [.. Enumerable.Repeat((short)30000, Fade.DefaultSamples)];
        Fade.In(samples);
        Assert.InRange(samples[0], 0, 10);
        Assert.InRange(samples[^1], 29_990, 30_000);
        for (int i = 1; i < samples.Length; i++)
            Assert.InRange(samples[i] - samples[i - 1], 0, 300);
        Array.Fill(samples, (short)-30000);
        Fade.Out(samples);
        Assert.InRange(samples[^1], -10, 0);
        short[] mixed = new short[100];
        Fade.Cross([.. Enumerable.Repeat((short)1000, 100)], [.. Enumerable.Repeat((short)1000, 100)], mixed);
        Assert.All(mixed, s => Assert.Equal(1000, s));
    }

    [Fact]
    public void The_ring_buffer_keeps_order_and_refuses_what_does_not_fit()
    {
        PcmRingBuffer ring = new(1000);
        Assert.Equal(1024, ring.Capacity);
        SeededRandom random = new(3);
        short next = 0;
        short expected = 0;
        short[] piece = new short[700];
        for (int round = 0; round < 2000; round++)
        {
            int offered = random.Next(700);
            for (int i = 0; i < offered; i++)
                piece[i] = (short)(next + i);
            int taken = ring.Write(piece.AsSpan(0, offered));
            Assert.Equal(Math.Min(offered, taken), taken);
            next += (short)taken;
            int read = ring.Read(piece.AsSpan(0, random.Next(700)));
            for (int i = 0; i < read; i++)
                Assert.Equal(expected++, piece[i]);
        }

        Assert.True(ring.Refused > 0);
        int waiting = ring.Count;
        Assert.Equal(waiting, ring.Clear());
        Assert.Equal(0, ring.Count);
    }

    [Fact]
    public async Task The_ring_buffer_passes_every_sample_between_two_threads()
    {
        PcmRingBuffer ring = new(256);
        const int Total = 300_000;
        Task producer = Task.Run(
            () =>
            {
                short[] one = new short[37];
                for (int sent = 0; sent < Total;)
                {
                    int count = Math.Min(one.Length, Total - sent);
                    for (int i = 0; i < count; i++)
                        one[i] = (short)(sent + i);
                    int taken = ring.Write(one.AsSpan(0, count));
                    sent += taken;
                    if (taken == 0)
                        Thread.Yield();
                }
            },
            TestContext.Current.CancellationToken);
        short[] piece = new short[53];
        for (int received = 0; received < Total;)
        {
            int count = ring.Read(piece);
            for (int i = 0; i < count; i++)
                Assert.Equal((short)(received + i), piece[i]);
            received += count;
            if (count == 0)
                Thread.Yield();
        }

        await producer;
    }
}
