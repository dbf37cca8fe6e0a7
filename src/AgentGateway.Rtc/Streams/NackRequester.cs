using AgentGateway.Primitives;

namespace AgentGateway.Rtc.Streams;

/// <summary>
/// Knows which packets of the received stream are missing and decides when to ask for them again (RFC 4585): not before it is clear
/// that they are lost and not only overtaken, not when the answer would come too late to be played, and a few times at most.
/// </summary>
internal sealed class NackRequester
{
    /// <summary>Packets remembered as missing.</summary>
    public const int MaxMissing = 32;

    // The answer to a request may be lost; each further request has less time left anyway.
    private const int MaxRequests = 3;
    private static readonly TimeSpan MaxReorderWait = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan RetryMargin = TimeSpan.FromMilliseconds(10);

    private readonly TimeSpan _budget;
    private readonly RentedArray<Missing> _missing = new(MaxMissing);
    private int _count;
    private long _highest = -1;
    private long _highestTimestamp;

    /// <param name="budget">How late a packet may be and still be played: what the jitter buffer is willing to wait.</param>
    public NackRequester(TimeSpan budget) => _budget = budget;

    private struct Missing
    {
        public long Sequence;

        // When it would have come on a steady network.
        public Instant ExpectedAt;
        public Instant AskAt;
        public int Requests;
    }

    /// <summary>When <see cref="TakeDue"/> has something to ask, or null.</summary>
    public Instant? NextTimeout { get; private set; }

    /// <summary>Packets that came after they were asked for.</summary>
    public long Answered { get; private set; }

    /// <summary>Requests for single packets.</summary>
    public long Asked { get; private set; }

    /// <summary>Forgets everything: another stream begins.</summary>
    public void Reset()
    {
        _count = 0;
        _highest = -1;
        NextTimeout = null;
    }

    /// <summary>Forgets what is missing and gives the memory back.</summary>
    public void Release()
    {
        _count = 0;
        NextTimeout = null;
        _missing.Release();
    }

    /// <summary>Notes a packet, and those that should have come before it.</summary>
    /// <param name="now">When it arrived.</param>
    /// <param name="sequence">Its extended sequence number.</param>
    /// <param name="timestamp">Its extended timestamp.</param>
    /// <param name="clockRate">The RTP clock, in Hz.</param>
    /// <param name="jitter">How much packets vary: as long as that a missing one may only be late.</param>
    /// <param name="roundTrip">What an answer takes at least.</param>
    /// <returns>Whether the packet was asked for.</returns>
    public bool Add(Instant now, long sequence, long timestamp, int clockRate, TimeSpan jitter, TimeSpan roundTrip)
    {
        if (_highest < 0 || sequence <= _highest)
        {
            bool asked = Remove(sequence, out int requests) && requests > 0;
            if (asked)
                Answered++;
            if (_highest < 0)
                (_highest, _highestTimestamp) = (sequence, timestamp);
            return asked;
        }

        long gap = sequence - _highest;
        if (gap > 1)
        {
            TimeSpan wait = jitter < MaxReorderWait ? jitter : MaxReorderWait;
            double packetTicks = (timestamp - _highestTimestamp) * (double)TimeSpan.TicksPerSecond / clockRate / gap;
            for (long lost = Math.Max(_highest + 1, sequence - MaxMissing); lost < sequence; lost++)
            {
                Instant expected = now - TimeSpan.FromTicks((long)((sequence - lost) * packetTicks));
                if (now + wait + roundTrip - expected <= _budget)
                    Insert(new Missing { Sequence = lost, ExpectedAt = expected, AskAt = now + wait });
            }
        }

        (_highest, _highestTimestamp) = (sequence, timestamp);
        return false;
    }

    /// <summary>A missing packet's content came by other means.</summary>
    public void Recovered(long sequence) => Remove(sequence, out _);

    /// <summary>Gives the packets to ask for now, ascending, and forgets those whose time is over.</summary>
    /// <param name="now">The time.</param>
    /// <param name="roundTrip">What an answer takes.</param>
    /// <param name="sequences">At least <see cref="MaxMissing"/> places.</param>
    public int TakeDue(Instant now, TimeSpan roundTrip, Span<ushort> sequences)
    {
        int due = 0;
        int kept = 0;
        Instant? next = null;
        if (_count == 0)
        {
            NextTimeout = null;
            return 0;
        }

        Span<Missing> all = _missing.Span;
        for (int i = 0; i < _count; i++)
        {
            ref Missing missing = ref all[i];
            bool useful = now + roundTrip - missing.ExpectedAt <= _budget;
            if (missing.AskAt <= now && useful && missing.Requests < MaxRequests)
            {
                sequences[due++] = (ushort)missing.Sequence;
                missing.Requests++;
                missing.AskAt = now + roundTrip + (roundTrip / 4) + RetryMargin;
            }

            // One whose answer may be under way is remembered, so that it counts when it comes.
            if (now - missing.ExpectedAt > _budget + roundTrip)
                continue;
            if (missing.Requests < MaxRequests && missing.AskAt + roundTrip - missing.ExpectedAt <= _budget)
                next = Instant.Earliest(next, missing.AskAt);
            all[kept++] = missing;
        }

        _count = kept;
        Asked += due;
        NextTimeout = next;
        return due;
    }

    private void Insert(in Missing missing)
    {
        Span<Missing> all = _missing.Span;
        if (_count == MaxMissing)
        {
            all[1..].CopyTo(all);
            _count--;
        }

        all[_count++] = missing;
        NextTimeout = Instant.Earliest(NextTimeout, missing.AskAt);
    }

    private bool Remove(long sequence, out int requests)
    {
        requests = 0;
        if (_count == 0)
            return false;
        Span<Missing> all = _missing.Span;
        for (int i = 0; i < _count; i++)
        {
            if (all[i].Sequence != sequence)
                continue;
            requests = all[i].Requests;
            all[(i + 1).._count].CopyTo(all[i..]);
            _count--;

            // One that no longer waits may leave a timer that finds nothing: cheaper than looking for the next at each packet.
            if (_count == 0)
                NextTimeout = null;
            return true;
        }

        return false;
    }
}
