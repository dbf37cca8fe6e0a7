using AgentGateway.Testing;

namespace AgentGateway.Audio.Tests.Opus;

/// <summary>Speech that was encoded before is sent as the same packets, and nobody hears where they came from.</summary>
public sealed class CachingOpusCodecTests
{
    private const int Frame = AudioFormat.FrameSamples;

    private static readonly string[] Recordings =
        ["librispeech/ls-1089-134691-0001.wav", "librispeech/ls-1089-134686-0000.wav", "librispeech/ls-1089-134691-0000.wav"];

    [Fact]
    public void A_phrase_is_encoded_once_and_its_packets_are_those_of_a_fresh_encoder()
    {
        short[] phrase = Signals.Recording(Recordings[0]);
        byte[][] expected = Encode(LibOpusCodec.Instance, phrase);
        var codec = new CachingOpusCodec(LibOpusCodec.Instance);

        Assert.Equal(expected, Encode(codec, phrase));
        Assert.Equal(expected, Encode(codec, phrase));
        Assert.Equal(expected, Encode(codec, phrase));

        Assert.Equal(expected.Length, codec.FramesEncoded);
        Assert.Equal(expected.Length * 2, codec.FramesReused);
    }

    [Fact]
    public void After_a_reset_a_phrase_is_found_whatever_was_said_before()
    {
        short[] phrase = Signals.Voice(1);
        var codec = new CachingOpusCodec(LibOpusCodec.Instance);
        Encode(codec, phrase);
        using IOpusEncoder encoder = codec.CreateEncoder(new OpusEncoderOptions());
        Encode(encoder, Signals.Recording(Recordings[1]));
        long reused = codec.FramesReused;

        encoder.Reset();
        byte[][] packets = Encode(encoder, phrase);

        Assert.Equal(Encode(LibOpusCodec.Instance, phrase), packets);
        Assert.Equal(50, codec.FramesReused - reused);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(10, 0)]
    [InlineData(10, 10)]
    [InlineData(25, 5)]
    public void A_reset_encoder_makes_the_packets_of_a_new_one_with_forward_error_correction_too(int lossBefore, int loss)
    {
        OpusEncoderOptions options = new() { ExpectedLossPercent = loss };
        foreach (string recording in Recordings)
        {
            short[] phrase = Signals.Recording(recording);
            using IOpusEncoder encoder = LibOpusCodec.Instance.CreateEncoder(options with { ExpectedLossPercent = lossBefore });
            Encode(encoder, Signals.Recording(Recordings[1]));
            encoder.ExpectedLossPercent = loss;

            encoder.Reset();

            Assert.Equal(loss, encoder.ExpectedLossPercent);
            Assert.Equal(Encode(LibOpusCodec.Instance, phrase, options), Encode(encoder, phrase));
        }
    }

    [Theory]
    [InlineData(16_000, 0)]
    [InlineData(28_000, 10)]
    public void Packets_of_other_settings_are_not_taken(int bitrate, int loss)
    {
        short[] phrase = Signals.Voice(1);
        var codec = new CachingOpusCodec(LibOpusCodec.Instance);
        Encode(codec, phrase);

        OpusEncoderOptions options = new() { Bitrate = bitrate, ExpectedLossPercent = loss };
        byte[][] packets = Encode(codec, phrase, options);

        Assert.Equal(Encode(LibOpusCodec.Instance, phrase, options), packets);
        Assert.Equal(0, codec.FramesReused);
    }

