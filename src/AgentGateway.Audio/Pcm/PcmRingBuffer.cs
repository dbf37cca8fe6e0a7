namespace AgentGateway.Audio;

/// <summary>
/// A bounded queue of samples between one producer thread and one consumer thread, without locks. When it is full the newest samples are
/// refused and counted. No allocation after construction.
/// </summary>
public sealed class PcmRingBuffer
{
    private readonly short[] _samples;
    private readonly int _mask;
    private long _written;
    private long _read;
    private long _refused;

    /// <summary>Makes a queue for at least <paramref name="capacity"/> samples (rounded up to a power of two).</summary>
    public PcmRingBuffer(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, 1 << 28);
        _samples = new short[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)capacity)];
        _mask = _samples.Length - 1;
    }

    /// <summary>Samples it can hold.</summary>
    public int Capacity => _samples.Length;

    /// <summary>Samples waiting. Exact on the consumer's thread as a lower bound, on the producer's as an upper bound.</summary>
    public int Count => (int)(Volatile.Read(ref _written) - Volatile.Read(ref _read));

    /// <summary>Samples refused because the queue was full.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>Producer: appends what fits and returns how many samples that was.</summary>
    public int Write(ReadOnlySpan<short> samples)
    {
        long written = _written;
        int free = _samples.Length - (int)(written - Volatile.Read(ref _read));
        int count = Math.Min(free, samples.Length);
        int at = (int)written & _mask;
        int first = Math.Min(count, _samples.Length - at);
        samples[..first].CopyTo(_samples.AsSpan(at));
        samples[first..count].CopyTo(_samples);
        Volatile.Write(ref _written, written + count);
        if (count < samples.Length)
            Volatile.Write(ref _refused, _refused + samples.Length - count);
        return count;
    }

    /// <summary>Consumer: takes up to the length of <paramref name="destination"/> and returns how many samples that was.</summary>
    public int Read(Span<short> destination)
    {
        long read = _read;
        int count = (int)Math.Min(Volatile.Read(ref _written) - read, destination.Length);
        int at = (int)read & _mask;
        int first = Math.Min(count, _samples.Length - at);
        _samples.AsSpan(at, first).CopyTo(destination);
        _samples.AsSpan(0, count - first).CopyTo(destination[first..]);
        Volatile.Write(ref _read, read + count);
        return count;
    }

    /// <summary>Consumer: drops everything that waits and returns how many samples that was.</summary>
    public int Clear()
    {
        long written = Volatile.Read(ref _written);
        int count = (int)(written - _read);
        Volatile.Write(ref _read, written);
        return count;
    }
}
