using AgentGateway.Primitives;

namespace AgentGateway.Conversation.Session;

/// <summary>
/// The caller's audio between the media thread, which writes, and the session's loop, which reads: a ring without locks.
/// What the loop has not read within <see cref="Limit"/> is lost, oldest first, and counted. Audio that was read stays
/// readable for a while, so that a recogniser can be given what was said before speech was noticed.
/// Positions count samples since the first one pushed.
/// </summary>
internal sealed class AudioIntake
{
    /// <summary>Samples per second.</summary>
    public const int SampleRate = 16_000;

    /// <summary>Most unread samples kept: 3 s.</summary>
    public const int Limit = 3 * SampleRate;

    // 8.2 s: larger than the limit, so that pre-roll and the turn so far survive behind the reader while the writer is ahead.
    private const int Capacity = 1 << 17;
    private const int Mask = Capacity - 1;
    private const int ArrivalStep = 320;

    private readonly short[] _ring = new short[Capacity];
    private readonly long[] _arrivals = new long[(Capacity / ArrivalStep) + 2];
    private long _written;
    private long _read;
    private long _dropped;
    private long _wanted;

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
        int index = (int)(start & Mask);
        int first = Math.Min(pcm.Length, Capacity - index);
        pcm[..first].CopyTo(_ring.AsSpan(index));
        pcm[first..].CopyTo(_ring);
        long end = start + pcm.Length;
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
                _read = written - Limit;
            }

            if (written - _read < window.Length)
            {
                end = _read;
                arrival = default;
                return false;
            }

            end = _read + window.Length;
            arrival = new Instant(Volatile.Read(ref _arrivals[(end - 1) / ArrivalStep % _arrivals.Length]));
            Copy(_read, window);
            if (!IsIntact(_read))
                continue;
            _read = end;
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
            from = Math.Max(from, Math.Max(0, written - Capacity + ArrivalStep));
            int count = (int)Math.Min(destination.Length, written - from);
            if (count <= 0)
                return 0;
            Copy(from, destination[..count]);
            if (IsIntact(from))
                return count;
        }
    }

    private void Copy(long from, Span<short> destination)
    {
        int index = (int)(from & Mask);
        int first = Math.Min(destination.Length, Capacity - index);
        _ring.AsSpan(index, first).CopyTo(destination);
        _ring.AsSpan(0, destination.Length - first).CopyTo(destination[first..]);
    }

    // The writer may have come round while we copied; it writes before it publishes, by at most one push.
    private bool IsIntact(long from)
    {
        Interlocked.MemoryBarrier();
        return Volatile.Read(ref _written) - from <= Capacity - ArrivalStep;
    }
}
