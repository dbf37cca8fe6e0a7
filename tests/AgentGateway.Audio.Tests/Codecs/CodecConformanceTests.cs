using System.Runtime.InteropServices;
using AgentGateway.Audio.Codecs;
using AgentGateway.Testing;

namespace AgentGateway.Audio.Tests.Codecs;

/// <summary>
/// G.711 against the tables of the recommendation, G.722 against an implementation that passes the ITU's test sequences, and both against the
/// files of the ITU-T Software Tool Library (G.191) where they are: their licence keeps them out of this repository.
/// </summary>
public sealed class CodecConformanceTests
{
    /// <summary>Names a folder with src/g711/test_data and src/g722/test_data of github.com/openitu/STL, all files in one place.</summary>
    private const string VectorsVariable = "AGENTGATEWAY_ITU_VECTORS";

    // Table 2a/G.711: the ends of the segments, 14 bits; sixteen intervals each but the first, which has one half as wide.
    private static readonly int[] MuSegments = [0, 31, 95, 223, 479, 991, 2015, 4063, 8159];

    // Table 1a/G.711: the ends of the segments, 13 bits; sixteen intervals each but the first two, which are one of thirty-two.
    private static readonly int[] ASegments = [0, 32, 64, 128, 256, 512, 1024, 2048, 4096];

    [Fact]
    public void All_256_codes_of_mu_law_have_the_values_of_table_2_and_all_65536_samples_fall_into_their_interval()
    {
        for (int number = 0; number < 128; number++)
        {
            (int from, int to) = MuInterval(number);
            int output = number == 0 ? 0 : (from + to) / 2;
            byte positive = (byte)(0xFF - number);
            Assert.Equal(output * 4, G711.FromMu(positive));
            Assert.Equal(-output * 4, G711.FromMu((byte)(positive & 0x7F)));
            for (int sample = from * 4; sample < to * 4; sample++)
            {
                // The negative half is the mirror of the positive one: -1 belongs to the first interval below zero.
                Assert.Equal(positive, G711.ToMu((short)sample));
                Assert.Equal(positive & 0x7F, G711.ToMu((short)~sample));
            }
        }

        // What is louder than the last decision value.
        Assert.Equal((0x80, 0x00), (G711.ToMu(short.MaxValue), G711.ToMu(short.MinValue)));
    }

    [Fact]
    public void All_256_codes_of_A_law_have_the_values_of_table_1_and_all_65536_samples_fall_into_their_interval()
    {
        for (int number = 0; number < 128; number++)
        {
            int segment = number / 16;
            int step = segment < 2 ? 2 : 2 << (segment - 1);
            int from = ASegments[segment] + (number % 16 * step);
            byte positive = (byte)((number | 0x80) ^ 0x55);
            Assert.Equal(((2 * from) + step) * 4, G711.FromA(positive));
            Assert.Equal(((2 * from) + step) * -4, G711.FromA((byte)(positive & 0x7F)));
            for (int sample = from * 8; sample < (from + step) * 8; sample++)
            {
                Assert.Equal(positive, G711.ToA((short)sample));
                Assert.Equal(positive & 0x7F, G711.ToA((short)~sample));
            }
        }
    }

    public static TheoryData<string> Signals722 => ["speech", "noise", "loud noise", "sweep", "steps", "silence"];

    [Theory]
    [MemberData(nameof(Signals722))]
    public void G722_encodes_bit_by_bit_like_an_implementation_checked_with_the_ITUs_sequences(string name)
    {
        short[] pcm = Signal(name);
        byte[] expected = LibSpanDsp.Encode(pcm);
        byte[] actual = new byte[expected.Length];
        new G722Coder().Encode(pcm, actual);
        Assert.Equal(-1, FirstDifference<byte>(expected, actual));
    }

