using System.Buffers;
using AgentGateway.Rtc.Wire.Sctp;

namespace AgentGateway.Rtc.Sctp;

/// <summary>Encoded control chunks that wait for a packet. Bounded: what a peer provokes beyond it is dropped and counted.</summary>
internal sealed class ControlQueue(SctpContext context)
{
    private const int MaxEntries = 32;

    private readonly Queue<ControlChunk> _queue = new();

    public bool TryPeek(out ControlChunk chunk) => _queue.TryPeek(out chunk);

    /// <summary>Adds a chunk that may share a packet with others.</summary>
    public void Add(SctpChunkType type, byte flags, ReadOnlySpan<byte> value) => Add(type, flags, value, tag: 0, alone: false);

    /// <summary>Adds a chunk that is sent in a packet of its own, with a verification tag of its own.</summary>
    public void AddAlone(SctpChunkType type, byte flags, ReadOnlySpan<byte> value, uint tag) => Add(type, flags, value, tag, alone: true);

    /// <summary>Drops the chunk that was peeked.</summary>
    public void Remove() => ArrayPool<byte>.Shared.Return(_queue.Dequeue().Buffer);

    public void Clear()
    {
        while (_queue.Count > 0)
            Remove();
    }

    private void Add(SctpChunkType type, byte flags, ReadOnlySpan<byte> value, uint tag, bool alone)
    {
        int length = SctpChunk.HeaderSize + value.Length;
        if (_queue.Count >= MaxEntries || length > context.PacketSize - SctpHeader.Size)
        {
            context.Drop(SctpDropReason.ReplyQueueFull);
            return;
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent(length);
        SctpChunk.WriteHeader(buffer, type, flags, length);
        value.CopyTo(buffer.AsSpan(SctpChunk.HeaderSize));
        _queue.Enqueue(new ControlChunk(buffer, length, tag, alone));
    }
}
