using AgentGateway.Rtc.Primitives;

namespace AgentGateway.Rtc.Peer;

/// <summary>
/// Keeps the few DTLS datagrams that overtake the ICE check or the description that makes their path good. The oldest is given up
/// for the newest: a handshake repeats itself, and a flood must not keep the genuine one out for long.
/// </summary>
internal sealed class EarlyDatagrams
{
    public const int Capacity = 4;
    public const int MaxLength = 1500;

    private readonly byte[] _bytes = new byte[Capacity * MaxLength];
    private readonly int[] _lengths = new int[Capacity];
    private readonly DatagramPath[] _paths = new DatagramPath[Capacity];
    private int _head;

    public int Count { get; private set; }

    /// <summary>Keeps a copy; false when another one was given up for it, or it is too long to be kept.</summary>
    public bool Add(in DatagramPath path, ReadOnlySpan<byte> datagram)
    {
        if (datagram.Length > MaxLength)
            return false;
        bool full = Count == Capacity;
        if (full)
            RemoveFirst();
        int index = (_head + Count) % Capacity;
        datagram.CopyTo(_bytes.AsSpan(index * MaxLength, MaxLength));
        _lengths[index] = datagram.Length;
        _paths[index] = path;
        Count++;
        return !full;
    }

    /// <summary>The oldest one; valid until the next call.</summary>
    public ReadOnlySpan<byte> First(out DatagramPath path)
    {
        path = _paths[_head];
        return _bytes.AsSpan(_head * MaxLength, _lengths[_head]);
    }

    public void RemoveFirst()
    {
        _head = (_head + 1) % Capacity;
        Count--;
    }

    public void Clear() => Count = 0;
}
