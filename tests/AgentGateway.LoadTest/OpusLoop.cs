using AgentGateway.Audio;
using AgentGateway.Conversation.Ports;
using AgentGateway.Providers.Flite;

namespace AgentGateway.LoadTest;

/// <summary>Speech encoded once and shared by all callers, so that the load tool spends no time on encoding.</summary>
internal sealed class OpusLoop
{
    /// <summary>RMS above which a frame counts as sound, of full scale: -42 dBFS.</summary>
    internal const float LoudFrame = 0.008f;

    private const int FrameSamples = 960;

    private OpusLoop(byte[][] packets, int speechFrames)
    {
        Packets = packets;
        SpeechFrames = speechFrames;
    }

    /// <summary>20 ms packets in order.</summary>
    internal byte[][] Packets { get; }

    /// <summary>Frames up to and including the last one with speech; the rest is silence.</summary>
    internal int SpeechFrames { get; }

    /// <summary>What a caller who plays the speech again and again sends as a frame; callers begin at different places.</summary>
    internal byte[] Packet(int caller, int frame) => Packets[((caller * 37) + frame) % SpeechFrames];

    /// <summary>Reads a WAV file of any rate.</summary>
    internal static OpusLoop FromWav(string path)
    {
        short[] source = WavReader.ReadAllMono(path, out int rate);
        return FromPcm(source, rate);
    }

    /// <summary>Synthesizes a sentence, with another voice than the gateway's own.</summary>
    internal static async Task<OpusLoop> FromTextAsync(string text, CancellationToken cancellationToken)
    {
        await using FliteSynthesizer synthesizer = FliteSynthesizer.Load();
        var pcm = new List<short>();
        int rate = 0;
        await foreach (SpeechAudio audio in synthesizer.SynthesizeAsync(new SpeechRequest(text, "en", "slt"), cancellationToken))
        {
            pcm.AddRange(audio.Pcm.Span);
            rate = audio.SampleRate;
        }

        return FromPcm([.. pcm], rate);
    }

    private static OpusLoop FromPcm(short[] source, int rate)
    {
        using var resampler = new Resampler(rate, 48000);
        short[] pcm = new short[resampler.MaxOutputLength(source.Length)];
        int length = resampler.Process(source, pcm);
        using IOpusEncoder encoder = LibOpusCodec.Instance.CreateEncoder(new OpusEncoderOptions { Complexity = 10, Dtx = false });
        var packets = new List<byte[]>();
        int lastSpeech = 0;
        byte[] buffer = new byte[1275];
        short[] frame = new short[FrameSamples];
        for (int at = 0; at < length; at += FrameSamples)
        {
            Array.Clear(frame);
            pcm.AsSpan(at, Math.Min(FrameSamples, length - at)).CopyTo(frame);
            packets.Add(buffer[..encoder.Encode(frame, buffer)]);
            if (AudioLevel.Rms(frame) > LoudFrame)
                lastSpeech = packets.Count;
        }

        return new OpusLoop([.. packets], lastSpeech);
    }
}
