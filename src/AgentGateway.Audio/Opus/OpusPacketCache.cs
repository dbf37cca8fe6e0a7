using System.Buffers.Binary;

namespace AgentGateway.Audio;

/// <summary>
/// Encoded frames by what determines them. A ring of bytes holds the packets, each behind its key and length; a new packet takes the place of
/// those that were not asked for the longest time. Thread-safe. Nothing is allocated per packet.
/// </summary>
internal sealed class OpusPacketCache
{
    private const int KeyBytes = 16;
    private const int HeaderBytes = KeyBytes + sizeof(int);
    private const int TypicalPacketBytes = 64;

    private readonly byte[] _ring;
    private readonly Dictionary<UInt128, long> _positions;
    private readonly Lock _gate = new();

    // Positions count all bytes ever written, the unused ones at the ring's end included.
    private long _oldest;
    private long _next;

    /// <summary>Makes an empty cache.</summary>
    /// <param name="capacity">Bytes of packets held, at least one; the index takes about half as much again. Memory is touched as packets come.</param>
    internal OpusPacketCache(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, HeaderBytes + OpusPacket.MaxFrameBytes);
        _ring = new byte[capacity];
        _positions = new Dictionary<UInt128, long>(capacity / (HeaderBytes + TypicalPacketBytes));
    }

    /// <summary>Copies a packet that is held.</summary>
    /// <param name="key">What determines the packet.</param>
    /// <param name="packet">Room for <see cref="OpusPacket.MaxFrameBytes"/>.</param>
    /// <returns>Its length, or 0 when there is none.</returns>
    internal int Get(UInt128 key, Span<byte> packet)
    {
        lock (_gate)
        {
            if (!_positions.TryGetValue(key, out long position))
                return 0;
            int length = Length(position);
            _ring.AsSpan(Offset(position) + HeaderBytes, length).CopyTo(packet);

            // What is used again moves to the front long before it would be overwritten.
            if (_next - position > _ring.Length / 2)
                _positions[key] = Write(key, packet[..length]);
            return length;
        }
    }

    /// <summary>Keeps a packet, in the place of the oldest ones.</summary>
    internal void Add(UInt128 key, ReadOnlySpan<byte> packet)
    {
        lock (_gate)
        {
            if (!_positions.ContainsKey(key))
                _positions[key] = Write(key, packet);
        }
    }

    private long Write(UInt128 key, ReadOnlySpan<byte> packet)
    {
        int bytes = HeaderBytes + packet.Length;
        int left = _ring.Length - Offset(_next);
        if (bytes > left)
        {
            MakeRoom(left);
            if (left >= HeaderBytes)
                WriteHeader(default, left - HeaderBytes);
            _next += left;
        }

        MakeRoom(bytes);
        long position = _next;
        WriteHeader(key, packet.Length);
        packet.CopyTo(_ring.AsSpan(Offset(position) + HeaderBytes));
        _next += bytes;
        return position;
    }

    private void WriteHeader(UInt128 key, int length)
    {
        Span<byte> header = _ring.AsSpan(Offset(_next), HeaderBytes);
        BinaryPrimitives.WriteUInt128LittleEndian(header, key);
        BinaryPrimitives.WriteInt32LittleEndian(header[KeyBytes..], length);
    }

    private void MakeRoom(int bytes)
    {
        while (_next + bytes - _oldest > _ring.Length)
        {
            int left = _ring.Length - Offset(_oldest);
            if (left < HeaderBytes)
            {
                _oldest += left;
                continue;
            }

            // A packet that has moved is at another place now.
            UInt128 key = BinaryPrimitives.ReadUInt128LittleEndian(_ring.AsSpan(Offset(_oldest)));
            if (_positions.TryGetValue(key, out long position) && position == _oldest)
                _positions.Remove(key);
            _oldest += HeaderBytes + Length(_oldest);
        }
    }

    private int Length(long position) => BinaryPrimitives.ReadInt32LittleEndian(_ring.AsSpan(Offset(position) + KeyBytes));

    private int Offset(long position) => (int)(position % _ring.Length);
}
