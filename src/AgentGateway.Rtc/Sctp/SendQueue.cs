using System.Buffers;
using AgentGateway.Primitives;

namespace AgentGateway.Rtc.Sctp;

/// <summary>
/// Messages that wait to be cut into chunks. Streams take turns message by message: without I-DATA (RFC 8260) the chunks of a
/// message need consecutive TSNs, so a started message is always finished first.
/// </summary>
internal sealed class SendQueue(SctpContext context)
{
    private const int MaxSpareMessages = 256;

    private readonly Queue<OutboundStream> _round = new();
    private readonly Stack<OutgoingMessage> _spare = new();
    private OutboundStream? _current;

    /// <summary>Memory held by messages until they are acknowledged.</summary>
    public long HeldBytes { get; private set; }

    /// <summary>Messages that wait or are unacknowledged, over all streams.</summary>
    public int LiveMessages { get; private set; }

    public bool HasRoom(int length) => HeldBytes + length + OutgoingMessage.Overhead <= context.Options.SendBufferSize;

    public void Enqueue(
        OutboundStream stream, ReadOnlySpan<byte> content, uint payloadProtocol, bool unordered, bool isUserMessage,
        uint? maxRetransmissions, Instant? expiresAt)
    {
        OutgoingMessage message = _spare.TryPop(out OutgoingMessage? spare) ? spare : new OutgoingMessage();
        message.Buffer = ArrayPool<byte>.Shared.Rent(content.Length);
        content.CopyTo(message.Buffer);
        message.Length = content.Length;
        message.Stream = stream;
        message.PayloadProtocol = payloadProtocol;
        message.IsUnordered = unordered;
        message.IsUserMessage = isUserMessage;
        message.MaxRetransmissions = maxRetransmissions;
        message.ExpiresAt = expiresAt;
        message.Sequence = 0;
        message.Produced = 0;
        message.References = 0;
        message.IsAbandoned = false;
        stream.Waiting.Enqueue(message);
        stream.LiveMessages++;
        LiveMessages++;
        HeldBytes += content.Length + OutgoingMessage.Overhead;
        if (isUserMessage)
            stream.BufferedAmount += content.Length;
        Schedule(stream);
    }

    /// <summary>The message whose next bytes are to be sent. Messages that expired before their first chunk are dropped on the way.</summary>
    public bool TryPeek(Instant now, out OutgoingMessage message)
    {
        while (_current is not null || _round.TryDequeue(out _current))
        {
            OutboundStream stream = _current;
            while (stream.Waiting.TryPeek(out OutgoingMessage? head))
            {
                if (head.IsStarted || head.ExpiresAt is not { } expiry || expiry > now)
                {
                    message = head;
                    return true;
                }

                context.Statistics.MessagesAbandoned++;
                RemoveHead(stream);
            }

            stream.IsScheduled = false;
            _current = null;
        }

        message = null!;
        return false;
    }

    /// <summary>Notes that the next <paramref name="length"/> bytes of the peeked message are in a chunk.</summary>
    public void Produce(OutgoingMessage message, int length)
    {
        OutboundStream stream = message.Stream!;
        if (!message.IsStarted && !message.IsUnordered)
            message.Sequence = stream.NextSequence++;
        message.Produced += length;
        message.References++;
        if (message.IsComplete)
        {
            stream.Waiting.Dequeue();
            NextTurn(stream);
        }

        if (message.IsUserMessage)
            ReduceBuffered(stream, length);
    }

    /// <summary>Drops the rest of a started message that was abandoned; the caller ends it on the wire.</summary>
    public void AbandonRest(OutgoingMessage message)
    {
        OutboundStream stream = message.Stream!;
        int rest = message.Length - message.Produced;
        message.Produced = message.Length;
        stream.Waiting.Dequeue();
        NextTurn(stream);
        if (message.IsUserMessage)
            ReduceBuffered(stream, rest);
    }

    /// <summary>Drops what a stream did not start to send.</summary>
    public void DiscardUnstarted(OutboundStream stream)
    {
        int count = stream.Waiting.Count;
        for (int i = 0; i < count; i++)
        {
            OutgoingMessage message = stream.Waiting.Dequeue();
            if (message.IsStarted)
            {
                stream.Waiting.Enqueue(message);
                continue;
            }

            if (message.IsUserMessage)
                ReduceBuffered(stream, message.Length);
            Release(message);
        }
    }

    /// <summary>Drops all that waits on a stream, started or not, without telling the application.</summary>
    public void DiscardAll(OutboundStream stream)
    {
        stream.BufferedAmountLowThreshold = long.MinValue;
        DiscardUnstarted(stream);
        while (stream.Waiting.TryPeek(out OutgoingMessage? started))
        {
            AbandonRest(started);
            if (started.References == 0)
                Release(started);
        }
    }

    /// <summary>Gives up one chunk's hold on a message; the buffer returns to the pool with the last one.</summary>
    public void Unreference(OutgoingMessage message)
    {
        message.References--;
        if (message.References == 0 && message.IsComplete)
            Release(message);
    }

    private void RemoveHead(OutboundStream stream)
    {
        OutgoingMessage message = stream.Waiting.Dequeue();
        if (message.IsUserMessage)
            ReduceBuffered(stream, message.Length);
        Release(message);
    }

    private void Release(OutgoingMessage message)
    {
        HeldBytes -= message.Length + OutgoingMessage.Overhead;
        LiveMessages--;
        message.Stream!.LiveMessages--;
        ArrayPool<byte>.Shared.Return(message.Buffer);
        message.Buffer = [];
        message.Stream = null;
        if (_spare.Count < MaxSpareMessages)
            _spare.Push(message);
    }

    private void NextTurn(OutboundStream stream)
    {
        _current = null;
        stream.IsScheduled = false;
        if (stream.Waiting.Count > 0)
            Schedule(stream);
    }

    private void Schedule(OutboundStream stream)
    {
        if (stream.IsScheduled)
            return;
        stream.IsScheduled = true;
        _round.Enqueue(stream);
    }

    private void ReduceBuffered(OutboundStream stream, int length)
    {
        long before = stream.BufferedAmount;
        stream.BufferedAmount = before - length;
        if (before > stream.BufferedAmountLowThreshold && stream.BufferedAmount <= stream.BufferedAmountLowThreshold)
            context.Events.Add(new SctpEvent { Kind = SctpEventKind.BufferedAmountLow, ChannelId = stream.Id });
    }
}
