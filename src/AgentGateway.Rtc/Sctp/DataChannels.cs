using System.Buffers;
using System.Text;
using AgentGateway.Primitives;
using AgentGateway.Rtc.Wire.Dcep;

namespace AgentGateway.Rtc.Sctp;

/// <summary>The channels of an association: DCEP (RFC 8832), payload protocols, and closing by stream reset (RFC 8831 section 6.7).</summary>
internal sealed class DataChannels(SctpContext context, SendQueue queue, bool isDtlsClient)
{
    private const ushort HighestId = 65534;
    private const int MaxRefusals = 64;

    private readonly Dictionary<ushort, DataChannel> _channels = [];

    // Streams of refused channels: reset once, and remembered until that is done.
    private readonly List<ushort> _refused = [];

    // Ids that cannot be used again because the peer cannot reset streams.
    private readonly HashSet<ushort> _spent = [];
    private bool _established;
    private bool _canReset;
    private int _streams = HighestId + 1;
    private int _closing;

    /// <summary>Whether <see cref="CollectResets"/> may find something.</summary>
    public bool HasClosing => _closing > 0 || _refused.Count > 0;

    public bool TryGet(ushort id, out DataChannel channel) => _channels.TryGetValue(id, out channel!);

    /// <summary>The association is up: channels beyond the peer's streams end, agreed ones are open.</summary>
    public void HandleEstablished(int streams, bool canReset)
    {
        _established = true;
        _streams = streams;
        _canReset = canReset;
        foreach (DataChannel channel in InOrder())
        {
            if (channel.Id >= streams)
                Finish(channel);
            else if (channel.Options.NegotiatedId is not null)
                MarkOpen(channel);
        }
    }

    /// <summary>Opens a channel; false when there is no room for it or its id is in use.</summary>
    public bool TryOpen(DataChannelOptions options, out ushort id)
    {
        Check(options);
        id = 0;
        if (_channels.Count >= context.Options.MaxChannels)
            return false;
        if (options.NegotiatedId is { } agreed)
            id = agreed;
        else if (!TryFindId(out id))
            return false;
        if (_channels.ContainsKey(id) || _spent.Contains(id) || _refused.Contains(id) || id >= _streams)
            return false;
        DataChannel channel = new(id, options);
        _channels.Add(id, channel);
        if (options.NegotiatedId is null)
            SendOpen(channel);
        else if (_established)
            MarkOpen(channel);
        return true;
    }

    public DataSendResult Send(Instant now, ushort id, ReadOnlySpan<byte> message, bool isText)
    {
        if (!_channels.TryGetValue(id, out DataChannel? channel) || channel.IsClosing)
            return DataSendResult.ClosedChannel;
        int limit = context.Options.RemoteMaxMessageSize;
        if ((limit > 0 && message.Length > limit) || message.Length + OutgoingMessage.Overhead > context.Options.SendBufferSize)
            return DataSendResult.TooLarge;
        if (!queue.HasRoom(message.Length))
            return DataSendResult.BufferFull;
        PayloadProtocol protocol = message.IsEmpty
            ? (isText ? PayloadProtocol.StringEmpty : PayloadProtocol.BinaryEmpty)
            : (isText ? PayloadProtocol.String : PayloadProtocol.Binary);
        // SCTP has no empty messages: one byte stands for none (RFC 8831 section 6.6).
        ReadOnlySpan<byte> content = message.IsEmpty ? [0] : message;
        DataChannelOptions options = channel.Options;
        queue.Enqueue(
            channel.Stream,
            content,
            (uint)protocol,
            unordered: !options.Ordered && channel.IsOpen,
            isUserMessage: true,
            options.MaxRetransmits,
            options.MaxPacketLifeTime is { } lifetime ? now + lifetime : null);
        context.Statistics.MessagesSent++;
        return DataSendResult.Ok;
    }

    public void Close(ushort id)
    {
        if (!_channels.TryGetValue(id, out DataChannel? channel) || channel.IsClosing)
            return;
        if (!_established)
        {
            queue.DiscardUnstarted(channel.Stream);
            Finish(channel);
            return;
        }

        BeginClose(channel);
    }

    /// <summary>Handles a reassembled message and takes over its buffer.</summary>
    public void Handle(in InboundMessage message)
    {
        switch ((PayloadProtocol)message.PayloadProtocol)
        {
            case PayloadProtocol.Dcep:
                HandleDcep(message.StreamId, message.Content);
                break;
            case PayloadProtocol.String:
            case PayloadProtocol.Binary:
                if (Deliver(message, isText: message.PayloadProtocol == (uint)PayloadProtocol.String))
                    return;
                break;
            case PayloadProtocol.StringEmpty:
            case PayloadProtocol.BinaryEmpty:
                if (Deliver(message with { Length = 0 }, isText: message.PayloadProtocol == (uint)PayloadProtocol.StringEmpty))
                    return;
                break;
            default:
                context.Drop(SctpDropReason.UnsupportedPayloadProtocol);
                break;
        }

        ArrayPool<byte>.Shared.Return(message.Buffer);
    }

