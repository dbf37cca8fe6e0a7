using AgentGateway.Audio.Codecs;
using AgentGateway.Primitives;
using AgentGateway.Testing;

namespace AgentGateway.Audio.Tests.Codecs;

public sealed class TelephoneCodecTests
{
    public static TheoryData<string> Names => ["PCMU", "PCMA", "G722"];

    [Theory]
    [InlineData(0xFF, 0)]
    [InlineData(0x7F, 0)]
    [InlineData(0x80, 32124)]
    [InlineData(0x00, -32124)]
    [InlineData(0xF0, 120)]
    [InlineData(0xA5, 6652)]
    public void Mu_law_has_the_values_of_the_recommendation(int code, int sample) => Assert.Equal(sample, G711.FromMu((byte)code));

    [Theory]
    [InlineData(0xD5, 8)]
    [InlineData(0x55, -8)]
    [InlineData(0xAA, 32256)]
    [InlineData(0x2A, -32256)]
    [InlineData(0x80, 5504)]
    public void A_law_has_the_values_of_the_recommendation(int code, int sample) => Assert.Equal(sample, G711.FromA((byte)code));

    [Fact]
    public void Every_byte_of_both_laws_survives_and_every_sample_finds_its_nearest()
    {
        for (int code = 0; code < 256; code++)
        {
            // Mu-law has two zeros.
            Assert.True(G711.ToMu(G711.FromMu((byte)code)) == code || code == 0x7F, $"mu {code:X2}");
            Assert.Equal(code, G711.ToA(G711.FromA((byte)code)));
        }

        for (int sample = short.MinValue; sample <= short.MaxValue; sample += 7)
        {
            short value = (short)sample;
            int step = Math.Max(16, Math.Abs(sample) / 16);
            Assert.InRange(Math.Abs(G711.FromMu(G711.ToMu(value)) - Math.Clamp(sample, -32635, 32635)), 0, step);
            Assert.InRange(Math.Abs(G711.FromA(G711.ToA(value)) - sample), 0, step);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Speech_passes_with_the_quality_of_the_codec(string name)
    {
        short[] speech = Load(48000);
        short[] heard = Transcode(AudioCodecs.Find(name, LibOpusCodec.Instance), speech);

        // Compared at the codec's own band: what the resamplers take away is not the codec's fault.
        double snr = BestSnr(Transcode(null, speech, name == "G722" ? 16000 : 8000), heard);
        Assert.InRange(snr, name == "G722" ? 17 : 28, 60);
    }

    [Fact]
    public void G722_keeps_what_lies_above_the_telephone_band()
    {
        short[] tone = Signals.Sine(6000, 1.0);
        Assert.InRange(AudioLevel.Rms(Transcode(AudioCodecs.G722, tone).AsSpan(9600, 9600)) / AudioLevel.Rms(tone), 0.8, 1.2);
        Assert.InRange(AudioLevel.Rms(Transcode(AudioCodecs.Pcma, tone).AsSpan(9600, 9600)) / AudioLevel.Rms(tone), 0, 0.05);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_jitter_buffer_plays_them_and_conceals_what_is_lost(string name)
    {
        IAudioCodec codec = AudioCodecs.Find(name, LibOpusCodec.Instance);
        using IAudioEncoder encoder = codec.CreateEncoder();
        using var receiver = new AudioReceiver(new JitterBufferOptions(), codec);
        short[] tone = Signals.Sine(300, 2.0);
        byte[] packet = new byte[1275];
        short[] frame = new short[960];
        double least = 1;
        for (int i = 0; i < 100; i++)
        {
            int length = encoder.Encode(tone.AsSpan(i * 960, 960), packet);
            Assert.Equal(160, length);
            Instant now = Instant.FromMilliseconds(i * 20);
            if (i % 10 != 5)
                receiver.Insert(now, 1000 + i, 5000 + (i * 160L * 6), packet.AsSpan(0, length));
            receiver.Pull(now + TimeSpan.FromMilliseconds(7), frame);
            if (i > 20)
                least = Math.Min(least, AudioLevel.Rms(frame));
        }

        Assert.InRange(receiver.Statistics.Concealed, 8, 10);
        Assert.Equal(0, receiver.Statistics.DecodeErrors);

        // A tone goes on through the gaps at three quarters of its level or more.
        Assert.InRange(least, 0.5 * 0.707 * 0.75, 0.5);
    }

    [Fact]
    public void Comfort_noise_is_as_loud_as_its_packet_says_and_ends_with_the_pause()
    {
        using var receiver = new AudioReceiver(new JitterBufferOptions(), AudioCodecs.Pcmu);
        byte[] silence = new byte[160];
        Array.Fill(silence, (byte)0xFF);
        short[] frame = new short[960];
        for (int i = 0; i < 10; i++)
            receiver.Insert(Instant.FromMilliseconds(i * 20), i, i * 960, silence);
        for (int i = 0; i < 10; i++)
            receiver.Pull(Instant.FromMilliseconds((i * 20) + 40), frame);
        receiver.InsertComfortNoise(Instant.FromMilliseconds(200), 10, 9600, [50]);
        var kinds = new List<AudioFrameKind>();
        double level = 0;
        for (int i = 10; i < 30; i++)
        {
            kinds.Add(receiver.Pull(Instant.FromMilliseconds((i * 20) + 40), frame));
            level = Math.Max(level, AudioLevel.Rms(frame));
        }

        Assert.All(kinds.Skip(1), k => Assert.Equal(AudioFrameKind.ComfortNoise, k));

        // Half of the noise's band is left behind by nobody: -50 dBov, give or take a decibel and a half.
        Assert.InRange(20 * Math.Log10(level), -52.5, -48.5);
        receiver.Insert(Instant.FromMilliseconds(600), 11, 30 * 960, silence);
        for (int i = 30; i < 36; i++)
            kinds.Add(receiver.Pull(Instant.FromMilliseconds((i * 20) + 40), frame));
        Assert.Contains(AudioFrameKind.Normal, kinds.TakeLast(6));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Payloads_of_impossible_lengths_are_refused(string name)
    {
        IAudioCodec codec = AudioCodecs.Find(name, LibOpusCodec.Instance);
        Assert.False(codec.TryParse([], out _));
        Assert.False(codec.TryParse(new byte[19], out _));
        Assert.False(codec.TryParse(new byte[961], out _));
        Assert.True(codec.TryParse(new byte[80], out AudioPacketShape shape));
        Assert.Equal(480, shape.Samples);
        using IAudioDecoder decoder = codec.CreateDecoder();
        Assert.Equal(OpusStatus.BufferTooSmall, decoder.Decode(new byte[160], new short[959], out _));
        Assert.Equal(OpusStatus.InvalidPacket, decoder.Decode([], new short[960], out _));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Random_bytes_decode_to_something_and_nothing_is_allocated(string name)
    {
        IAudioCodec codec = AudioCodecs.Find(name, LibOpusCodec.Instance);
        using IAudioDecoder decoder = codec.CreateDecoder();
        using IAudioEncoder encoder = codec.CreateEncoder();
        var random = new SeededRandom(3);
        byte[] packet = new byte[160];
        short[] pcm = new short[960];
        Run(20);
        Assert.Equal(0, Allocations.Least(() => Run(500)));

        void Run(int frames)
        {
            for (int i = 0; i < frames; i++)
            {
                random.Fill(packet);
                decoder.Decode(packet, pcm, out _);
                decoder.Conceal(pcm);
                encoder.Encode(pcm, packet);
            }
        }
    }

    // What a stream is worth at another rate: down and up again, with the coder between when there is one.
    private static short[] Transcode(IAudioCodec? codec, short[] pcm, int rate = 0)
    {
        short[] output = new short[pcm.Length / 960 * 960];
        if (codec is null)
        {
            using var down = new Resampler(48000, rate);
            using var up = new Resampler(rate, 48000);
            short[] native = new short[rate / 50];
            for (int i = 0; i < output.Length; i += 960)
            {
                int samples = down.Process(pcm.AsSpan(i, 960), native);
                up.Process(native.AsSpan(0, samples), output.AsSpan(i, 960));
            }

            return output;
        }

        using IAudioEncoder encoder = codec.CreateEncoder();
        using IAudioDecoder decoder = codec.CreateDecoder();
        byte[] packet = new byte[1275];
        for (int i = 0; i < output.Length; i += 960)
        {
            int length = encoder.Encode(pcm.AsSpan(i, 960), packet);
            Assert.Equal(OpusStatus.Ok, decoder.Decode(packet.AsSpan(0, length), output.AsSpan(i, 960), out int samples));
            Assert.Equal(960, samples);
        }

        return output;
    }

    private static short[] Load(int rate)
    {
        short[] source = WavReader.ReadAllMono(Recordings.Get("librispeech/ls-1089-134691-0001.wav").Path, out int from);
        using var resampler = new Resampler(from, rate);
        short[] pcm = new short[resampler.MaxOutputLength(source.Length)];
        return pcm[..resampler.Process(source, pcm)];
    }

    // G.722's filters delay by 22 samples at 16 kHz; look for the best fit.
    private static double BestSnr(short[] reference, short[] heard)
    {
        double best = double.MinValue;
        for (int shift = 0; shift < 120; shift++)
        {
            double signal = 1;
            double noise = 1;
            for (int i = 4800; i < reference.Length - 4800; i++)
            {
                double difference = heard[i + shift] - reference[i];
                signal += (double)reference[i] * reference[i];
                noise += difference * difference;
            }

            best = Math.Max(best, 10 * Math.Log10(signal / noise));
        }

        return best;
    }
}
