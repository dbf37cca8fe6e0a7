using System.Buffers;

namespace AgentGateway.Rtc.Dtls;

/// <summary>
/// A bounded queue of datagrams in one array that grows while a burst lasts and is rented only while something waits: nearly always nothing does.
/// When full, the new datagram is dropped and counted: DTLS and SCTP retransmit.
/// </summary>
internal sealed class DatagramQueue(int capacity, ArrayPool<byte>? pool = null)
{
    private const int InitialSize = 2048;
    private const int Prefix = sizeof(ushort);

    private readonly ArrayPool<byte> _pool = pool ?? ArrayPool<byte>.Shared;
    private byte[] _buffer = [];
    private int _head;
    private int _tail;
    private int _last = -1;

    public long Dropped { get; private set; }

    public bool IsEmpty => _head == _tail;

    /// <summary>Adds a datagram; false when it was dropped.</summary>
    public bool TryEnqueue(ReadOnlySpan<byte> datagram)
    {
        if (!TryReserve(datagram.Length, out Span<byte> space))
        {
            Dropped++;
            return false;
        }

        datagram.CopyTo(space);
        Commit(datagram.Length);
        return true;
    }

    /// <summary>Counts a datagram that <see cref="TryReserve"/> had no room for.</summary>
    public void CountDropped() => Dropped++;

    /// <summary>Room for a datagram of up to <paramref name="length"/> bytes; <see cref="Commit"/> adds it.</summary>
    public bool TryReserve(int length, out Span<byte> space)
    {
        int needed = Prefix + length;
        if (length > ushort.MaxValue || (_tail - _head) + needed > capacity)
        {
            space = default;
            return false;
        }

        if (_tail + needed > _buffer.Length)
            MakeRoom(needed);
        space = _buffer.AsSpan(_tail + Prefix, length);
        return true;
    }

    public void Commit(int length)
    {
        BitConverter.TryWriteBytes(_buffer.AsSpan(_tail), (ushort)length);
        _last = _tail;
        _tail += Prefix + length;
    }

    /// <summary>Appends to the newest datagram when both fit in <paramref name="maxLength"/>: records may share a datagram.</summary>
    public bool TryAppendToLast(ReadOnlySpan<byte> record, int maxLength)
    {
        if (IsEmpty || _last < _head)
            return false;
        int length = BitConverter.ToUInt16(_buffer, _last);
        if (length + record.Length > maxLength || (_tail - _head) + record.Length > capacity)
            return false;
        if (_tail + record.Length > _buffer.Length)
            MakeRoom(record.Length);
        record.CopyTo(_buffer.AsSpan(_tail));
        _tail += record.Length;
        BitConverter.TryWriteBytes(_buffer.AsSpan(_last), (ushort)(length + record.Length));
        return true;
    }

    /// <summary>Takes the oldest datagram.</summary>
    /// <exception cref="ArgumentException">The caller's buffer is too small for it: a mistake in the caller.</exception>
    public bool TryDequeue(Span<byte> destination, out int length)
    {
        length = 0;
        if (IsEmpty)
            return false;
        length = BitConverter.ToUInt16(_buffer, _head);
        _buffer.AsSpan(_head + Prefix, length).CopyTo(destination);
        _head += Prefix + length;
        ReleaseIfEmpty();
        return true;
    }

    /// <summary>Gives memory back that was reserved in vain.</summary>
    public void ReleaseIfEmpty()
    {
        if (IsEmpty)
            Release();
    }

    /// <summary>Drops what waits and gives the memory back, cleared: it held what nobody else is to read.</summary>
    public void Release()
    {
        byte[] buffer = _buffer;
        _buffer = [];
        _head = _tail = 0;
        _last = -1;
        if (buffer.Length > 0)
            _pool.Return(buffer, clearArray: true);
    }

    private void MakeRoom(int needed)
    {
        int used = _tail - _head;
        byte[] before = _buffer;
        if (used + needed > before.Length)
            _buffer = _pool.Rent(Math.Max(InitialSize, Math.Min(capacity, Math.Max(before.Length * 2, used + needed))));
        before.AsSpan(_head, used).CopyTo(_buffer);
        if (_buffer != before && before.Length > 0)
            _pool.Return(before, clearArray: true);
        _last -= _head;
        _head = 0;
        _tail = used;
    }
}
