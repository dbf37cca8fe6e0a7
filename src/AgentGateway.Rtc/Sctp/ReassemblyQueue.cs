using System.Buffers;
using System.Numerics;
using AgentGateway.Rtc.Wire.Sctp;

namespace AgentGateway.Rtc.Sctp;

/// <summary>
/// Puts chunks together to messages and messages into the order of their stream (RFC 9260 sections 6.5, 6.6 and 6.9).
/// Chunks in TSN order are appended to one partial message at most, since a message's chunks have consecutive TSNs; chunks
/// that arrive early are held in a ring, and complete messages among them are delivered early when their stream allows.
/// </summary>
internal sealed class ReassemblyQueue(SctpContext context)
{
    private const int InitialCapacity = 64;
    private const int KeptCapacity = 1024;

    private readonly int _maxStreams = (4 * context.Options.MaxChannels) + 16;
    private readonly Queue<InboundMessage> _complete = new();
    private readonly Dictionary<ushort, ushort> _nextSequence = [];

    // Complete ordered messages that wait for an earlier one of their stream: stream and sequence number to first TSN.
    private readonly Dictionary<uint, uint> _waiting = [];
    private HeldChunk[] _ring = [];
    private int _heldChunks;
    private PartialMessage _partial = new();

    /// <summary>What the chunks and the partial message held cost of the receive window.</summary>
    public int HeldBytes => HeldChunkBytes + _partial.Length;

    /// <summary>The part of it that arrived out of order.</summary>
    public int HeldChunkBytes { get; private set; }

    /// <summary>Whether a message exceeded the limit; the association must end.</summary>
    public bool IsMessageTooLarge { get; private set; }

    /// <summary>Takes the next complete message; the caller owns its buffer then.</summary>
    public bool TryTake(out InboundMessage message) => _complete.TryDequeue(out message);

    /// <summary>Takes a chunk whose TSN follows the cumulative one.</summary>
    public void Consume(in DataChunk data) =>
        Consume(data.StreamId, data.StreamSequence, data.PayloadProtocol, data.Flags, data.Payload);

    /// <summary>The cumulative TSN moved over a chunk that arrived before.</summary>
    public void ConsumeHeld(uint tsn)
    {
        if (!TryGetHeld(tsn, out int index))
        {
            // It was delivered early or refused, so it belongs to no partial message.
            DiscardPartial();
            return;
        }

        HeldChunk held = _ring[index];
        Consume(held.StreamId, held.StreamSequence, held.PayloadProtocol, held.Flags, held.Buffer.AsSpan(0, held.Length));
        Release(index);
    }

    /// <summary>The cumulative TSN moved over one that never arrives.</summary>
    public void DiscardPartial()
    {
        if (!_partial.IsActive)
            return;
        context.Drop(SctpDropReason.BrokenMessage);
        _partial.Discard();
    }

    /// <summary>Keeps a chunk that arrived early.</summary>
    public void Hold(uint cumulative, in DataChunk data)
    {
        EnsureCapacity((int)(data.Tsn - cumulative));
        byte[] buffer = ArrayPool<byte>.Shared.Rent(data.Payload.Length);
        data.Payload.CopyTo(buffer);
        int index = IndexOf(data.Tsn);
        _ring[index] = new HeldChunk
        {
            Buffer = buffer,
            Length = data.Payload.Length,
            Tsn = data.Tsn,
            StreamId = data.StreamId,
            StreamSequence = data.StreamSequence,
            PayloadProtocol = data.PayloadProtocol,
            Flags = data.Flags,
        };
        _heldChunks++;
        HeldChunkBytes += InboundMessage.Cost(data.Payload.Length);

        // Runs of neighbouring pieces of one message know their other end at both ends.
        uint first = data.Tsn;
        uint last = data.Tsn;
        if (!data.IsBegin && TryGetHeld(first - 1, out int before) && !_ring[before].IsEnd && _ring[before].IsSameMessage(_ring[index]))
            first = _ring[before].RunFirst;
        if (!data.IsEnd && TryGetHeld(last + 1, out int after) && !_ring[after].IsBegin && _ring[after].IsSameMessage(_ring[index]))
            last = _ring[after].RunLast;
        _ring[IndexOf(first)].RunLast = last;
        _ring[IndexOf(last)].RunFirst = first;
        if (_ring[IndexOf(first)].IsBegin && _ring[IndexOf(last)].IsEnd)
            HandleCompleteRun(first);
    }

    /// <summary>The peer gave up messages of a stream up to a sequence number (RFC 3758).</summary>
    public void SkipTo(ushort stream, ushort sequence)
    {
        if (!TryGetNext(stream, out ushort next) || (short)(sequence - next) < 0)
            return;
        _nextSequence[stream] = (ushort)(sequence + 1);
        DeliverWaiting(stream);
    }

    /// <summary>The peer reset a stream: its sequence numbers start again at 0.</summary>
    public void Reset(ushort stream) => _nextSequence.Remove(stream);

    /// <summary>The peer reset all streams.</summary>
    public void ResetAll() => _nextSequence.Clear();

    /// <summary>Forgets everything and returns the buffers.</summary>
    public void Clear()
    {
        _partial.Discard();
        for (int index = 0; index < _ring.Length; index++)
        {
            if (_ring[index].Buffer is not null)
                Release(index);
        }

        while (_complete.TryDequeue(out InboundMessage message))
            ArrayPool<byte>.Shared.Return(message.Buffer);
        _waiting.Clear();
        _nextSequence.Clear();
    }

