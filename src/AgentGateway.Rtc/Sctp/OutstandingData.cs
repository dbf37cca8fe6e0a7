using AgentGateway.Rtc.Wire.Sctp;

namespace AgentGateway.Rtc.Sctp;

/// <summary>
/// The TSNs that were assigned and are not yet cumulatively acknowledged, in a ring indexed by TSN; acknowledgement, loss
/// detection and abandonment (RFC 9260 sections 6.2.1 and 7.2.4, RFC 3758 section 3.5). Sends nothing and sets no timer.
/// </summary>
internal sealed class OutstandingData(SctpContext context, SendQueue queue, uint initialTsn)
{
    /// <summary>Gap ack blocks are 16-bit offsets; a quarter of that is more than any window here needs.</summary>
    public const int MaxChunks = 16384;

    private const int MissingReportsForLoss = 3;

    private SentChunk[] _ring = new SentChunk[8];
    private int _head;
    private int _gapAckedEnd;

    /// <summary>The highest TSN up to which the peer has everything.</summary>
    public uint CumulativeAcked { get; private set; } = initialTsn - 1;

    /// <summary>The TSN up to which everything is acknowledged or abandoned (Advanced.Peer.Ack.Point).</summary>
    public uint AdvancedAckPoint { get; private set; } = initialTsn - 1;

    /// <summary>TSNs assigned and not cumulatively acknowledged.</summary>
    public int Count { get; private set; }

    public uint NextTsn => CumulativeAcked + 1 + (uint)Count;

    /// <summary>Bytes on their way, chunk headers included: what the congestion window limits.</summary>
    public int FlightBytes { get; private set; }

    /// <summary>User bytes on their way: what the peer's receive window limits.</summary>
    public int FlightPayload { get; private set; }

    public int FlightChunks { get; private set; }

    public int LostChunks { get; private set; }

    /// <summary>Whether the peer must be told to skip abandoned TSNs.</summary>
    public bool IsSkipPending => AdvancedAckPoint != CumulativeAcked;

    /// <summary>Whether abandoning is possible: the peer announced FORWARD TSN.</summary>
    public bool CanAbandon { get; set; }

    /// <summary>The chunk with TSN CumulativeAcked + 1 + offset.</summary>
    public ref SentChunk this[int offset] => ref _ring[(_head + offset) & (_ring.Length - 1)];

    /// <summary>Assigns the next TSN to the next bytes of a message and counts them as sent.</summary>
    public int Append(OutgoingMessage message, int length)
    {
        int offset = AddSlot();
        ref SentChunk chunk = ref this[offset];
        chunk = new SentChunk
        {
            Message = message,
            Offset = message.Produced,
            Length = length,
            SentAt = context.Now,
            Transmissions = 1,
            State = SentChunkState.InFlight,
        };
        AddFlight(chunk);
        queue.Produce(message, length);
        return offset;
    }

    /// <summary>Notes that a lost chunk is sent again.</summary>
    public void Resend(int offset)
    {
        ref SentChunk chunk = ref this[offset];
        chunk.State = SentChunkState.InFlight;
        chunk.SentAt = context.Now;
        chunk.Transmissions++;
        chunk.MissingReports = 0;
        LostChunks--;
        AddFlight(chunk);
    }