    /// <summary>
    /// The streams to reset now: those of closing channels with everything acknowledged. They count as requested from here on.
    /// Without stream reset such channels just end.
    /// </summary>
    public int CollectResets(Span<ushort> streams)
    {
        int count = 0;
        while (_refused.Count > 0 && count < streams.Length)
        {
            if (_canReset)
                streams[count++] = _refused[0];
            _refused.RemoveAt(0);
        }

        if (_closing == 0)
            return count;
        foreach (DataChannel channel in InOrder())
        {
            if (!channel.IsClosing || channel.LocalReset != StreamResetState.None || channel.Stream.LiveMessages > 0)
                continue;
            if (!_canReset)
            {
                _spent.Add(channel.Id);
                Finish(channel);
            }
            else if (count < streams.Length)
            {
                channel.LocalReset = StreamResetState.Requested;
                streams[count++] = channel.Id;
            }
        }

        return count;
    }

    /// <summary>The peer performed, or refused, the reset of an outgoing stream of ours.</summary>
    public void HandleLocalResetDone(ushort id)
    {
        // A channel that took over the id meanwhile did not ask for this.
        if (!_channels.TryGetValue(id, out DataChannel? channel) || channel.LocalReset != StreamResetState.Requested)
            return;
        channel.LocalReset = StreamResetState.Done;
        channel.Stream.NextSequence = 0;
        if (channel.RemoteReset)
            Finish(channel);
    }

    /// <summary>The peer reset its side of a channel: ours follows.</summary>
    public void HandleRemoteReset(ushort id)
    {
        if (!_channels.TryGetValue(id, out DataChannel? channel))
            return;
        channel.RemoteReset = true;
        // Nobody reads what would still be sent.
        queue.DiscardUnstarted(channel.Stream);
        if (!channel.IsClosing)
            BeginClose(channel);
        if (channel.LocalReset == StreamResetState.Done)
            Finish(channel);
    }

    public void HandleAllRemoteReset()
    {
        foreach (DataChannel channel in InOrder())
            HandleRemoteReset(channel.Id);
    }

    /// <summary>The association ended or was restarted by the peer: all channels are gone.</summary>
    public void CloseAll()
    {
        _established = false;
        foreach (DataChannel channel in InOrder())
        {
            queue.DiscardAll(channel.Stream);
            Finish(channel);
        }

        _refused.Clear();
        _spent.Clear();
        _streams = HighestId + 1;
    }

    private static bool IsValidUtf8Length(string text, int limit) => Encoding.UTF8.GetByteCount(text) <= limit;