    private static uint Key(ushort stream, ushort sequence) => ((uint)stream << 16) | sequence;

    private void Consume(ushort stream, ushort sequence, uint payloadProtocol, byte flags, ReadOnlySpan<byte> payload)
    {
        bool unordered = (flags & DataChunk.UnorderedFlag) != 0;
        bool begins = (flags & DataChunk.BeginFlag) != 0;
        if (begins)
        {
            DiscardPartial();
            _partial.Begin(stream, sequence, payloadProtocol, unordered);
        }
        else if (!_partial.Continues(stream, sequence, unordered))
        {
            context.Drop(SctpDropReason.BrokenMessage);
            _partial.Discard();
            return;
        }

        if (_partial.Length + payload.Length > context.Options.MaxMessageSize)
        {
            IsMessageTooLarge = true;
            _partial.Discard();
            return;
        }

        bool ends = (flags & DataChunk.EndFlag) != 0;
        _partial.Append(payload, isLast: ends);
        if (!ends)
            return;
        InboundMessage message = _partial.Complete();
        if (unordered)
        {
            _complete.Enqueue(message);
            return;
        }

        _waiting.Remove(Key(stream, sequence));
        bool tracked = TryGetNext(stream, out ushort next);
        if (!tracked || (short)(sequence - next) < 0)
        {
            context.Drop(tracked ? SctpDropReason.StaleMessage : SctpDropReason.TooManyStreams);
            ArrayPool<byte>.Shared.Return(message.Buffer);
            return;
        }

        // All TSNs before were seen or skipped, so nothing earlier on this stream can still come, even when numbers are missing.
        _complete.Enqueue(message);
        _nextSequence[stream] = (ushort)(sequence + 1);
        DeliverWaiting(stream);
    }

    private void HandleCompleteRun(uint first)
    {
        ref HeldChunk head = ref _ring[IndexOf(first)];
        if ((head.Flags & DataChunk.UnorderedFlag) != 0)
        {
            DeliverRun(first);
            return;
        }

        if (!TryGetNext(head.StreamId, out ushort next) || next != head.StreamSequence)
        {
            _waiting[Key(head.StreamId, head.StreamSequence)] = first;
            return;
        }

        ushort stream = head.StreamId;
        DeliverRun(first);
        _nextSequence[stream] = (ushort)(next + 1);
        DeliverWaiting(stream);
    }

    private void DeliverWaiting(ushort stream)
    {
        while (_waiting.Count > 0)
        {
            ushort next = _nextSequence[stream];
            if (!_waiting.Remove(Key(stream, next), out uint first) || !IsCompleteRun(first, stream, next))
                return;
            DeliverRun(first);
            _nextSequence[stream] = (ushort)(next + 1);
        }
    }

    private bool IsCompleteRun(uint first, ushort stream, ushort sequence) =>
        TryGetHeld(first, out int index)
        && _ring[index].IsBegin
        && _ring[index].StreamId == stream
        && _ring[index].StreamSequence == sequence
        && TryGetHeld(_ring[index].RunLast, out int last)
        && _ring[last].IsEnd;

    private void DeliverRun(uint first)
    {
        HeldChunk head = _ring[IndexOf(first)];
        int length = 0;
        for (uint tsn = first; tsn != head.RunLast + 1; tsn++)
            length += _ring[IndexOf(tsn)].Length;
        if (length > context.Options.MaxMessageSize)
        {
            IsMessageTooLarge = true;
            return;
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent(length);
        int position = 0;
        for (uint tsn = first; tsn != head.RunLast + 1; tsn++)
        {
            int index = IndexOf(tsn);
            _ring[index].Buffer.AsSpan(0, _ring[index].Length).CopyTo(buffer.AsSpan(position));
            position += _ring[index].Length;
            Release(index);
        }

        _complete.Enqueue(new InboundMessage(head.StreamId, head.PayloadProtocol, buffer, length));
    }

    private bool TryGetNext(ushort stream, out ushort next)
    {
        if (_nextSequence.TryGetValue(stream, out next))
            return true;
        if (_nextSequence.Count >= _maxStreams)
            return false;
        _nextSequence.Add(stream, 0);
        return true;
    }

    private int IndexOf(uint tsn) => (int)(tsn & (uint)(_ring.Length - 1));

    private bool TryGetHeld(uint tsn, out int index)
    {
        index = _ring.Length == 0 ? 0 : IndexOf(tsn);
        return _ring.Length > 0 && _ring[index].Buffer is not null && _ring[index].Tsn == tsn;
    }

    private void Release(int index)
    {
        HeldChunkBytes -= InboundMessage.Cost(_ring[index].Length);
        ArrayPool<byte>.Shared.Return(_ring[index].Buffer!);
        _ring[index] = default;
        _heldChunks--;
        if (_heldChunks == 0 && _ring.Length > KeptCapacity)
            _ring = [];
    }

    private void EnsureCapacity(int span)
    {
        if (span <= _ring.Length)
            return;
        HeldChunk[] old = _ring;
        _ring = new HeldChunk[Math.Max(InitialCapacity, (int)BitOperations.RoundUpToPowerOf2((uint)span))];
        foreach (HeldChunk held in old)
        {
            if (held.Buffer is not null)
                _ring[IndexOf(held.Tsn)] = held;
        }
    }
}