    /// <summary>Applies a SACK, or says why not.</summary>
    public SctpDropReason? Acknowledge(in SackChunk sack, bool inFastRecovery, out AckOutcome outcome)
    {
        if (Acknowledge(sack.CumulativeTsn, out outcome) is { } refusal)
            return refusal;
        if (sack.BlockCount == 0 && _gapAckedEnd == 0)
            return null;

        int reportedEnd = 0;
        int newlyAckedEnd = 0;
        for (int i = 0; i < sack.BlockCount; i++)
        {
            (ushort start, ushort end) = sack.Block(i);
            // Blocks are in ascending order and apart; whatever is not ends the walk, which keeps it linear.
            if (start <= reportedEnd || end < start || start > Count)
                break;
            Revoke(reportedEnd, start - 1);
            reportedEnd = Math.Min(end, Count);
            for (int offset = start - 1; offset < reportedEnd; offset++)
            {
                if (GapAck(ref this[offset], ref outcome))
                    newlyAckedEnd = offset;
            }
        }

        Revoke(reportedEnd, _gapAckedEnd);
        _gapAckedEnd = reportedEnd;
        // Highest TSN Newly Acknowledged rule; within fast recovery an advance of the cumulative TSN reports all gaps.
        int missingEnd = inFastRecovery && outcome.CumulativeAdvanced ? reportedEnd : newlyAckedEnd;
        for (int offset = 0; offset < missingEnd; offset++)
        {
            ref SentChunk chunk = ref this[offset];
            if (chunk.State != SentChunkState.InFlight || ++chunk.MissingReports < MissingReportsForLoss || chunk.WasFastRetransmitted)
                continue;
            chunk.WasFastRetransmitted = true;
            if (MarkLost(offset))
                outcome.LossDetected = true;
        }

        AdvanceAckPoint();
        return null;
    }

    /// <summary>
    /// Applies a cumulative acknowledgement only (SHUTDOWN carries one), or says why not. One that is older than another seen
    /// tells nothing: its gaps and its window are those of an earlier time.
    /// </summary>
    public SctpDropReason? Acknowledge(uint cumulativeTsn, out AckOutcome outcome)
    {
        outcome = default;
        int advance = (int)(cumulativeTsn - CumulativeAcked);
        if (advance < 0 && advance >= -MaxChunks)
            return SctpDropReason.StaleAcknowledgement;
        if (advance < 0 || advance > Count)
            return SctpDropReason.BadAcknowledgement;
        for (int i = 0; i < advance; i++)
        {
            ref SentChunk chunk = ref _ring[_head];
            if (chunk.State is SentChunkState.InFlight or SentChunkState.Lost)
            {
                if (chunk.State == SentChunkState.InFlight)
                    NoteRoundTrip(chunk, ref outcome);
                outcome.NewlyAckedBytes += DataChunk.SizeFor(chunk.Length);
            }

            LeaveState(chunk);
            if (chunk.Message is { } message)
                queue.Unreference(message);
            chunk = default;
            _head = (_head + 1) & (_ring.Length - 1);
        }

        Count -= advance;
        CumulativeAcked = cumulativeTsn;
        _gapAckedEnd = Math.Max(0, _gapAckedEnd - advance);
        outcome.CumulativeAdvanced = advance > 0;
        AdvanceAckPoint();
        return null;
    }

    /// <summary>Takes everything on its way for lost, after the retransmission timer expired.</summary>
    public void MarkAllLost()
    {
        int count = Count;
        for (int offset = 0; offset < count; offset++)
        {
            if (this[offset].State == SentChunkState.InFlight)
                MarkLost(offset);
        }

        AdvanceAckPoint();
    }

    /// <summary>Abandons a lost chunk's message when its lifetime is over.</summary>
    public bool TryExpire(int offset)
    {
        ref SentChunk chunk = ref this[offset];
        if (!CanAbandon || chunk.Message is not { ExpiresAt: { } expiry } || expiry > context.Now)
            return false;
        Abandon(offset);
        AdvanceAckPoint();
        return true;
    }

    /// <summary>Forgets everything and returns the buffers.</summary>
    public void Clear()
    {
        for (int offset = 0; offset < Count; offset++)
        {
            ref SentChunk chunk = ref this[offset];
            LeaveState(chunk);
            if (chunk.Message is { } message)
                queue.Unreference(message);
            chunk = default;
        }

        CumulativeAcked += (uint)Count;
        AdvancedAckPoint = CumulativeAcked;
        Count = 0;
        _gapAckedEnd = 0;
    }

    /// <summary>
    /// Keeps the latest departure among the newly acknowledged. Gap acks count too: behind an old hole nothing else would be
    /// measured, and a backed-off timeout would stay for as long as the hole.
    /// </summary>
    private static void NoteRoundTrip(in SentChunk chunk, ref AckOutcome outcome)
    {
        if (chunk.Transmissions == 1 && (outcome.RoundTripStart is not { } start || chunk.SentAt > start))
            outcome.RoundTripStart = chunk.SentAt;
    }

