using AgentGateway.Audio;
using AgentGateway.Testing;

namespace AgentGateway.Benchmarks.Audio;

/// <summary>Ten seconds of 48 kHz speech: a recording where the shared material is at hand, else something with a voice's spectrum.</summary>
internal static class Material
{
    public const int Frames = 500;

    public static short[] Speech()
    {
        short[] speech = new short[Frames * AudioFormat.FrameSamples];
        string recording = Path.Combine(TestPaths.Shared, "speech", "librispeech", "ls-1089-134686-0000.wav");
        if (File.Exists(recording))
        {
            short[] samples = WavReader.ReadAllMono(recording, out int rate);
            using Resampler resampler = new(rate, AudioFormat.SampleRate, 8);
            short[] wide = new short[resampler.MaxOutputLength(samples.Length)];
            int count = resampler.Process(samples, wide);
            for (int i = 0; i < speech.Length; i++)
                speech[i] = wide[i % count];
            return speech;
        }

        double phase = 0;
        for (int i = 0; i < speech.Length; i++)
        {
            double t = i / 48_000.0;
            phase += (140 + (30 * Math.Sin(2 * Math.PI * 0.7 * t))) / 48_000;
            double value = 0;
            for (int h = 1; h <= 20; h++)
                value += Math.Sin(2 * Math.PI * h * phase) / h;
            speech[i] = (short)(4000 * Math.Max(0, Math.Sin(6 * Math.PI * t)) * value);
        }

        return speech;
    }

    public static byte[][] Encode(short[] speech, OpusEncoderOptions options)
    {
        using IOpusEncoder encoder = LibOpusCodec.Instance.CreateEncoder(options);
        byte[] buffer = new byte[1500];
        return [.. Enumerable.Range(0, Frames).Select(i => buffer[..encoder.Encode(Frame(speech, i), buffer)])];
    }

    public static ReadOnlySpan<short> Frame(short[] speech, int index) =>
        speech.AsSpan(index % Frames * AudioFormat.FrameSamples, AudioFormat.FrameSamples);
}