    [Fact]
    public void Settings_that_change_within_a_phrase_are_followed_from_there()
    {
        short[] phrase = Signals.Voice(1);
        var codec = new CachingOpusCodec(LibOpusCodec.Instance);
        Encode(codec, phrase);
        using IOpusEncoder encoder = codec.CreateEncoder(new OpusEncoderOptions());

        Encode(encoder, phrase.AsSpan(0, 20 * Frame));
        encoder.ExpectedLossPercent = 20;
        byte[][] rest = Encode(encoder, phrase.AsSpan(20 * Frame));

        Assert.Equal(20, codec.FramesReused);
        Assert.Contains(rest, p => OpusPacket.TryParse(p, out OpusPacketInfo info) && info.HasFec);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void An_encoder_that_missed_a_few_frames_catches_up_exactly(int cached)
    {
        short[] phrase = Signals.Recording(Recordings[0]);
        var codec = new CachingOpusCodec(LibOpusCodec.Instance);
        Encode(codec, phrase.AsSpan(0, cached * Frame));

        byte[][] packets = Encode(codec, phrase);

        Assert.Equal(Encode(LibOpusCodec.Instance, phrase), packets);
        Assert.Equal(cached, codec.FramesReused);
    }

    [Fact]
    public void Where_speech_goes_on_differently_nobody_hears_the_join()
    {
        // The same opening, then other words: at many places of several recordings the decoded sound is compared with that of a stream which was encoded
        // throughout. The unavoidable difference of two encoders is measured as well: one that was reset before the place and begins there.
        foreach (string recording in Recordings)
        {
            short[] opening = Signals.Recording(recording);
            short[] other = Signals.Recording(Recordings[(Array.IndexOf(Recordings, recording) + 1) % Recordings.Length]);
            int frames = Math.Min(opening.Length, other.Length) / Frame;
            for (int join = 10; join + 25 <= frames; join += 20)
            {
                short[] said = [.. opening.AsSpan(0, join * Frame), .. other.AsSpan(join * Frame, 25 * Frame)];
                var codec = new CachingOpusCodec(LibOpusCodec.Instance);
                Encode(codec, opening.AsSpan(0, join * Frame));

                byte[][] sent = Encode(codec, said);
                Assert.Equal(join, codec.FramesReused);

                short[] heard = Decode(sent);
                short[] reference = Decode(Encode(LibOpusCodec.Instance, said));
                Range rest = (join * Frame)..((join + 25) * Frame);
                double fidelity = Signals.Snr(said.AsSpan(rest), Delayed(heard, rest));
                double best = Signals.Snr(said.AsSpan(rest), Delayed(reference, rest));
                Assert.True(fidelity > best - 1.5, $"{recording} at {join}: {fidelity:F1} dB instead of {best:F1} dB");
                int step = LargestStep(heard, join);
                int usual = Math.Max(LargestStep(reference, join), LargestStep(said, join));
                Assert.True(step <= (usual * 3 / 2) + 300, $"{recording} at {join}: a step of {step} where {usual} is usual");
            }
        }
    }

    [Fact]
    public void What_follows_an_approximation_is_not_given_to_others()
    {
        short[] opening = Signals.Recording(Recordings[0]).AsSpan(0, 30 * Frame).ToArray();
        short[] said = [.. opening, .. Signals.Recording(Recordings[1]).AsSpan(0, 30 * Frame)];
        var codec = new CachingOpusCodec(LibOpusCodec.Instance);
        Encode(codec, opening);
        Encode(codec, said);
        long reused = codec.FramesReused;

        Encode(codec, said);

        Assert.Equal(30, codec.FramesReused - reused);
    }

    [Fact]
    public void The_cache_is_bounded_and_forgets_what_was_not_asked_for()
    {
        short[] used = Signals.Recording(Recordings[0]).AsSpan(0, 20 * Frame).ToArray();
        short[] unused = Signals.Recording(Recordings[1]).AsSpan(0, 20 * Frame).ToArray();
        var codec = new CachingOpusCodec(LibOpusCodec.Instance, 16 << 10);
        Encode(codec, used);
        Encode(codec, unused);
        var random = new SeededRandom(5);
        for (int i = 0; i < 40; i++)
        {
            Encode(codec, Signals.Noise(random, 0.5));
            Encode(codec, used);
        }

        long before = codec.FramesReused;
        Encode(codec, used);
        Assert.Equal(20, codec.FramesReused - before);
        before = codec.FramesReused;
        Encode(codec, unused);
        Assert.Equal(0, codec.FramesReused - before);
    }

    [Fact]
    public void Many_threads_share_it()
    {
        short[][] phrases = [.. Enumerable.Range(0, 6).Select(i => Signals.Sine(200 + (100 * i), 0.4))];
        byte[][][] expected = [.. phrases.Select(p => Encode(LibOpusCodec.Instance, p))];

        // So small that packets are overwritten while others read them.
        var codec = new CachingOpusCodec(LibOpusCodec.Instance, 4 << 10);

        Parallel.For(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i =>
        {
            using IOpusEncoder encoder = codec.CreateEncoder(new OpusEncoderOptions());
            byte[][] packets = Encode(encoder, phrases[i % 6]);
            Assert.Equal(20, packets.Length);
            Assert.All(packets, p => Assert.True(OpusPacket.TryParse(p, out _)));
            Assert.Equal(expected[i % 6][0], packets[0]);
        });

        Assert.Equal(200 * 20, codec.FramesEncoded + codec.FramesReused);
    }

    [Fact]
    public void Nothing_is_allocated_per_frame()
    {
        short[] phrase = Signals.Voice(1);
        var codec = new CachingOpusCodec(LibOpusCodec.Instance);
        using IOpusEncoder encoder = codec.CreateEncoder(new OpusEncoderOptions());
        byte[] packet = new byte[1500];
        int rounds = 0;
        Say();
        Say();
        Assert.Equal(0, Allocations.Least(Say));
        Assert.Equal(50 * (rounds - 1), codec.FramesReused);

        void Say()
        {
            rounds++;
            encoder.Reset();
            for (int i = 0; i < 50; i++)
                encoder.Encode(phrase.AsSpan(i * Frame, Frame), packet);
        }
    }

    private static byte[][] Encode(IOpusCodec codec, ReadOnlySpan<short> pcm, OpusEncoderOptions? options = null)
    {
        using IOpusEncoder encoder = codec.CreateEncoder(options ?? new OpusEncoderOptions());
        return Encode(encoder, pcm);
    }

    private static byte[][] Encode(IOpusEncoder encoder, ReadOnlySpan<short> pcm)
    {
        byte[] packet = new byte[1500];
        byte[][] packets = new byte[pcm.Length / Frame][];
        for (int i = 0; i < packets.Length; i++)
            packets[i] = packet[..encoder.Encode(pcm.Slice(i * Frame, Frame), packet)];
        return packets;
    }

    private static short[] Decode(byte[][] packets)
    {
        using IOpusDecoder decoder = LibOpusCodec.Instance.CreateDecoder();
        short[] pcm = new short[packets.Length * Frame];
        short[] frame = new short[AudioFormat.MaxPacketSamples];
        for (int i = 0; i < packets.Length; i++)
        {
            Assert.Equal(OpusStatus.Ok, decoder.Decode(packets[i], frame, out int samples));
            frame.AsSpan(0, samples).CopyTo(pcm.AsSpan(i * Frame));
        }

        return pcm;
    }

    // The decoder's output lags by the encoder's lookahead.
    private static ReadOnlySpan<short> Delayed(short[] heard, Range range)
    {
        (int start, int length) = range.GetOffsetAndLength(heard.Length);
        using IOpusEncoder encoder = LibOpusCodec.Instance.CreateEncoder(new OpusEncoderOptions());
        int lookahead = encoder.LookaheadSamples;
        return heard.AsSpan(start + lookahead, length - lookahead);
    }

    // The largest difference of neighbouring samples in the 40 ms around a join.
    private static int LargestStep(short[] pcm, int join)
    {
        int largest = 0;
        for (int i = (join * Frame) - Frame; i < (join + 1) * Frame; i++)
            largest = Math.Max(largest, Math.Abs(pcm[i] - pcm[i - 1]));
        return largest;
    }
}
