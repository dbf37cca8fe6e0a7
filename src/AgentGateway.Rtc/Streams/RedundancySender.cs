using AgentGateway.Primitives;
using AgentGateway.Rtc.Wire.Rtp;

namespace AgentGateway.Rtc.Streams;

/// <summary>Keeps the last frames sent and puts some of them in front of the next one (RFC 2198).</summary>
internal sealed class RedundancySender
{
    private const int HeaderLength = 4;
    private const int History = 4;

    // Larger frames are not repeated: the packet would grow beyond what a path carries.
    private const int MaxFrameLength = 400;

    private readonly RentedArray<byte> _frames = new(History * MaxFrameLength);
    private readonly int[] _lengths = new int[History];
    private readonly long[] _timestamps = new long[History];
    private int _newest;
    private int _count;

    // Constants of bytes lie in the program itself; those of integers would be made anew by unoptimised code.
    private static ReadOnlySpan<byte> OneBefore => [1];

    private static ReadOnlySpan<byte> TwoBefore => [2, 1];

    private static ReadOnlySpan<byte> SpreadBefore => [4, 2];

    public void Clear() => _count = 0;

    /// <summary>Forgets all and gives the memory back.</summary>
    public void Release()
    {
        Clear();
        _frames.Release();
    }

    /// <summary>Keeps a frame that was sent.</summary>
    public void Add(ReadOnlySpan<byte> frame, long timestamp)
    {
        if (frame.Length > MaxFrameLength)
        {
            Clear();
            return;
        }

        _newest = (_newest + 1) % History;
        frame.CopyTo(_frames.Span[(_newest * MaxFrameLength)..]);
        _lengths[_newest] = frame.Length;
        _timestamps[_newest] = timestamp;
        _count = Math.Min(_count + 1, History);
    }

    /// <summary>Builds a payload with earlier frames, as far as there are any and they fit.</summary>
    /// <returns>Its length; 0 when there is nothing to repeat or no room.</returns>
    public int Write(Span<byte> destination, ReadOnlySpan<byte> frame, byte payloadType, long timestamp, Redundancy redundancy)
    {
        // The oldest first, as in the payload.
        ReadOnlySpan<byte> distances = redundancy switch
        {
            Redundancy.One => OneBefore,
            Redundancy.Two => TwoBefore,
            Redundancy.Spread => SpreadBefore,
            _ => default,
        };
        Span<int> chosen = stackalloc int[2];
        int count = 0;
        int total = 1 + frame.Length;
        foreach (byte distance in distances)
        {
            if (distance > _count || timestamp - _timestamps[Index(distance)] is <= 0 or > RedPayload.MaxTimestampOffset
                || total + HeaderLength + _lengths[Index(distance)] > destination.Length)
                continue;
            total += HeaderLength + _lengths[Index(distance)];
            chosen[count++] = Index(distance);
        }

        if (count == 0)
            return 0;
        int position = 0;
        foreach (int index in chosen[..count])
            position += RedPayload.WriteHeader(destination[position..], payloadType, (int)(timestamp - _timestamps[index]), _lengths[index]);
        destination[position++] = payloadType;
        foreach (int index in chosen[..count])
        {
            _frames.Span.Slice(index * MaxFrameLength, _lengths[index]).CopyTo(destination[position..]);
            position += _lengths[index];
        }

        frame.CopyTo(destination[position..]);
        return total;
    }

    // 1 is the newest.
    private int Index(int distance) => (_newest - distance + 1 + History) % History;
}
