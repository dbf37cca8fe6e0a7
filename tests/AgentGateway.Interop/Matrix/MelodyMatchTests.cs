using AgentGateway.Audio;

namespace AgentGateway.Interop.Matrix;

/// <summary>The measure itself: a bound proves something only if the wrong sound stays below it.</summary>
public sealed class MelodyMatchTests
{
    [Fact]
    public void A_tune_is_found_where_it_is_although_it_went_through_the_codec()
    {
        var melody = new Melody(1, 18);
        short[] pcm = [.. new short[Melody.Rate / 2], .. melody.Render(), .. new short[Melody.Rate / 2]];

        (double correlation, TimeSpan at) = MelodyMatch.Find(melody, ThroughOpus(pcm), Melody.Rate);

        Assert.InRange(correlation, 0.95, 1);
        Assert.InRange(at.TotalMilliseconds, 480, 520);
    }

    [Fact]
    public void A_playout_that_skips_and_stretches_is_forgiven()
    {
        var melody = new Melody(1, 18);
        List<short> pcm = [.. melody.Render(), .. new short[Melody.Rate]];
        pcm.RemoveRange(60_000, 960);
        pcm.RemoveRange(45_000, 960);
        pcm.InsertRange(20_000, pcm.GetRange(19_040, 960));

        Assert.InRange(MelodyMatch.Find(melody, pcm.ToArray(), Melody.Rate).Correlation, 0.8, 1);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Another_tune_is_not_it(ulong seed)
    {
        short[] pcm = [.. new short[Melody.Rate / 2], .. new Melody(seed, 18).Render(), .. new short[Melody.Rate / 2]];

        (double correlation, _) = MelodyMatch.Find(new Melody(1, 18), pcm, Melody.Rate);

        Assert.InRange(correlation, -1, 0.4);
    }

    [Fact]
    public void Silence_and_a_recording_that_is_too_short_are_not_it()
    {
        var melody = new Melody(1, 18);
        Assert.InRange(MelodyMatch.Find(melody, new short[Melody.Rate * 3], Melody.Rate).Correlation, -1, 0);
        Assert.InRange(MelodyMatch.Find(melody, melody.Render().AsSpan(0, Melody.Rate), Melody.Rate).Correlation, -1, 0);
    }

    private static short[] ThroughOpus(short[] pcm)
    {
        using IOpusEncoder encoder = LibOpusCodec.Instance.CreateEncoder(new OpusEncoderOptions());
        using IOpusDecoder decoder = LibOpusCodec.Instance.CreateDecoder();
        short[] result = new short[pcm.Length];
        byte[] packet = new byte[1275];
        for (int at = 0; at + 960 <= pcm.Length; at += 960)
        {
            int length = encoder.Encode(pcm.AsSpan(at, 960), packet);
            Assert.Equal(OpusStatus.Ok, decoder.Decode(packet.AsSpan(0, length), result.AsSpan(at, 960), out _));
        }

        return result;
    }
}
