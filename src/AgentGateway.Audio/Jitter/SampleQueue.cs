namespace AgentGateway.Audio.Jitter;

/// <summary>
/// Decoded samples that wait to be played, contiguous in memory, with the last 12.5 ms that were played before them: time-stretching looks at
/// both.
/// </summary>
internal sealed class SampleQueue
{
    /// <summary>Played samples that stay visible.</summary>
    public const int History = 600;

    // A packet of 20 ms is decoded when less than 25 ms waits, and may then be lengthened; the rest saves moving the samples too often. Longer
    // packets make it grow.
    private const int InitialCapacity = History + TimeStretcher.AccelerateSamples + AudioFormat.FrameSamples + History + 700;

    private short[] _samples = new short[InitialCapacity];
    private int _start = History;

    public int Count { get; private set; }

    /// <summary>Everything that waits.</summary>
    public Span<short> Waiting => _samples.AsSpan(_start, Count);

    /// <summary>Everything that waits, with <see cref="History"/> played samples before it.</summary>
    public Span<short> WithHistory => _samples.AsSpan(_start - History, History + Count);

    /// <summary>Appends <paramref name="count"/> samples for the caller to write.</summary>
    public Span<short> Append(int count)
    {
        if (_start + Count + count > _samples.Length)
        {
            Span<short> kept = WithHistory;
            if (kept.Length + count > _samples.Length)
                _samples = new short[(kept.Length + count) * 2];
            kept.CopyTo(_samples);
            _start = History;
        }

        Span<short> tail = _samples.AsSpan(_start + Count, count);
        Count += count;
        return tail;
    }

    /// <summary>Takes back the last samples of an <see cref="Append"/> that were not needed.</summary>
    public void Trim(int count) => Count -= count;

    public void Read(Span<short> destination)
    {
        Waiting[..destination.Length].CopyTo(destination);
        _start += destination.Length;
        Count -= destination.Length;
    }

    /// <summary>Removes waiting samples.</summary>
    public void Remove(int at, int count)
    {
        Span<short> waiting = Waiting;
        waiting[(at + count)..].CopyTo(waiting[at..]);
        Count -= count;
    }

    /// <summary>Makes room for samples, whose content is then that of the samples before which they stand.</summary>
    public Span<short> Insert(int at, int count)
    {
        Append(count);
        Span<short> waiting = Waiting;
        waiting[at..^count].CopyTo(waiting[(at + count)..]);
        return waiting.Slice(at, count);
    }
}
