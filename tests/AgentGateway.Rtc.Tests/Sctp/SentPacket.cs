using System.Buffers.Binary;
using AgentGateway.Primitives;

namespace AgentGateway.Rtc.Tests.Sctp;

/// <summary>A packet that an association made, with its chunks named for assertions.</summary>
internal sealed record SentPacket(Instant At, byte[] Data)
{
    /// <summary>Chunk types in order.</summary>
    public IReadOnlyList<byte> Chunks { get; } = [.. Split(Data).Select(chunk => chunk[0])];

    public bool Has(byte type) => Chunks.Contains(type);

    public IEnumerable<byte[]> ChunksOf(byte type) => Split(Data).Where(chunk => chunk[0] == type);

    public IEnumerable<uint> Tsns => ChunksOf(0).Select(chunk => BinaryPrimitives.ReadUInt32BigEndian(chunk.AsSpan(4)));

    private static IEnumerable<byte[]> Split(byte[] data)
    {
        for (int position = 12; position + 4 <= data.Length;)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(data.AsSpan(position + 2));
            yield return data[position..Math.Min(position + length, data.Length)];
            position += (Math.Max(length, 4) + 3) & ~3;
        }
    }
}
