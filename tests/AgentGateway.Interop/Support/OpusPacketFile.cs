using System.Buffers.Binary;
using AgentGateway.Audio;

namespace AgentGateway.Interop.Support;

/// <summary>
/// Opus packets of 20 ms in a file, each behind its length as two bytes (big endian): for peers that have no Opus codec
/// of their own. A packet of no bytes is one that was lost.
/// </summary>
internal static class OpusPacketFile
{
    private const int Rate = 48000;
    private const int FrameSamples = 960;

    /// <summary>Encodes 48 kHz mono samples.</summary>
    internal static string Write(string path, IReadOnlyList<short> pcm)
    {
        using IOpusEncoder encoder = LibOpusCodec.Instance.CreateEncoder(new OpusEncoderOptions());
        using FileStream file = File.Create(path);
        short[] samples = [.. pcm];
        byte[] packet = new byte[2 + 1275];
        for (int at = 0; at + FrameSamples <= samples.Length; at += FrameSamples)
        {
            int length = encoder.Encode(samples.AsSpan(at, FrameSamples), packet.AsSpan(2));
            BinaryPrimitives.WriteUInt16BigEndian(packet, (ushort)length);
            file.Write(packet, 0, 2 + length);
        }

        return path;
    }

    /// <summary>Decodes a file into a WAV file and returns the WAV file's path.</summary>
    internal static string Decode(string path)
    {
        using IOpusDecoder decoder = LibOpusCodec.Instance.CreateDecoder();
        using WavWriter writer = WavWriter.CreateFile(path + ".wav", new WavFormat(Rate, 1));
        short[] pcm = new short[6 * FrameSamples];
        ReadOnlySpan<byte> rest = File.ReadAllBytes(path);
        while (rest.Length >= 2)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(rest);
            int samples = FrameSamples;
            if (length == 0)
                Array.Clear(pcm);
            else
                Assert.Equal(OpusStatus.Ok, decoder.Decode(rest.Slice(2, length), pcm, out samples));
            writer.Write(pcm.AsSpan(0, samples));
            rest = rest[(2 + length)..];
        }

        return path + ".wav";
    }
}
