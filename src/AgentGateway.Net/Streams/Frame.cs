using System.Buffers;

namespace AgentGateway.Net.Streams;

/// <summary>One message in a rented buffer; whoever took it from a queue returns it.</summary>
internal readonly record struct Frame(byte[] Buffer, int Length)
{
    internal Span<byte> Bytes => Buffer.AsSpan(0, Length);

    internal static Frame Copy(ReadOnlySpan<byte> bytes)
    {
        var frame = new Frame(ArrayPool<byte>.Shared.Rent(bytes.Length), bytes.Length);
        bytes.CopyTo(frame.Buffer);
        return frame;
    }

    internal void Return() => ArrayPool<byte>.Shared.Return(Buffer);
}
