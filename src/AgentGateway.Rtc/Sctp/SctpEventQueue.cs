using System.Buffers;

namespace AgentGateway.Rtc.Sctp;

/// <summary>Events on their way to the application. Owns the pooled buffers of messages until the event after them is taken.</summary>
internal sealed class SctpEventQueue
{
    private readonly Queue<(SctpEvent Event, byte[]? Buffer)> _queue = new();
    private byte[]? _lent;

    /// <summary>What the waiting messages cost of the receive window.</summary>
    public int MessageBytes { get; private set; }

    /// <summary>How many events wait that are not messages.</summary>
    public int FactCount { get; private set; }

    public void Add(in SctpEvent fact)
    {
        _queue.Enqueue((fact, null));
        FactCount++;
    }

    /// <summary>Adds a message and takes over its pooled buffer.</summary>
    public void AddMessage(ushort channel, bool isText, in InboundMessage message)
    {
        SctpEvent e = new()
        {
            Kind = SctpEventKind.Message,
            ChannelId = channel,
            IsText = isText,
            Payload = message.Buffer.AsMemory(0, message.Length),
        };
        _queue.Enqueue((e, message.Buffer));
        MessageBytes += InboundMessage.Cost(message.Length);
    }

    public bool TryTake(out SctpEvent e)
    {
        if (_lent is not null)
        {
            ArrayPool<byte>.Shared.Return(_lent);
            _lent = null;
        }

        if (!_queue.TryDequeue(out (SctpEvent Event, byte[]? Buffer) entry))
        {
            e = default;
            return false;
        }

        e = entry.Event;
        if (entry.Buffer is null)
            FactCount--;
        else
            MessageBytes -= InboundMessage.Cost(e.Payload.Length);
        _lent = entry.Buffer;
        return true;
    }
}
