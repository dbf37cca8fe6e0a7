using AgentGateway.Primitives;
using AgentGateway.Rtc.Wire.Sctp;

namespace AgentGateway.Rtc.Sctp;

/// <summary>
/// The sending half: cuts messages into chunks within both windows, retransmits, and reacts to acknowledgements and timeouts
/// (RFC 9260 sections 6 and 7, RFC 3758).
/// </summary>
internal sealed class Sender
{
    // A large message may start in what is left of a packet only when that is worth a chunk header.
    private const int MinFragment = 256;

    private readonly SctpContext _context;
    private readonly SendQueue _queue;
    private readonly OutstandingData _data;
    private readonly CongestionControl _congestion;
    private readonly int _maxPayload;
    private uint _peerWindow;
    private uint _lastSkipSent;
    private Instant _skipSentAt;
    private bool _skipDue;
    private bool _fastRetransmitDue;

    public Sender(SctpContext context, SendQueue queue, uint initialTsn)
    {
        _context = context;
        _queue = queue;
        _data = new OutstandingData(context, queue, initialTsn);
        _congestion = new CongestionControl(context);
        _maxPayload = context.PacketSize - SctpHeader.Size - DataChunk.Overhead;
        _lastSkipSent = initialTsn - 1;
    }

    /// <summary>The last TSN assigned.</summary>
    public uint LastTsn => _data.NextTsn - 1;

    /// <summary>Whether all that was queued is acknowledged.</summary>
    public bool IsDrained => _data.Count == 0 && _queue.LiveMessages == 0;

    /// <summary>Whether something could go out now.</summary>
    public bool HasWork =>
        _skipDue
        || (_data.LostChunks > 0 && (_fastRetransmitDue || _congestion.Allows(DataChunk.Overhead, _data.FlightBytes)))
        || (_congestion.Allows(DataChunk.Overhead, _data.FlightBytes)
            && (_data.FlightPayload < _peerWindow || _data.FlightChunks == 0)
            && _queue.TryPeek(_context.Now, out _));

    /// <summary>Called once the peer is known.</summary>
    public void Start(uint peerWindow, bool peerSupportsForwardTsn)
    {
        _peerWindow = peerWindow;
        _data.CanAbandon = peerSupportsForwardTsn;
    }

    /// <summary>Applies a SACK, or says why not.</summary>
    public SctpDropReason? HandleSack(in SackChunk sack)
    {
        int flightBefore = _data.FlightBytes;
        if (_data.Acknowledge(sack, _congestion.InFastRecovery, out AckOutcome outcome) is { } refusal)
            return refusal;
        _peerWindow = sack.ReceiverWindow;
        // A peer that answers probes of its closed window is alive, however long that lasts (section 6.1 rule A).
        if (_peerWindow < _context.PacketSize)
            _context.ErrorCount = 0;
        AfterAcknowledgement(outcome, flightBefore);
        return null;
    }

    /// <summary>Applies the cumulative acknowledgement of a SHUTDOWN, or says why not.</summary>
    public SctpDropReason? HandleCumulativeAck(uint cumulativeTsn)
    {
        int flightBefore = _data.FlightBytes;
        if (_data.Acknowledge(cumulativeTsn, out AckOutcome outcome) is { } refusal)
            return refusal;
        AfterAcknowledgement(outcome, flightBefore);
        return null;
    }

    /// <summary>The retransmission timer expired (section 6.3.3).</summary>
    public void HandleTimeout()
    {
        if (_data.Count == 0)
            return;
        _context.Statistics.RetransmissionTimeouts++;
        _context.Rto.BackOff();
        _congestion.OnTimeout();
        _fastRetransmitDue = false;
        _data.MarkAllLost();
        _skipDue = _data.IsSkipPending;
        if (_data.LostChunks == 0 && !_skipDue)
            RestartTimer();
    }

    /// <summary>Adds what may be sent: FORWARD TSN, retransmissions, new chunks.</summary>
    public void Fill(ref SctpPacketWriter writer)
    {
        if (_data.FlightChunks == 0)
            _congestion.OnIdle(_context.Now, _context.Rto.Current);
        if (AddRetransmissions(ref writer))
            AddNewChunks(ref writer);
        // Expiry above may have moved the point up to which the peer should skip; a packet of its own will tell.
        _skipDue |= _data.IsSkipPending && _data.AdvancedAckPoint != _lastSkipSent;
    }

    /// <summary>Adds a FORWARD TSN when one is due; it must stand before DATA.</summary>
    public void AddForwardTsn(ref SctpPacketWriter writer)
    {
        if (!_skipDue)
            return;
        int room = writer.Remaining - SctpChunk.HeaderSize - ForwardTsnChunk.FixedSize;
        if (room < ForwardTsnChunk.EntrySize)
            return;
        _skipDue = false;
        if (!_data.IsSkipPending)
            return;
        Span<(ushort StreamId, ushort StreamSequence)> entries = stackalloc (ushort, ushort)[Math.Min(room / ForwardTsnChunk.EntrySize, 256)];
        uint point = CollectSkipped(entries, out int count);
        Span<byte> value = writer.AddChunk(
            SctpChunkType.ForwardTsn, 0, ForwardTsnChunk.FixedSize + (count * ForwardTsnChunk.EntrySize));
        ForwardTsnChunk.Write(value, point, entries[..count]);
        _lastSkipSent = _data.AdvancedAckPoint;
        _skipSentAt = _context.Now;
        _context.Timers.SetIfUnset(SctpTimer.Retransmission, _context.Now + _context.Rto.Current);
    }

    /// <summary>Forgets everything on its way.</summary>
    public void Clear()
    {
        _data.Clear();
        _context.Timers.Clear(SctpTimer.Retransmission);
    }

