using AgentGateway.Primitives;

namespace AgentGateway.Rtc.Streams;

/// <summary>
/// The packets sent last, as they were sent: encrypted. A retransmission is the same datagram again, so no index of a key is ever used
/// twice with other content. Memory is one ring of bytes, rented with the first packet.
/// </summary>
internal sealed class SendHistory
{
    /// <summary>Bytes kept: half a second of speech to two, by codec and redundancy. What comes later than that nobody plays.</summary>
    public const int Capacity = 8 * 1024;

    // A retransmission may be lost too; more than this, and the far end asks out of habit.
    private const int MaxRepeats = 3;
    private const int Entries = 128;
    private const int MaxQueued = 32;
    private static readonly TimeSpan MinInterval = TimeSpan.FromMilliseconds(5);

    private readonly RentedArray<Entry> _entries = new(Entries);
    private readonly RentedArray<byte> _bytes = new(Capacity);
    private readonly ushort[] _queue = new ushort[MaxQueued];
    private long _written;
    private int _queueHead;
    private int _queueCount;

    private struct Entry
    {
        public bool Used;
        public ushort Sequence;
        public ushort Length;
        public byte Repeats;
        public long Start;
        public Instant SentAt;
    }

    /// <summary>Keeps a datagram; the oldest give way.</summary>
    public void Add(Instant now, ushort sequence, ReadOnlySpan<byte> datagram)
    {
        // A datagram never wraps: what is left at the end is skipped.
        int position = (int)(_written % Capacity);
        if (position + datagram.Length > Capacity)
            _written += Capacity - position;
        _entries.Span[sequence % Entries] = new Entry { Used = true, Sequence = sequence, Length = (ushort)datagram.Length, Start = _written, SentAt = now };
        datagram.CopyTo(_bytes.Span[(int)(_written % Capacity)..]);
        _written += datagram.Length;
    }

    /// <summary>Queues a packet to be sent again. False when it is no longer there, was repeated often or a moment ago, or too many wait.</summary>
    /// <param name="now">The time.</param>
    /// <param name="sequence">Its sequence number.</param>
    /// <param name="roundTrip">Two requests within this time are about the same loss.</param>
    public bool TryQueue(Instant now, ushort sequence, TimeSpan roundTrip)
    {
        if (!_bytes.IsRented)
            return false;
        ref Entry entry = ref _entries.Span[sequence % Entries];
        if (!IsKept(entry, sequence) || entry.Repeats >= MaxRepeats || _queueCount == MaxQueued)
            return false;
        TimeSpan least = entry.Repeats == 0 ? TimeSpan.Zero : roundTrip < MinInterval ? MinInterval : roundTrip;
        if (now - entry.SentAt < least)
            return false;
        entry.Repeats++;
        entry.SentAt = now;
        _queue[(_queueHead + _queueCount++) % MaxQueued] = sequence;
        return true;
    }

    /// <summary>Takes the next packet to send again.</summary>
    public bool TryDequeue(Span<byte> buffer, out int length)
    {
        while (_queueCount > 0)
        {
            ushort sequence = _queue[_queueHead];
            _queueHead = (_queueHead + 1) % MaxQueued;
            _queueCount--;
            ref Entry entry = ref _entries.Span[sequence % Entries];
            if (!IsKept(entry, sequence) || entry.Length > buffer.Length)
                continue;
            length = entry.Length;
            _bytes.Span.Slice((int)(entry.Start % Capacity), length).CopyTo(buffer);
            return true;
        }

        length = 0;
        return false;
    }

    /// <summary>Forgets all and gives the memory back.</summary>
    public void Release()
    {
        _queueCount = 0;
        _bytes.Release();
        _entries.Release();
    }

    private bool IsKept(in Entry entry, ushort sequence) => entry.Used && entry.Sequence == sequence && _written - entry.Start <= Capacity;
}
