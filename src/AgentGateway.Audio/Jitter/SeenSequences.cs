namespace AgentGateway.Audio.Jitter;

/// <summary>Remembers which of the last 1024 sequence numbers arrived, to tell a duplicate from a late packet.</summary>
internal sealed class SeenSequences
{
    private const int Window = 1024;

    private readonly ulong[] _bits = new ulong[Window / 64];
    private long _highest;
    private bool _started;

    public long Highest => _highest;

    public bool Started => _started;

    public bool Contains(long sequence) =>
        _started && sequence <= _highest && sequence > _highest - Window && (Word(sequence) & Bit(sequence)) != 0;

    public void Add(long sequence)
    {
        if (!_started || sequence - _highest >= Window)
        {
            Array.Clear(_bits);
            _highest = sequence;
            _started = true;
        }

        while (_highest < sequence)
        {
            _highest++;
            Word(_highest) &= ~Bit(_highest);
        }

        if (sequence > _highest - Window)
            Word(sequence) |= Bit(sequence);
    }

    public void Clear()
    {
        Array.Clear(_bits);
        _started = false;
    }

    private static ulong Bit(long sequence) => 1UL << (int)(sequence & 63);

    private ref ulong Word(long sequence) => ref _bits[(int)((sequence >> 6) & ((Window / 64) - 1))];
}
