using AgentGateway.Rtc.Wire.Sctp;

namespace AgentGateway.Rtc.Sctp;

/// <summary>The receiving half: which TSNs arrived, when to acknowledge them, and the receive window (RFC 9260 section 6.2).</summary>
internal sealed class Receiver(SctpContext context, uint initialTsn)
{
    private const int MaxDuplicates = 16;
    private const int MaxBlocks = 128;

    private readonly ReceivedTsns _tsns = new(initialTsn);
    private readonly ReassemblyQueue _reassembly = new(context);
    private readonly uint[] _duplicates = new uint[MaxDuplicates];
    private int _duplicateCount;
    private int _packetsUnacknowledged;
    private bool _sawData;
    private bool _acknowledgedBefore;
    private int _lastWindow = context.Options.ReceiveBufferSize;

    public uint CumulativeTsn => _tsns.Cumulative;

    public bool IsMessageTooLarge => _reassembly.IsMessageTooLarge;

    /// <summary>Whether an acknowledgement should go out now.</summary>
    public bool IsAckDue { get; private set; }

    /// <summary>Whether an acknowledgement should go along with other chunks.</summary>
    public bool IsAckPending => IsAckDue || _packetsUnacknowledged > 0;

    public bool TryTake(out InboundMessage message) => _reassembly.TryTake(out message);

    /// <summary>Takes a DATA chunk with user data. <paramref name="isStreamValid"/> false acknowledges it only.</summary>
    public void HandleData(in DataChunk data, bool isStreamValid)
    {
        context.Statistics.DataChunksReceived++;
        _sawData = true;
        IsAckDue |= (data.Flags & DataChunk.ImmediateFlag) != 0 || !_acknowledgedBefore || _tsns.HasGap;
        if (!_tsns.IsWithinWindow(data.Tsn))
        {
            Refuse(SctpDropReason.TsnOutOfWindow);
            return;
        }

        if (_tsns.Contains(data.Tsn))
        {
            if (_duplicateCount < MaxDuplicates)
                _duplicates[_duplicateCount++] = data.Tsn;
            Refuse(SctpDropReason.DuplicateData);
            return;
        }

        bool isNext = data.Tsn == _tsns.Cumulative + 1;
        if (!HasRoomFor(data.Payload.Length, isNext))
        {
            Refuse(SctpDropReason.ReceiveBufferFull);
            return;
        }

        if (isNext)
        {
            _tsns.AdvanceByOne();
            if (isStreamValid)
                _reassembly.Consume(data);
            else
                _reassembly.DiscardPartial();
            ConsumeArrived();
        }
        else
        {
            _tsns.Add(data.Tsn);
            IsAckDue = true;
            if (isStreamValid)
                _reassembly.Hold(_tsns.Cumulative, data);
        }
    }

    /// <summary>The peer gave up everything up to a TSN (RFC 3758 section 3.6).</summary>
    public void HandleForwardTsn(in ForwardTsnChunk chunk)
    {
        IsAckDue = true;
        if ((int)(chunk.NewCumulativeTsn - _tsns.Cumulative) <= 0)
            return;
        while (_tsns.Cumulative != chunk.NewCumulativeTsn)
        {
            if (_tsns.TryAdvance())
            {
                _reassembly.ConsumeHeld(_tsns.Cumulative);
                continue;
            }

            _reassembly.DiscardPartial();
            // The target may be two thousand million away, but beyond the last TSN held there is nothing to look at.
            if (_tsns.HasGap)
                _tsns.AdvanceByOne();
            else
                _tsns.JumpTo(chunk.NewCumulativeTsn);
        }

        for (int i = 0; i < chunk.EntryCount; i++)
        {
            (ushort stream, ushort sequence) = chunk.Entry(i);
            _reassembly.SkipTo(stream, sequence);
        }

        ConsumeArrived();
    }

    /// <summary>Called after all chunks of a packet: decides on the acknowledgement.</summary>
    public void EndPacket()
    {
        if (!_sawData)
            return;
        _sawData = false;
        _packetsUnacknowledged++;
        if (_packetsUnacknowledged >= 2 || _tsns.HasGap)
            IsAckDue = true;
        if (!IsAckDue)
            context.Timers.SetIfUnset(SctpTimer.DelayedAck, context.Now + context.Options.DelayedAck);
    }

    /// <summary>Asks for an acknowledgement: the delay is over, or the peer should hear one.</summary>
    public void RequestAck() => IsAckDue = true;

    /// <summary>The application took messages; tells the peer when that opened a closed window well.</summary>
    public void HandleConsumed()
    {
        int total = context.Options.ReceiveBufferSize;
        if (_lastWindow < total / 2 && Window() - _lastWindow >= total / 4)
            IsAckDue = true;
    }

    /// <summary>Adds a SACK when there is room for its fixed part.</summary>
    public void AddSack(ref SctpPacketWriter writer)
    {
        int room = (writer.Remaining - SctpChunk.HeaderSize - SackChunk.FixedSize) / SackChunk.BlockSize;
        if (room < 0)
            return;
        Span<(ushort Start, ushort End)> blocks = stackalloc (ushort, ushort)[Math.Min(room, MaxBlocks)];
        int blockCount = _tsns.GetBlocks(blocks);
        int duplicates = Math.Min(_duplicateCount, room - blockCount);
        _lastWindow = Window();
        Span<byte> value = writer.AddChunk(
            SctpChunkType.Sack, 0, SackChunk.FixedSize + ((blockCount + duplicates) * SackChunk.BlockSize));
        SackChunk.Write(value, _tsns.Cumulative, (uint)_lastWindow, blocks[..blockCount], _duplicates.AsSpan(0, duplicates));
        _duplicateCount = 0;
        _packetsUnacknowledged = 0;
        _acknowledgedBefore = true;
        IsAckDue = false;
        context.Timers.Clear(SctpTimer.DelayedAck);
    }

    public void ResetStream(ushort stream) => _reassembly.Reset(stream);

    public void ResetAllStreams() => _reassembly.ResetAll();

    public void Clear()
    {
        _reassembly.Clear();
        IsAckDue = false;
        _packetsUnacknowledged = 0;
        context.Timers.Clear(SctpTimer.DelayedAck);
    }

    private int Window() => Math.Max(0, context.Options.ReceiveBufferSize - _reassembly.HeldBytes - context.Events.MessageBytes);

    /// <summary>
    /// The next chunk in order is taken even when early ones fill the buffer, or nothing would ever move; together they stay
    /// below twice the buffer.
    /// </summary>
    private bool HasRoomFor(int length, bool isNext)
    {
        int used = _reassembly.HeldBytes + context.Events.MessageBytes;
        if (isNext)
            used -= _reassembly.HeldChunkBytes;
        return used + InboundMessage.Cost(length) <= context.Options.ReceiveBufferSize + (isNext ? InboundMessage.Overhead : 0);
    }

    private void Refuse(SctpDropReason reason)
    {
        IsAckDue = true;
        context.Drop(reason);
    }

    private void ConsumeArrived()
    {
        while (_tsns.TryAdvance())
            _reassembly.ConsumeHeld(_tsns.Cumulative);
    }
}
