using System.Buffers.Binary;
using AgentGateway.Audio;

namespace AgentGateway.Properties.Jitter;

/// <summary>A codec whose packets say which one they are, and that remembers which ones it was asked to decode.</summary>
internal sealed class NumberedCodec : IOpusCodec
{
    public List<int> Decoded { get; } = [];

    /// <summary>A packet of 10, 20 or 40 ms (CELT, full band; RFC 6716 section 3.1) with a number in it.</summary>
    public static byte[] Packet(int number, int milliseconds)
    {
        byte[] packet = new byte[9];
        packet[0] = milliseconds switch
        {
            10 => 30 << 3,
            20 => 31 << 3,
            40 => (31 << 3) | 1,
            _ => throw new ArgumentOutOfRangeException(nameof(milliseconds)),
        };
        BinaryPrimitives.WriteInt32BigEndian(packet.AsSpan(1), number);
        return packet;
    }

    public IOpusEncoder CreateEncoder(OpusEncoderOptions options) => throw new NotSupportedException();

    public IOpusDecoder CreateDecoder() => new Decoder(this);

    private sealed class Decoder(NumberedCodec codec) : IOpusDecoder
    {
        public OpusStatus Decode(ReadOnlySpan<byte> packet, Span<short> pcm, out int samples)
        {
            samples = packet[0] switch { 30 << 3 => 480, 31 << 3 => 960, _ => 1920 };
            codec.Decoded.Add(BinaryPrimitives.ReadInt32BigEndian(packet[1..]));
            pcm[..samples].Fill(1000);
            return OpusStatus.Ok;
        }

        public OpusStatus DecodeFec(ReadOnlySpan<byte> nextPacket, Span<short> pcm) => Conceal(pcm);

        public OpusStatus Conceal(Span<short> pcm)
        {
            pcm.Fill(500);
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
