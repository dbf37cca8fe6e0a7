using AgentGateway.Rtc.Wire.Rtp;

namespace AgentGateway.Rtc.Streams;

/// <summary>Keeps the last frames sent and puts them in front of the next one (RFC 2198).</summary>
internal sealed class RedundancySender
{
    private const int HeaderLength = 4;

    // Larger frames are not repeated: the packet would grow beyond what a path carries.
    private const int MaxFrameLength = 400;

    private readonly byte[][] _frames = [new byte[MaxFrameLength], new byte[MaxFrameLength]];
    private readonly int[] _lengths = new int[RedundancyControl.MaxLevel];
    private readonly long[] _timestamps = new long[RedundancyControl.MaxLevel];
    private int _newest;
    private int _count;

    public void Clear() => _count = 0;

    /// <summary>Keeps a frame that was sent.</summary>
    public void Add(ReadOnlySpan<byte> frame, long timestamp)
    {
        if (frame.Length > MaxFrameLength)
        {
            Clear();
            return;
        }

        _newest = (_newest + 1) % RedundancyControl.MaxLevel;
        frame.CopyTo(_frames[_newest]);
        _lengths[_newest] = frame.Length;
        _timestamps[_newest] = timestamp;
        _count = Math.Min(_count + 1, RedundancyControl.MaxLevel);
    }

    /// <summary>Builds a payload with up to <paramref name="level"/> earlier frames.</summary>
    /// <returns>Its length; 0 when there is nothing to repeat or no room.</returns>
    public int Write(Span<byte> destination, ReadOnlySpan<byte> frame, byte payloadType, long timestamp, int level)
    {
        int usable = 0;
        int total = 1 + frame.Length;
        while (usable < Math.Min(level, _count))
        {
            // The frame before, and the one before that: a receiver takes them for the packets with the numbers before this one's,
            // so none may be left out.
            int index = Index(usable);
            long offset = timestamp - _timestamps[index];
            int needed = HeaderLength + _lengths[index];
            if (offset is <= 0 or > RedPayload.MaxTimestampOffset || total + needed > destination.Length)
                break;
            total += needed;
            usable++;
        }

        if (usable == 0)
            return 0;
        int position = 0;
        for (int i = usable - 1; i >= 0; i--)
            position += RedPayload.WriteHeader(destination[position..], payloadType, (int)(timestamp - _timestamps[Index(i)]), _lengths[Index(i)]);
        destination[position++] = payloadType;
        for (int i = usable - 1; i >= 0; i--)
        {
            _frames[Index(i)].AsSpan(0, _lengths[Index(i)]).CopyTo(destination[position..]);
            position += _lengths[Index(i)];
        }

        frame.CopyTo(destination[position..]);
        return position + frame.Length;
    }

    // 0 is the newest.
    private int Index(int age) => (_newest - age + RedundancyControl.MaxLevel) % RedundancyControl.MaxLevel;
}