    private void Check(DataChannelOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.MaxRetransmits is not null && options.MaxPacketLifeTime is not null)
            throw new ArgumentException("MaxRetransmits and MaxPacketLifeTime exclude each other.", nameof(options));
        if (options.MaxPacketLifeTime is { } lifetime && (lifetime < TimeSpan.Zero || lifetime.TotalMilliseconds > uint.MaxValue))
            throw new ArgumentException("MaxPacketLifeTime must be between 0 and 2^32-1 ms.", nameof(options));
        int limit = context.Options.MaxLabelLength;
        if (!IsValidUtf8Length(options.Label, limit) || !IsValidUtf8Length(options.Protocol, limit))
            throw new ArgumentException($"Label and protocol may have {limit} bytes of UTF-8.", nameof(options));
        if (options.NegotiatedId > HighestId)
            throw new ArgumentException("Stream 65535 cannot be used.", nameof(options));
    }

    private bool TryFindId(out ushort id)
    {
        int highest = Math.Min(_streams - 1, HighestId);
        for (int candidate = isDtlsClient ? 0 : 1; candidate <= highest; candidate += 2)
        {
            id = (ushort)candidate;
            if (!_channels.ContainsKey(id) && !_spent.Contains(id) && !_refused.Contains(id))
                return true;
        }

        id = 0;
        return false;
    }

    private void SendOpen(DataChannel channel)
    {
        DataChannelOptions options = channel.Options;
        byte[] label = Encoding.UTF8.GetBytes(options.Label);
        byte[] protocol = Encoding.UTF8.GetBytes(options.Protocol);
        DcepOpen open = new()
        {
            Reliability = options.MaxRetransmits is not null ? DcepReliability.LimitedRetransmissions
                : options.MaxPacketLifeTime is not null ? DcepReliability.LimitedLifetime
                : DcepReliability.Reliable,
            Unordered = !options.Ordered,
            Priority = options.Priority,
            ReliabilityParameter = options.MaxRetransmits ?? (uint)(options.MaxPacketLifeTime?.TotalMilliseconds ?? 0),
            Label = label,
            Protocol = protocol,
        };
        byte[] message = new byte[open.Size];
        open.Write(message);
        SendDcep(channel, message);
    }

    private void SendDcep(DataChannel channel, ReadOnlySpan<byte> message) =>
        queue.Enqueue(
            channel.Stream, message, (uint)PayloadProtocol.Dcep, unordered: false, isUserMessage: false,
            maxRetransmissions: null, expiresAt: null);

    private void HandleDcep(ushort id, ReadOnlySpan<byte> message)
    {
        if (DcepOpen.TryParse(message, out DcepOpen open))
            HandleOpen(id, open);
        else if (!DcepAck.IsAck(message) || !_channels.TryGetValue(id, out DataChannel? channel) || channel.IsOpen || channel.IsClosing)
            context.Drop(SctpDropReason.BadDcep);
        else
            MarkOpen(channel);
    }

    private void HandleOpen(ushort id, in DcepOpen open)
    {
        if (_channels.TryGetValue(id, out DataChannel? existing))
        {
            // The peer knows that both sides were reset when it uses the id again, even if its response to us was lost.
            bool isOver = existing.RemoteReset && existing.LocalReset == StreamResetState.Requested;
            if (!isOver)
            {
                context.Drop(existing.IsOpen ? SctpDropReason.BadDcep : SctpDropReason.ChannelRefused);
                // Both sides opened the same stream: neither channel can be (RFC 8832 section 6).
                if (!existing.IsOpen && !existing.IsClosing)
                    BeginClose(existing);
                return;
            }

            Finish(existing);
        }

        int limit = context.Options.MaxLabelLength;
        if (_channels.Count >= context.Options.MaxChannels
            || open.Label.Length > limit
            || open.Protocol.Length > limit
            || id >= _streams
            || id > HighestId
            || _spent.Contains(id))
        {
            context.Drop(SctpDropReason.ChannelRefused);
            if (id < _streams && _refused.Count < MaxRefusals && !_refused.Contains(id))
                _refused.Add(id);
            return;
        }

        // The parity of the id is not checked: stacks exist that choose it by ICE role, and a free id does no harm.
        DataChannel channel = new(id, ToOptions(open)) { OpenedByRemote = true };
        _channels.Add(id, channel);
        SendDcep(channel, [DcepAck.MessageType]);
        MarkOpen(channel);
    }

    private static DataChannelOptions ToOptions(in DcepOpen open) => new()
    {
        Label = Encoding.UTF8.GetString(open.Label),
        Protocol = Encoding.UTF8.GetString(open.Protocol),
        Ordered = !open.Unordered,
        Priority = open.Priority,
        MaxRetransmits = open.Reliability == DcepReliability.LimitedRetransmissions ? open.ReliabilityParameter : null,
        MaxPacketLifeTime = open.Reliability == DcepReliability.LimitedLifetime
            ? TimeSpan.FromMilliseconds(open.ReliabilityParameter)
            : null,
    };

    private bool Deliver(in InboundMessage message, bool isText)
    {
        if (!_channels.TryGetValue(message.StreamId, out DataChannel? channel))
        {
            context.Drop(SctpDropReason.UnknownChannel);
            return false;
        }

        if (channel.IsClosing)
            return false;
        // Data on a channel of ours says that the peer accepted it, whatever became of its acknowledgement.
        if (!channel.IsOpen)
            MarkOpen(channel);
        context.Statistics.MessagesReceived++;
        context.Events.AddMessage(message.StreamId, isText, message);
        return true;
    }

    private void MarkOpen(DataChannel channel)
    {
        channel.IsOpen = true;
        context.Events.Add(new SctpEvent
        {
            Kind = SctpEventKind.ChannelOpened,
            ChannelId = channel.Id,
            Channel = channel.Options,
            OpenedByRemote = channel.OpenedByRemote,
        });
    }

    private void BeginClose(DataChannel channel)
    {
        channel.IsClosing = true;
        _closing++;
    }

    private void Finish(DataChannel channel)
    {
        if (channel.IsClosing)
            _closing--;
        _channels.Remove(channel.Id);
        context.Events.Add(new SctpEvent { Kind = SctpEventKind.ChannelClosed, ChannelId = channel.Id });
    }

    /// <summary>A copy in ascending order of ids, for the rare walks that must not depend on hashing or may remove.</summary>
    private DataChannel[] InOrder() => [.. _channels.Values.OrderBy(channel => channel.Id)];
}