    [Theory]
    [MemberData(nameof(Signals722))]
    [InlineData("random bytes")]
    public void G722_decodes_bit_by_bit_like_an_implementation_checked_with_the_ITUs_sequences(string name)
    {
        byte[] bytes = new byte[80_000];
        new SeededRandom(722).Fill(bytes);
        if (name != "random bytes")
            bytes = LibSpanDsp.Encode(Signal(name));
        short[] expected = LibSpanDsp.Decode(bytes);
        short[] actual = new short[expected.Length];
        new G722Coder().Decode(bytes, actual);

        // Ours limits what is too loud, as the recommendation says; this version of theirs lets it wrap round.
        int limited = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            if (expected[i] != actual[i] && actual[i] is short.MaxValue or short.MinValue)
                limited++;
            else
                Assert.True(expected[i] == actual[i], $"sample {i}: {expected[i]} and {actual[i]}");
        }

        Assert.InRange(limited, 0, name is "speech" or "noise" or "silence" ? 0 : expected.Length / 4);
    }

    [Fact]
    public void The_Software_Tool_Librarys_vectors_of_G711_and_G722_come_out_bit_by_bit()
    {
        string? folder = Environment.GetEnvironmentVariable(VectorsVariable);
        Assert.SkipUnless(folder is not null, $"{VectorsVariable} names no folder.");

        short[] speech = Words("inpsp.bin");
        byte[] code = [.. Words("codspw.cod").Select(word => (byte)word)];
        byte[] encoded = new byte[code.Length];
        new G722Coder().Encode(speech, encoded);
        Assert.Equal(-1, FirstDifference<byte>(code, encoded));
        short[] decoded = new short[code.Length * 2];
        new G722Coder().Decode(code, decoded);
        Assert.Equal(-1, FirstDifference<short>(Words("outsp1.bin"), decoded));

        // Every one of 65536 samples, and what comes back.
        short[] sweep = Words("sweep.src");
        Assert.Equal(-1, FirstDifference<short>(Words("sweep-r.a"), [.. sweep.Select(s => (short)G711.ToA(s))]));
        Assert.Equal(-1, FirstDifference<short>(Words("sweep-r.u"), [.. sweep.Select(s => (short)G711.ToMu(s))]));
        Assert.Equal(-1, FirstDifference<short>(Words("sweep-r.rea"), [.. sweep.Select(s => G711.FromA(G711.ToA(s)))]));
        Assert.Equal(-1, FirstDifference<short>(Words("sweep-r.reu"), [.. sweep.Select(s => G711.FromMu(G711.ToMu(s)))]));

        short[] Words(string name) => MemoryMarshal.Cast<byte, short>(File.ReadAllBytes(Path.Combine(folder!, name))).ToArray();
    }

    private static (int From, int To) MuInterval(int number)
    {
        // Number 0 reaches from 0 to 1; each further one of the first segment is two wide.
        if (number == 0)
            return (0, 1);
        int segment = number / 16;
        int step = 2 << segment;
        int from = segment == 0 ? (2 * number) - 1 : MuSegments[segment] + (number % 16 * step);
        return (from, from + step);
    }

    private static short[] Signal(string name)
    {
        var random = new SeededRandom(11);
        return name switch
        {
            "speech" => Speech(),
            "noise" => Signals.Noise(random, 4, 16_000, 0.05),
            "loud noise" => Signals.Noise(random, 4, 16_000, 0.8),
            "sweep" => [.. Enumerable.Range(0, 64_000).Select(i => (short)(32767 * Math.Sin(Math.PI * i * (double)i / 128_000)))],
            "steps" => [.. Enumerable.Range(0, 64_000).Select(i => i / 331 % 3 == 0 ? short.MaxValue : i / 331 % 3 == 1 ? short.MinValue : (short)(random.Next(7) - 3))],
            _ => new short[32_000],
        };
    }

    private static short[] Speech()
    {
        short[] pcm = WavReader.ReadAllMono(Recordings.Get("librispeech/ls-1089-134691-0001.wav").Path, out int rate);
        Assert.Equal(16_000, rate);
        return pcm[..(pcm.Length / 2 * 2)];
    }

    private static int FirstDifference<T>(ReadOnlySpan<T> expected, ReadOnlySpan<T> actual)
        where T : IEquatable<T>
    {
        int common = expected.CommonPrefixLength(actual);
        return common == expected.Length && common == actual.Length ? -1 : common;
    }
}
