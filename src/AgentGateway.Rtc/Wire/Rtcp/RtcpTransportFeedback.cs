using System.Buffers.Binary;

namespace AgentGateway.Rtc.Wire.Rtcp;

/// <summary>
/// A view of transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1): which packets arrived, and when.
/// Walked without copying; a message whose chunks do not hold its packets is refused as a whole.
/// </summary>
public readonly ref struct RtcpTransportFeedback
{
    /// <summary>One unit of the arrival times: 250 us.</summary>
    public const long DeltaTicks = TimeSpan.TicksPerMillisecond / 4;

    /// <summary>One unit of the reference time: 64 ms.</summary>
    public const long ReferenceTicks = 64 * TimeSpan.TicksPerMillisecond;

    internal const int FixedLength = 8;
    internal const int NotReceived = 0;
    internal const int SmallDelta = 1;
    internal const int LargeDelta = 2;

    private readonly ReadOnlySpan<byte> _chunks;
    private readonly ReadOnlySpan<byte> _deltas;

    private RtcpTransportFeedback(ReadOnlySpan<byte> control, int chunkLength)
    {
        BaseSequence = BinaryPrimitives.ReadUInt16BigEndian(control);
        Count = BinaryPrimitives.ReadUInt16BigEndian(control[2..]);
        int reference = (control[4] << 16) | (control[5] << 8) | control[6];
        ReferenceTime = (reference << 8) >> 8;
        FeedbackCount = control[7];
        _chunks = control.Slice(FixedLength, chunkLength);
        _deltas = control[(FixedLength + chunkLength)..];
    }

    /// <summary>The first packet reported.</summary>
    public ushort BaseSequence { get; }

    /// <summary>How many packets are reported, 1..65535.</summary>
    public int Count { get; }

    /// <summary>The reference of the arrival times, in units of 64 ms; its zero is arbitrary.</summary>
    public int ReferenceTime { get; }

    /// <summary>Counts the feedback messages, modulo 256.</summary>
    public byte FeedbackCount { get; }

    /// <summary>Reads a message.</summary>
    public static bool TryRead(scoped in RtcpFeedback feedback, out RtcpTransportFeedback result)
    {
        result = default;
        if (feedback.Kind != RtcpFeedbackKind.TransportCongestion || feedback.Control.Length < FixedLength)
            return false;
        ReadOnlySpan<byte> control = feedback.Control;
        int count = BinaryPrimitives.ReadUInt16BigEndian(control[2..]);
        int chunkLength = 0;
        int deltaLength = 0;
        for (int read = 0; read < count;)
        {
            int offset = FixedLength + chunkLength;
            if (offset + sizeof(ushort) > control.Length)
                return false;
            ushort chunk = BinaryPrimitives.ReadUInt16BigEndian(control[offset..]);
            chunkLength += sizeof(ushort);
            int length = Math.Min(ChunkLength(chunk), count - read);
            if (length == 0)
                return false;
            for (int i = 0; i < length; i++)
                deltaLength += Symbol(chunk, i);
            read += length;
        }

        if (count == 0 || FixedLength + chunkLength + deltaLength > control.Length)
            return false;
        result = new RtcpTransportFeedback(control, chunkLength);
        return true;
    }

    /// <summary>Walks the packets in order.</summary>
    public Enumerator GetEnumerator() => new(this);

    internal static int ChunkLength(ushort chunk) => (chunk & 0x8000) == 0 ? chunk & 0x1FFF : (chunk & 0x4000) == 0 ? 14 : 7;

    // The reserved symbol counts as lost and has no bytes.
    internal static int Symbol(ushort chunk, int index)
    {
        int symbol = (chunk & 0x8000) == 0 ? (chunk >> 13) & 3
            : (chunk & 0x4000) == 0 ? (chunk >> (13 - index)) & 1
            : (chunk >> (12 - (2 * index))) & 3;
        return symbol == 3 ? NotReceived : symbol;
    }

    /// <summary>Walks the packets of a message.</summary>
    public ref struct Enumerator
    {
        private readonly int _count;
        private readonly ushort _base;
        private ReadOnlySpan<byte> _chunks;
        private ReadOnlySpan<byte> _deltas;
        private ushort _chunk;
        private int _inChunk;
        private int _index;
        private long _ticks;

        internal Enumerator(scoped in RtcpTransportFeedback feedback)
        {
            _count = feedback.Count;
            _base = feedback.BaseSequence;
            _chunks = feedback._chunks;
            _deltas = feedback._deltas;
            _ticks = feedback.ReferenceTime * ReferenceTicks;
            _index = -1;
        }

        /// <summary>The packet read last.</summary>
        public RtcpTransportArrival Current { get; private set; }

        /// <summary>Reads the next packet.</summary>
        public bool MoveNext()
        {
            if (++_index >= _count)
                return false;
            if (_index == 0 || _inChunk == ChunkLength(_chunk))
            {
                _chunk = BinaryPrimitives.ReadUInt16BigEndian(_chunks);
                _chunks = _chunks[sizeof(ushort)..];
                _inChunk = 0;
            }

            int symbol = Symbol(_chunk, _inChunk++);
            int delta = symbol switch
            {
                SmallDelta => _deltas[0],
                LargeDelta => BinaryPrimitives.ReadInt16BigEndian(_deltas),
                _ => 0,
            };
            _deltas = _deltas[symbol..];
            _ticks += delta * DeltaTicks;
            Current = new RtcpTransportArrival((ushort)(_base + _index), symbol != NotReceived, _ticks);
            return true;
        }
    }
}