    private bool GapAck(ref SentChunk chunk, ref AckOutcome outcome)
    {
        if (chunk.State is not (SentChunkState.InFlight or SentChunkState.Lost))
            return false;
        if (chunk.State == SentChunkState.InFlight)
            NoteRoundTrip(chunk, ref outcome);
        LeaveState(chunk);
        chunk.State = SentChunkState.GapAcked;
        outcome.NewlyAckedBytes += DataChunk.SizeFor(chunk.Length);
        return true;
    }

    /// <summary>Chunks that a gap ack block once covered and this SACK does not are on their way again (RFC 9260 section 6.2.1).</summary>
    private void Revoke(int start, int end)
    {
        for (int offset = start; offset < end && offset < _gapAckedEnd; offset++)
        {
            ref SentChunk chunk = ref this[offset];
            if (chunk.State != SentChunkState.GapAcked)
                continue;
            chunk.State = SentChunkState.InFlight;
            chunk.MissingReports = 0;
            AddFlight(chunk);
        }
    }

    /// <summary>Marks a chunk as lost, or abandons its message when it may not be sent again. False when it was abandoned.</summary>
    private bool MarkLost(int offset)
    {
        ref SentChunk chunk = ref this[offset];
        if (CanAbandon && chunk.Message is { } message
            && ((message.MaxRetransmissions is { } limit && chunk.Transmissions > limit)
                || (message.ExpiresAt is { } expiry && expiry <= context.Now)))
        {
            Abandon(offset);
            return false;
        }

        LeaveState(chunk);
        chunk.State = SentChunkState.Lost;
        LostChunks++;
        return true;
    }

    private void Abandon(int offset)
    {
        OutgoingMessage message = this[offset].Message!;
        message.IsAbandoned = true;
        context.Statistics.MessagesAbandoned++;
        // A message's chunks are neighbours.
        int first = offset;
        while (first > 0 && ReferenceEquals(this[first - 1].Message, message))
            first--;
        for (int i = first; i < Count && ReferenceEquals(this[i].Message, message); i++)
        {
            ref SentChunk chunk = ref this[i];
            LeaveState(chunk);
            chunk.State = SentChunkState.Abandoned;
        }

        if (message.IsComplete)
            return;
        // The peer may have everything sent so far and then must not take the next message for the rest of this one:
        // one more TSN, never sent, stands for the missing end.
        queue.AbandonRest(message);
        message.References++;
        int end = AddSlot();
        this[end] = new SentChunk { Message = message, Offset = message.Length, State = SentChunkState.Abandoned };
    }

    private void AdvanceAckPoint()
    {
        if ((int)(AdvancedAckPoint - CumulativeAcked) < 0)
            AdvancedAckPoint = CumulativeAcked;
        int offset = (int)(AdvancedAckPoint - CumulativeAcked);
        while (offset < Count && this[offset].State == SentChunkState.Abandoned)
            offset++;
        AdvancedAckPoint = CumulativeAcked + (uint)offset;
    }

    private void AddFlight(in SentChunk chunk)
    {
        FlightChunks++;
        FlightPayload += chunk.Length;
        FlightBytes += DataChunk.SizeFor(chunk.Length);
    }

    private void LeaveState(in SentChunk chunk)
    {
        if (chunk.State == SentChunkState.InFlight)
        {
            FlightChunks--;
            FlightPayload -= chunk.Length;
            FlightBytes -= DataChunk.SizeFor(chunk.Length);
        }
        else if (chunk.State == SentChunkState.Lost)
        {
            LostChunks--;
        }
    }

    private int AddSlot()
    {
        if (Count == _ring.Length)
        {
            SentChunk[] larger = new SentChunk[_ring.Length * 2];
            for (int offset = 0; offset < Count; offset++)
                larger[offset] = this[offset];
            _ring = larger;
            _head = 0;
        }

        return Count++;
    }
}
