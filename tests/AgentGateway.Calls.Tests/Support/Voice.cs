using AgentGateway.Audio;

namespace AgentGateway.Calls.Tests.Support;

/// <summary>A voice-like sound, and how much of it is found in another.</summary>
internal static class Voice
{
    /// <summary>Harmonics of a pitch that wanders, in syllables that never repeat.</summary>
    internal static short[] Create(double seconds)
    {
        short[] samples = new short[(int)(seconds * AudioFormat.SampleRate) / 960 * 960];
        double phase = 0;
        for (int i = 0; i < samples.Length; i++)
        {
            double t = (double)i / AudioFormat.SampleRate;
            double pitch = 140 + (40 * Math.Sin(2 * Math.PI * 0.37 * t));
            phase += pitch / AudioFormat.SampleRate;
            double syllable = Math.Max(0, Math.Sin(2 * Math.PI * (2.5 + (0.2 * t)) * t));
            double value = 0;
            for (int h = 1; h <= 12; h++)
                value += Math.Sin(2 * Math.PI * h * phase) / h;
            samples[i] = (short)(6000 * syllable * value);
        }

        return samples;
    }

    internal static List<byte[]> Encode(short[] pcm)
    {
        using IOpusEncoder encoder = LibOpusCodec.Instance.CreateEncoder(new OpusEncoderOptions());
        byte[] packet = new byte[1275];
        List<byte[]> packets = [];
        for (int i = 0; i + 960 <= pcm.Length; i += 960)
            packets.Add(packet[..encoder.Encode(pcm.AsSpan(i, 960), packet)]);
        return packets;
    }

    /// <summary>What the codec makes of a sound: it keeps how it sounds, not every sample.</summary>
    internal static short[] Recode(short[] pcm)
    {
        using IOpusDecoder decoder = LibOpusCodec.Instance.CreateDecoder();
        short[] decoded = new short[pcm.Length];
        short[] frame = new short[AudioFormat.MaxPacketSamples];
        int at = 0;
        foreach (byte[] packet in Encode(pcm))
        {
            Assert.Equal(OpusStatus.Ok, decoder.Decode(packet, frame, out int samples));
            frame.AsSpan(0, samples).CopyTo(decoded.AsSpan(at));
            at += samples;
        }

        return decoded;
    }

    /// <summary>
    /// How alike two sounds are: the mean over pieces of 300 ms of the highest correlation, each over delays of up to
    /// <paramref name="maxDelay"/> of its own, because a jitter buffer moves sound in time. Pieces without sound do not count.
    /// </summary>
    internal static (double Correlation, TimeSpan Delay) Find(short[] said, short[] heard, TimeSpan maxDelay)
    {
        const int piece = 14_400;
        double sum = 0;
        int pieces = 0;
        int delays = 0;
        for (int from = 0; from + piece <= said.Length; from += piece)
        {
            ReadOnlySpan<short> part = said.AsSpan(from, piece);
            if (AudioLevel.Rms(part) < 0.02f)
                continue;
            (double correlation, int delay) = FindPiece(part, heard.AsSpan(Math.Min(from, heard.Length)), (int)AudioFormat.ToSamples(maxDelay));
            sum += correlation;
            delays += delay;
            pieces++;
        }

        return (sum / pieces, AudioFormat.ToDuration(delays / pieces));
    }

    private static (double Correlation, int Delay) FindPiece(ReadOnlySpan<short> said, ReadOnlySpan<short> heard, int maxDelay)
    {
        // The voice has nothing above 2.2 kHz: a sixth of the samples holds all of it.
        const int step = 6;
        (double Correlation, int Delay) best = (-1, 0);
        for (int delay = 0; delay < maxDelay; delay += step)
        {
            double cross = 0, power = 0, total = 0;
            for (int i = 0; i < said.Length && i + delay < heard.Length; i += step)
            {
                cross += (double)said[i] * heard[i + delay];
                power += (double)said[i] * said[i];
                total += (double)heard[i + delay] * heard[i + delay];
            }

            double correlation = cross / Math.Sqrt(Math.Max(1, power * total));
            if (correlation > best.Correlation)
                best = (correlation, delay);
        }

        return best;
    }
}
