using System.Numerics;
using AgentGateway.Primitives;

namespace AgentGateway.Conversation.Session;

/// <summary>
/// The caller's audio between the media thread, which writes, and the session's loop, which reads: a ring without locks.
/// What the loop has not read within <see cref="Limit"/> is lost, oldest first, and counted. The ring grows to what waits: a loop that
/// keeps up needs a quarter of a second, until something wants to read again (<see cref="Keep"/>). Positions count samples since the first one pushed.
/// </summary>
internal sealed class AudioIntake
{
    /// <summary>Samples per second.</summary>
    public const int SampleRate = 16_000;

    /// <summary>Most unread samples kept: 3 s.</summary>
    public const int Limit = 3 * SampleRate;

    // 0.26 s, and 4.1 s: more than the limit.
    private const int InitialCapacity = 1 << 12;
    private const int MaxCapacity = 1 << 16;
    private const int ArrivalStep = 320;

    private readonly int _maxCapacity;
    private readonly long[] _arrivals;
    private short[] _ring;
    private long _written;
    private long _read;
    private long _dropped;
    private long _wanted;
    private bool _keeps;

    /// <summary>An empty intake.</summary>
    /// <param name="kept">Samples that can be read again behind the reader, once they are to be kept.</param>
    public AudioIntake(int kept = 0)
    {
        _maxCapacity = Math.Max(MaxCapacity, (int)BitOperations.RoundUpToPowerOf2((uint)kept));
        _ring = new short[InitialCapacity];
        _arrivals = new long[(_maxCapacity / ArrivalStep) + 2];
    }

    /// <summary>Samples written by the media thread.</summary>
    public long Written => Volatile.Read(ref _written);

    /// <summary>The next sample the loop will read.</summary>
    public long Position => _read;

    /// <summary>Samples lost because the loop was too slow.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>The position up to which the loop waits for audio before it can do anything with it: what <see cref="Push"/> tells. The loop sets it.</summary>
    public long Wanted
    {
        set => Volatile.Write(ref _wanted, value);
    }

    /// <summary>From the next push on nothing is given up that the largest ring has room for. The loop, when the caller speaks: most callers listen.</summary>
    public void Keep() => Volatile.Write(ref _keeps, true);

    /// <summary>Adds audio. The media thread only.</summary>
    /// <param name="pcm">16 kHz mono; of more than 3 s only the last 3 s are kept.</param>
    /// <param name="arrival">When it was received.</param>
    /// <returns>Whether the loop has what it waits for.</returns>
    public bool Push(ReadOnlySpan<short> pcm, Instant arrival)
    {
        if (pcm.Length > Limit)
            pcm = pcm[^Limit..];
        if (pcm.IsEmpty)
            return false;
        long start = _written;
        long end = start + pcm.Length;
        long needed = Volatile.Read(ref _keeps) ? _maxCapacity : end - Volatile.Read(ref _read);
        if (needed > _ring.Length - ArrivalStep && _ring.Length < _maxCapacity)
            Grow(needed);
        short[] ring = _ring;
        int index = (int)(start & (ring.Length - 1));
        int first = Math.Min(pcm.Length, ring.Length - index);
        pcm[..first].CopyTo(ring.AsSpan(index));
        pcm[first..].CopyTo(ring);
        for (long slot = start / ArrivalStep; slot <= (end - 1) / ArrivalStep; slot++)
            Volatile.Write(ref _arrivals[slot % _arrivals.Length], arrival.Ticks);
        Volatile.Write(ref _written, end);

        // The loop sets what it wants before it looks for audio a last time: one of the two sees the other.
        Interlocked.MemoryBarrier();
        return end >= Volatile.Read(ref _wanted);
    }

    /// <summary>Takes the next window when it is complete. The loop only.</summary>
    /// <param name="window">Filled whole.</param>
    /// <param name="end">Position after the window's last sample.</param>
    /// <param name="arrival">When the window's last sample was received.</param>
    public bool TryRead(Span<short> window, out long end, out Instant arrival)
    {
        while (true)
        {
            long written = Volatile.Read(ref _written);
            if (written - _read > Limit)
            {
                Volatile.Write(ref _dropped, _dropped + (written - Limit - _read));
                Volatile.Write(ref _read, written - Limit);
            }

            if (written - _read < window.Length)
            {
                end = _read;
                arrival = default;
                return false;
            }

            end = _read + window.Length;
            arrival = new Instant(Volatile.Read(ref _arrivals[(end - 1) / ArrivalStep % _arrivals.Length]));
            if (!TryCopy(_read, window))
                continue;
            Volatile.Write(ref _read, end);
            return true;
        }
    }

    /// <summary>Copies audio that was received, whether read or not; what is no longer there is skipped. The loop only.</summary>
    /// <param name="from">Position of the first sample wanted; moved forward when it was lost.</param>
    /// <param name="destination">Where it goes.</param>
    /// <returns>How many samples were copied.</returns>
    public int ReadAt(ref long from, Span<short> destination)
    {
        while (true)
        {
            long written = Volatile.Read(ref _written);
            from = Math.Max(from, Math.Max(0, written - Volatile.Read(ref _ring).Length + ArrivalStep));
            int count = (int)Math.Min(destination.Length, written - from);
            if (count <= 0)
                return 0;
            if (TryCopy(from, destination[..count]))
                return count;
        }
    }

    // A larger ring is published before what is written into it: whoever sees a position sees a ring that holds it.
    private void Grow(long needed)
    {
        short[] old = _ring;
        short[] ring = new short[Math.Min(_maxCapacity, (int)BitOperations.RoundUpToPowerOf2((uint)needed + ArrivalStep))];
        for (long at = Math.Max(0, _written - old.Length); at < _written; at++)
            ring[at & (ring.Length - 1)] = old[at & (old.Length - 1)];
        Volatile.Write(ref _ring, ring);
    }

    // False when the writer may have come round while we copied; it writes before it publishes, by at most one push.
    private bool TryCopy(long from, Span<short> destination)
    {
        short[] ring = Volatile.Read(ref _ring);
        int index = (int)(from & (ring.Length - 1));
        int first = Math.Min(destination.Length, ring.Length - index);
        ring.AsSpan(index, first).CopyTo(destination);
        ring.AsSpan(0, destination.Length - first).CopyTo(destination[first..]);
        Interlocked.MemoryBarrier();
        return Volatile.Read(ref _written) - from <= ring.Length - ArrivalStep;
    }
}