    public void UpdateStatistics(SctpStatistics statistics)
    {
        statistics.CongestionWindow = _congestion.Window;
        statistics.PeerReceiveWindow = _peerWindow;
        statistics.BytesInFlight = _data.FlightBytes;
        statistics.SmoothedRoundTrip = _context.Rto.Smoothed;
        statistics.RetransmissionTimeout = _context.Rto.Current;
    }

    private void AfterAcknowledgement(in AckOutcome outcome, int flightBefore)
    {
        if (outcome.CumulativeAdvanced || outcome.NewlyAckedBytes > 0)
            _context.ErrorCount = 0;
        if (outcome.RoundTripStart is { } start)
            _context.Rto.Measure(_context.Now - start);
        _congestion.OnAcked(outcome, _data.CumulativeAcked, flightBefore, _data.FlightBytes);
        if (outcome.LossDetected && _congestion.OnLoss(LastTsn))
        {
            _context.Statistics.FastRecoveries++;
            _fastRetransmitDue = true;
        }

        if (_data.Count == 0)
            _context.Timers.Clear(SctpTimer.Retransmission);
        else if (outcome.CumulativeAdvanced)
            RestartTimer();
        // Rule C3 of RFC 3758 wants a FORWARD TSN after each such SACK; one for each round trip says as much.
        if (_data.IsSkipPending
            && (_data.AdvancedAckPoint != _lastSkipSent || _context.Now - _skipSentAt >= (_context.Rto.Smoothed ?? _context.Rto.Current)))
            _skipDue = true;
    }

    /// <summary>Returns false when nothing more may be added to the packet.</summary>
    private bool AddRetransmissions(ref SctpPacketWriter writer)
    {
        bool ignoreWindow = _fastRetransmitDue;
        bool any = false;
        for (int offset = 0; _data.LostChunks > 0 && offset < _data.Count; offset++)
        {
            if (_data[offset].State != SentChunkState.Lost || _data.TryExpire(offset))
                continue;
            int size = DataChunk.SizeFor(_data[offset].Length);
            if (size > writer.Remaining)
            {
                _fastRetransmitDue &= !any;
                return false;
            }

            if (!ignoreWindow && !_congestion.Allows(size, _data.FlightBytes))
                return false;
            any = true;
            _data.Resend(offset);
            _context.Statistics.Retransmissions++;
            WriteChunk(ref writer, offset);
            // Section 7.2.4: resending the earliest outstanding chunk restarts the timer.
            if (offset == 0)
                RestartTimer();
        }

        // Only one packet may ignore the congestion window.
        _fastRetransmitDue = false;
        return true;
    }

    private void AddNewChunks(ref SctpPacketWriter writer)
    {
        while (_data.Count < OutstandingData.MaxChunks && _queue.TryPeek(_context.Now, out OutgoingMessage message))
        {
            int length = NextLength(message, writer.Remaining - DataChunk.Overhead);
            if (length == 0 || !_congestion.Allows(DataChunk.SizeFor(length), _data.FlightBytes))
                return;
            // Into a closed window goes one chunk at a time, as a probe.
            if (_data.FlightPayload + (long)length > _peerWindow && _data.FlightChunks > 0)
                return;
            WriteChunk(ref writer, _data.Append(message, length));
        }
    }

    private int NextLength(OutgoingMessage message, int room)
    {
        int rest = message.Length - message.Produced;
        if (rest <= room)
            return rest;
        // What fits into a packet of its own is not cut.
        return rest > _maxPayload && room >= Math.Min(MinFragment, _maxPayload) ? room & ~3 : 0;
    }

    private void WriteChunk(ref SctpPacketWriter writer, int offset)
    {
        ref SentChunk chunk = ref _data[offset];
        OutgoingMessage message = chunk.Message!;
        byte flags = 0;
        if (chunk.Offset == 0)
            flags |= DataChunk.BeginFlag;
        if (chunk.Offset + chunk.Length == message.Length)
            flags |= DataChunk.EndFlag;
        if (message.IsUnordered)
            flags |= DataChunk.UnorderedFlag;
        new DataChunk
        {
            Flags = flags,
            Tsn = _data.CumulativeAcked + 1 + (uint)offset,
            StreamId = message.Stream!.Id,
            StreamSequence = message.Sequence,
            PayloadProtocol = message.PayloadProtocol,
            Payload = message.Buffer.AsSpan(chunk.Offset, chunk.Length),
        }.Write(ref writer);
        _context.Statistics.DataChunksSent++;
        _congestion.OnSent(_context.Now);
        _context.Timers.SetIfUnset(SctpTimer.Retransmission, _context.Now + _context.Rto.Current);
    }

    /// <summary>The last sequence number skipped on each ordered stream, and the TSN up to which the entries reach.</summary>
    private uint CollectSkipped(Span<(ushort StreamId, ushort StreamSequence)> entries, out int count)
    {
        count = 0;
        int skipped = (int)(_data.AdvancedAckPoint - _data.CumulativeAcked);
        for (int offset = 0; offset < skipped; offset++)
        {
            if (_data[offset].Message is not { IsUnordered: false } message)
                continue;
            int index = 0;
            while (index < count && entries[index].StreamId != message.Stream!.Id)
                index++;
            if (index == entries.Length)
                return _data.CumulativeAcked + (uint)offset;
            entries[index] = (message.Stream!.Id, message.Sequence);
            count = Math.Max(count, index + 1);
        }

        return _data.AdvancedAckPoint;
    }

    private void RestartTimer() => _context.Timers.Set(SctpTimer.Retransmission, _context.Now + _context.Rto.Current);
}
