using System.Buffers.Binary;

namespace AgentGateway.Audio.Tests.Jitter;

/// <summary>
/// A codec without loss: a packet says which piece of a given signal it stands for. Its concealment goes on with the signal, so that all that
/// the output does otherwise is the jitter buffer's doing.
/// </summary>
internal sealed class WaveCodec(short[] signal) : IAudioCodec
{
    public int ClockRate => AudioFormat.SampleRate;

    public static byte[] Packet(int firstSample, int samples)
    {
        byte[] packet = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(packet, firstSample);
        BinaryPrimitives.WriteInt32BigEndian(packet.AsSpan(4), samples);
        return packet;
    }

    /// <summary>The whole signal in packets of one length.</summary>
    public byte[][] Packets(int packetSamples = AudioFormat.FrameSamples) =>
        [.. Enumerable.Range(0, signal.Length / packetSamples).Select(i => Packet(i * packetSamples, packetSamples))];

    public IAudioEncoder CreateEncoder() => throw new NotSupportedException();

    public IAudioDecoder CreateDecoder() => new Decoder(signal);

    public bool TryParse(ReadOnlySpan<byte> payload, out AudioPacketShape shape)
    {
        int samples = BinaryPrimitives.ReadInt32BigEndian(payload[4..]);
        shape = new AudioPacketShape(samples, samples, HasFec: false, IsDtx: false);
        return true;
    }

    private sealed class Decoder(short[] signal) : IAudioDecoder
    {
        private int _at;

        public OpusStatus Decode(ReadOnlySpan<byte> packet, Span<short> pcm, out int samples)
        {
            samples = BinaryPrimitives.ReadInt32BigEndian(packet[4..]);
            _at = BinaryPrimitives.ReadInt32BigEndian(packet);
            return Conceal(pcm[..samples]);
        }

        public OpusStatus DecodeFec(ReadOnlySpan<byte> nextPacket, Span<short> pcm) => Conceal(pcm);

        public OpusStatus Conceal(Span<short> pcm)
        {
            for (int i = 0; i < pcm.Length; i++, _at++)
                pcm[i] = _at < signal.Length ? signal[_at] : (short)0;
            return OpusStatus.Ok;
        }

        public void Reset()
        {
        }

        public void Dispose()
        {
        }
    }
}
