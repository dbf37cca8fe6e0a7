using AgentGateway.Primitives;

namespace AgentGateway.Conversation.Speech;

/// <summary>
/// Speech on its way to the packetiser: 48 kHz mono PCM between one writer (the synthesis of the present reply) and the
/// media thread, without locks. Every block carries the generation of the reply it belongs to, and the reader drops blocks
/// of a generation that was cut: audio of an older reply cannot leave, whoever wrote it last. Holding keeps the position
/// to the sample. Positions count samples since the queue was made and include what was dropped.
/// </summary>
internal sealed class PlayoutQueue
{
    /// <summary>Samples per second.</summary>
    public const int SampleRate = 48_000;

    /// <summary>Length of a fade: 5 ms.</summary>
    public const int FadeSamples = SampleRate / 200;

    // -60 dBFS: below it a frame is silence to any listener.
    private const int AudibleLevel = 33;
    private const int Capacity = 1 << 15;
    private const int Mask = Capacity - 1;
    private const int BlockCapacity = 256;
    private const int BlockMask = BlockCapacity - 1;

    private readonly short[] _ring = new short[Capacity];
    private readonly Block[] _blocks = new Block[BlockCapacity];
    private long _written;
    private long _read;
    private long _blocksWritten;
    private long _blocksRead;
    private int _cut;
    private int _held;
    private int _audibleGeneration;
    private long _audibleAt;
    private bool _sounding;
    private bool _fadeIn;

    /// <summary>The most that can be queued, in samples: 0.68 s.</summary>
    public static int MaxQueued => Capacity;

    /// <summary>Position of the next sample to play.</summary>
    public long Position => Volatile.Read(ref _read);

    /// <summary>Position after the last sample written.</summary>
    public long Written => Volatile.Read(ref _written);

    /// <summary>Whether playout is held.</summary>
    public bool IsHeld => Volatile.Read(ref _held) != 0;

    /// <summary>
    /// Appends audio of a reply. The writer only; writers of successive replies follow each other.
    /// </summary>
    /// <returns>How many samples were taken: fewer when the queue is full, all when the generation was cut (they are dropped).</returns>
    public int Write(int generation, ReadOnlySpan<short> pcm)
    {
        if (generation <= Volatile.Read(ref _cut))
            return pcm.Length;
        long written = _written;
        int count = (int)Math.Min(pcm.Length, Capacity - (written - Volatile.Read(ref _read)));
        if (count <= 0 || _blocksWritten - Volatile.Read(ref _blocksRead) >= BlockCapacity)
            return 0;
        int index = (int)(written & Mask);
        int first = Math.Min(count, Capacity - index);
        pcm[..first].CopyTo(_ring.AsSpan(index));
        pcm[first..count].CopyTo(_ring);
        _blocks[_blocksWritten & BlockMask] = new Block(written + count, generation);
        Volatile.Write(ref _written, written + count);
        Volatile.Write(ref _blocksWritten, _blocksWritten + 1);
        return count;
    }

    /// <summary>Stops playout with a fade, keeping its position.</summary>
    public void Hold() => Volatile.Write(ref _held, 1);

    /// <summary>Goes on from the exact sample where playout was held.</summary>
    public void Release() => Volatile.Write(ref _held, 0);

    /// <summary>Drops all audio of this and earlier generations, now and in future; what sounds fades out in the next frame.</summary>
    /// <returns>The position reached.</returns>
    public long Cut(int generation)
    {
        long position = Position;
        if (generation > _cut)
            Volatile.Write(ref _cut, generation);
        return position;
    }

    /// <summary>When the first audible sample of a generation was pulled, if it was the last generation to sound.</summary>
    public bool TryGetFirstAudible(int generation, out Instant at)
    {
        bool found = Volatile.Read(ref _audibleGeneration) == generation;
        at = found ? new Instant(Volatile.Read(ref _audibleAt)) : default;
        return found;
    }

    /// <summary>Takes the next frame. The media thread only; never blocks or allocates.</summary>
    /// <param name="now">The time, for <see cref="TryGetFirstAudible"/>.</param>
    /// <param name="frame">Filled whole; silence where there is nothing to say.</param>
    /// <returns>Whether the frame holds speech; false means silence.</returns>
    public bool Pull(Instant now, Span<short> frame)
    {
        int cut = Volatile.Read(ref _cut);
        bool held = Volatile.Read(ref _held) != 0;
        if (_sounding && (held || !HasCurrent(cut)))
        {
            _sounding = false;
            _fadeIn = held;
            bool faded = FadeOut(frame);
            DropStale(cut);
            if (faded)
                return true;
        }

        DropStale(cut);
        int count = held ? 0 : Copy(now, frame);
        frame[count..].Clear();
        return count > 0;
    }

    private bool HasCurrent(int cut) =>
        _blocksRead < Volatile.Read(ref _blocksWritten) && _blocks[_blocksRead & BlockMask].Generation > cut;

    private void DropStale(int cut)
    {
        bool dropped = false;
        while (_blocksRead < Volatile.Read(ref _blocksWritten) && _blocks[_blocksRead & BlockMask] is var block && block.Generation <= cut)
        {
            Volatile.Write(ref _read, block.End);
            Volatile.Write(ref _blocksRead, _blocksRead + 1);
            dropped = true;
        }

        if (dropped)
            _fadeIn = false;
    }

    // The faded samples are not consumed: a release plays them again, rising, so the listener loses nothing.
    private bool FadeOut(Span<short> frame)
    {
        if (_blocksRead >= Volatile.Read(ref _blocksWritten))
            return false;
        int count = (int)Math.Min(Math.Min(FadeSamples, frame.Length), _blocks[_blocksRead & BlockMask].End - _read);
        for (int i = 0; i < count; i++)
            frame[i] = (short)(_ring[(_read + i) & Mask] * (FadeSamples - i - 1) / FadeSamples);
        frame[count..].Clear();
        return count > 0;
    }

    private int Copy(Instant now, Span<short> frame)
    {
        int count = 0;
        int loudest = 0;
        int generation = 0;
        while (count < frame.Length && _blocksRead < Volatile.Read(ref _blocksWritten))
        {
            Block block = _blocks[_blocksRead & BlockMask];
            if (generation != 0 && block.Generation != generation)
                break;
            generation = block.Generation;
            int take = (int)Math.Min(frame.Length - count, block.End - _read);
            for (int i = 0; i < take; i++)
            {
                int sample = _ring[(_read + i) & Mask];
                loudest = Math.Max(loudest, Math.Abs(sample));
                frame[count + i] = (short)sample;
            }

            count += take;
            Volatile.Write(ref _read, _read + take);
            if (_read == block.End)
                Volatile.Write(ref _blocksRead, _blocksRead + 1);
        }

        _sounding = count > 0;
        if (count == 0)
            return 0;
        if (_fadeIn)
            FadeIn(frame[..count]);
        if (loudest >= AudibleLevel && _audibleGeneration != generation)
        {
            Volatile.Write(ref _audibleAt, now.Ticks);
            Volatile.Write(ref _audibleGeneration, generation);
        }

        return count;
    }

    private void FadeIn(Span<short> frame)
    {
        _fadeIn = false;
        int count = Math.Min(FadeSamples, frame.Length);
        for (int i = 0; i < count; i++)
            frame[i] = (short)(frame[i] * (i + 1) / FadeSamples);
    }

    private readonly record struct Block(long End, int Generation);
}
