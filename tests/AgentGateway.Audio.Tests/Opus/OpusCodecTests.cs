using AgentGateway.Testing;

namespace AgentGateway.Audio.Tests.Opus;

public sealed class OpusCodecTests
{
    private const int Frame = AudioFormat.FrameSamples;

    [Fact]
    public void Both_native_libraries_load()
    {
        Assert.True(AudioNativeLibraries.TryLoad(out string? problem), problem);
        Assert.StartsWith("libopus", LibOpusCodec.Version, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("opus", "libopus0")]
    [InlineData("speexdsp", "libspeexdsp1")]
    public void A_missing_library_is_answered_with_the_package_to_install(string library, string package) =>
        Assert.Contains($"apt-get install {package}", AudioNativeLibraries.MissingMessage(library), StringComparison.Ordinal);

    [Theory]
    [InlineData(300)]
    [InlineData(1000)]
    [InlineData(3000)]
    public void A_tone_survives_with_a_good_signal_to_noise_ratio(double frequency)
    {
        short[] input = Signals.Sine(frequency, 2);
        (short[] output, int lookahead) = RoundTrip(input, new OpusEncoderOptions { Bitrate = 32_000, ExpectedLossPercent = 0 });
        double share = Signals.ToneShareDb(output.AsSpan(Frame * 10 + lookahead, Frame * 50), frequency, AudioFormat.SampleRate);
        Assert.True(share > -1, $"The tone holds {share:F2} dB of the output.");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(10)]
    public void Speech_correlates_with_the_input_after_the_stated_lookahead(int complexity)
    {
        short[] input = Signals.Recording("librispeech/ls-1089-134691-0001.wav");
        (short[] output, int lookahead) = RoundTrip(input, new OpusEncoderOptions { Complexity = complexity, Bitrate = 32_000 });
        (int delay, double correlation) = Signals.Align(input.AsSpan(0, Frame * 100), output, 960);
        Assert.True(correlation > 0.85, $"correlation {correlation:F3}");
        Assert.InRange(delay, lookahead - 60, lookahead + 60);
    }

    [Fact]
    public void The_bitrate_is_about_the_one_asked_for()
    {
        short[] input = Signals.Recording("librispeech/ls-1089-134686-0000.wav");
        using IOpusEncoder encoder = LibOpusCodec.Instance.CreateEncoder(new OpusEncoderOptions { Bitrate = 24_000 });
        int bytes = 0;
        byte[] packet = new byte[1500];
        for (int i = 0; i + Frame <= input.Length; i += Frame)
            bytes += encoder.Encode(input.AsSpan(i, Frame), packet);
        double rate = bytes * 8.0 * AudioFormat.SampleRate / input.Length;
        Assert.InRange(rate, 15_000, 30_000);
    }

    [Fact]
    public void Settings_reach_the_encoder_through_the_variadic_call()
    {
        short[] input = Signals.Voice(2);
        Assert.True(Total(64_000) > 2 * Total(12_000));

        int Total(int bitrate)
        {
            using IOpusEncoder encoder = LibOpusCodec.Instance.CreateEncoder(new OpusEncoderOptions { Bitrate = 100_000, ExpectedLossPercent = 0 });
            encoder.Bitrate = bitrate;
            int total = 0;
            byte[] packet = new byte[1500];
            for (int i = 0; i + Frame <= input.Length; i += Frame)
                total += encoder.Encode(input.AsSpan(i, Frame), packet);
            return total;
        }
    }

    [Theory]
    [InlineData(4_000)]
    [InlineData(8_000)]
    [InlineData(12_000)]
    public void The_coded_bandwidth_is_limited_as_asked(int hertz)
    {
        byte[][] packets = Encode(Signals.Noise(new SeededRandom(1), 1), new OpusEncoderOptions { Bitrate = 64_000, MaxBandwidthHz = hertz });
        Assert.All(packets, p => Assert.True(OpusPacket.TryParse(p, out OpusPacketInfo info) && info.BandwidthHz <= hertz));
        Assert.Throws<ArgumentOutOfRangeException>(() => new OpusEncoder(new OpusEncoderOptions { MaxBandwidthHz = 9_000 }));
    }

    [Fact]
    public void Silence_with_dtx_becomes_frames_that_need_not_be_sent()
    {
        using IOpusEncoder encoder = LibOpusCodec.Instance.CreateEncoder(new OpusEncoderOptions { Dtx = true });
        byte[] packet = new byte[1500];
        short[] voice = Signals.Voice(1);
        for (int i = 0; i + Frame <= voice.Length; i += Frame)
            encoder.Encode(voice.AsSpan(i, Frame), packet);
        int dtx = 0;
        short[] silence = new short[Frame];
        for (int i = 0; i < 100; i++)
        {
            int length = encoder.Encode(silence, packet);
            if (length <= IOpusEncoder.MaxDtxBytes)
            {
                dtx++;
                Assert.True(OpusPacket.TryParse(packet.AsSpan(0, length), out OpusPacketInfo info));
                Assert.True(info.IsDtx);
            }
        }

        Assert.InRange(dtx, 70, 99);
    }

    [Fact]
    public void Without_dtx_silence_is_still_sent()
    {
        using IOpusEncoder encoder = LibOpusCodec.Instance.CreateEncoder(new OpusEncoderOptions());
        byte[] packet = new byte[1500];
        for (int i = 0; i < 50; i++)
            Assert.True(encoder.Encode(new short[Frame], packet) > IOpusEncoder.MaxDtxBytes);
    }

    [Fact]
    public void Forward_error_correction_beats_concealment()
    {
        short[] input = Signals.Recording("librispeech/ls-1089-134686-0000.wav");
        OpusEncoderOptions options = new() { Bitrate = 32_000, InbandFec = true, ExpectedLossPercent = 20 };
        byte[][] packets = Encode(input, options);
        Assert.True(packets.Count(p => OpusPacket.TryParse(p, out OpusPacketInfo info) && info.HasFec) > packets.Length / 3);

        (short[] clean, _) = DecodeWithLoss(packets, int.MaxValue, useFec: false);
        (short[] recovered, int missing) = DecodeWithLoss(packets, 5, useFec: true);
        (short[] concealed, _) = DecodeWithLoss(packets, 5, useFec: false);
        double withFec = MissingFramesSnr(clean, recovered, 5);
        double withoutFec = MissingFramesSnr(clean, concealed, 5);
        Assert.True(missing > 50);
        Assert.True(withFec > withoutFec + 3, $"FEC {withFec:F1} dB, concealment {withoutFec:F1} dB in the missing frames");
    }

    [Fact]
    public void Stereo_packets_are_mixed_down()
    {
        // A CELT-only stereo TOC (config 31: fullband 20 ms) with an empty frame is a valid packet.
        using IOpusDecoder decoder = LibOpusCodec.Instance.CreateDecoder();
        short[] pcm = new short[AudioFormat.MaxPacketSamples];
        Assert.Equal(OpusStatus.Ok, decoder.Decode([0xFC], pcm, out int samples));
        Assert.Equal(Frame, samples);
    }

    [Fact]
    public void Packets_of_any_content_give_a_status_and_never_more_samples_than_fit()
    {
        SeededRandom random = new(20250101);
        using IOpusDecoder decoder = LibOpusCodec.Instance.CreateDecoder();
        short[] pcm = new short[AudioFormat.MaxPacketSamples];
        byte[] packet = new byte[1500];
        int accepted = 0;
        for (int i = 0; i < 20_000; i++)
        {
            int length = random.Next(i % 3 == 0 ? 1500 : 40);
            random.Fill(packet.AsSpan(0, length));
            bool parsed = OpusPacket.TryParse(packet.AsSpan(0, length), out OpusPacketInfo info);
            OpusStatus status = decoder.Decode(packet.AsSpan(0, length), pcm, out int samples);
            Assert.True(parsed || status != OpusStatus.Ok, $"{random}: packet {i} was refused by the parser but decoded");
            if (status == OpusStatus.Ok)
            {
                accepted++;
                Assert.True(info.Samples == samples, $"{random}: packet {i} has {info.Samples} samples by its header, {samples} decoded");
            }
        }

        Assert.True(accepted > 1000);
    }

    [Fact]
    public void Misuse_is_answered_with_a_status_or_an_argument_exception()
    {
        using IOpusDecoder decoder = LibOpusCodec.Instance.CreateDecoder();
        short[] pcm = new short[Frame];
        Assert.Equal(OpusStatus.InvalidPacket, decoder.Decode([], pcm, out _));
        Assert.Equal(OpusStatus.BufferTooSmall, decoder.Decode([0xFC, 0, 0], pcm.AsSpan(0, 100), out _));
        Assert.Equal(OpusStatus.BufferTooSmall, decoder.Conceal(pcm.AsSpan(0, 100)));
        Assert.Equal(OpusStatus.BufferTooSmall, decoder.DecodeFec([0xFC], default));
        using IOpusEncoder encoder = LibOpusCodec.Instance.CreateEncoder(new OpusEncoderOptions());
        Assert.Throws<ArgumentException>(() => encoder.Encode(new short[100], new byte[100]));
        Assert.Throws<ArgumentException>(() => encoder.Encode(pcm, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => encoder.Bitrate = 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => new OpusEncoder(new OpusEncoderOptions { Complexity = 11 }));
    }

    [Fact]
    public void A_disposed_codec_refuses_work()
    {
        IOpusDecoder decoder = LibOpusCodec.Instance.CreateDecoder();
        decoder.Dispose();
        Assert.Throws<ObjectDisposedException>(() => decoder.Conceal(new short[Frame]));
    }

    [Fact]
    public void Nothing_is_allocated_per_frame()
    {
        using IOpusEncoder encoder = LibOpusCodec.Instance.CreateEncoder(new OpusEncoderOptions());
        using IOpusDecoder decoder = LibOpusCodec.Instance.CreateDecoder();
        short[] pcm = Signals.Voice(0.02);
        short[] output = new short[AudioFormat.MaxPacketSamples];
        byte[] packet = new byte[1500];
        Work();
        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int i = 0; i < 100; i++)
                Work();
        }));

        void Work()
        {
            int length = encoder.Encode(pcm, packet);
            decoder.Decode(packet.AsSpan(0, length), output, out _);
            decoder.DecodeFec(packet.AsSpan(0, length), output.AsSpan(0, Frame));
            decoder.Conceal(output.AsSpan(0, Frame));
        }
    }

    private static byte[][] Encode(short[] input, OpusEncoderOptions options)
    {
        using IOpusEncoder encoder = LibOpusCodec.Instance.CreateEncoder(options);
        byte[] packet = new byte[1500];
        return [.. Enumerable.Range(0, input.Length / Frame).Select(i => packet[..encoder.Encode(input.AsSpan(i * Frame, Frame), packet)])];
    }

    private static (short[] Output, int Lookahead) RoundTrip(short[] input, OpusEncoderOptions options)
    {
        using IOpusEncoder encoder = LibOpusCodec.Instance.CreateEncoder(options);
        return (DecodeWithLoss(Encode(input, options), int.MaxValue, false).Output, encoder.LookaheadSamples);
    }

    private static (short[] Output, int Missing) DecodeWithLoss(byte[][] packets, int every, bool useFec)
    {
        using IOpusDecoder decoder = LibOpusCodec.Instance.CreateDecoder();
        short[] output = new short[packets.Length * Frame];
        int missing = 0;
        for (int i = 0; i < packets.Length; i++)
        {
            Span<short> pcm = output.AsSpan(i * Frame, Frame);
            if (i % every != every - 1 || i == packets.Length - 1)
            {
                Assert.Equal(OpusStatus.Ok, decoder.Decode(packets[i], pcm, out _));
                continue;
            }

            missing++;
            Assert.Equal(OpusStatus.Ok, useFec ? decoder.DecodeFec(packets[i + 1], pcm) : decoder.Conceal(pcm));
        }

        return (output, missing);
    }

    private static double MissingFramesSnr(short[] clean, short[] actual, int every)
    {
        double signal = 0;
        double noise = 1;
        for (int frame = every - 1; (frame + 1) * Frame <= clean.Length; frame += every)
        {
            for (int i = frame * Frame; i < (frame + 1) * Frame; i++)
            {
                signal += (double)clean[i] * clean[i];
                noise += Math.Pow(clean[i] - actual[i], 2);
            }
        }

        return 10 * Math.Log10(signal / noise);
    }
}
