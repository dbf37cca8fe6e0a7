using System.Buffers.Binary;
using AgentGateway.Primitives;
using AgentGateway.Rtc.Wire.Rtcp;

namespace AgentGateway.Rtc.Streams;

/// <summary>
/// Transport-wide feedback of a connection (draft-holmer-rmcat-transport-wide-cc-extensions-01): numbers what we send, tells when what we
/// receive arrived, and counts what the far end tells about ours. Shared by all streams of the connection.
/// </summary>
internal sealed class TransportWideFeedback
{
    // libwebrtc's longest interval. Audio alone needs no quicker control, and each message costs both ends a packet.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private const int Window = 512;

    // A packet this far behind what was reported is reported again, because it arrived after all.
    private const int MaxStepBack = 64;
    private const long NotArrived = long.MinValue;

    // Fixed part, a chunk for every seven packets, two bytes for each.
    private const int MaxPackets = 256;

    /// <summary>The longest control information, in bytes.</summary>
    public const int MaxControlLength = RtcpTransportFeedback.FixedLength + (2 * ((MaxPackets / 7) + 1)) + (2 * MaxPackets);

    private readonly RentedArray<long> _arrivals = new(Window);
    private SequenceExtender16 _received;
    private long _next;
    private ushort _sequence;
    private byte _feedbackCount;
    private long _reportedUpTo = -1;
    private SequenceExtender16 _reported;
    private bool _lastWasLost;

    /// <summary>When a message is due, or null while nothing came.</summary>
    public Instant? NextTimeout { get; private set; }

    /// <summary>Packets of ours that the far end says arrived.</summary>
    public long Acknowledged { get; private set; }

    /// <summary>Packets of ours that it says did not.</summary>
    public long Lost { get; private set; }

    /// <summary>The number of the next packet we send.</summary>
    public ushort TakeSequence() => _sequence++;

    /// <summary>Notes a packet that arrived.</summary>
    public void Add(Instant now, ushort wireSequence)
    {
        if (!_received.Started)
        {
            _arrivals.Span.Fill(NotArrived);
            _next = 0x1_0000 + wireSequence;
            _received.Commit(_next - 1);
        }

        long sequence = _received.Estimate(wireSequence);
        if (sequence - _received.Highest > Window / 2)
        {
            // A jump that no loss explains: begin anew behind it.
            _arrivals.Span.Fill(NotArrived);
            _next = sequence;
        }
        else
        {
            for (long i = _received.Highest + 1; i < sequence; i++)
                _arrivals.Span[(int)(i % Window)] = NotArrived;
        }

        if (sequence <= _next - MaxStepBack || sequence < _received.Highest - (Window / 2))
            return;
        _arrivals.Span[(int)(sequence % Window)] = now.Ticks;
        _received.Commit(sequence);
        _next = Math.Max(Math.Min(_next, sequence), _received.Highest - (Window / 2));
        NextTimeout ??= now + Interval;
    }

    /// <summary>Whether a message is due; <see cref="TryBuild"/> must follow.</summary>
    public bool TakeDue(Instant now)
    {
        if (NextTimeout is not { } due || due > now)
            return false;
        NextTimeout = null;
        return true;
    }

    /// <summary>Builds the control information of a message about all packets since the last one.</summary>
    /// <param name="control">At least <see cref="MaxControlLength"/> bytes.</param>
    /// <param name="length">Bytes written.</param>
    public bool TryBuild(Span<byte> control, out int length)
    {
        length = 0;
        long first = _next;
        while (first <= _received.Highest && Arrival(first) == NotArrived)
            first++;
        if (first > _received.Highest)
            return false;

        // The packets before the first that arrived are reported lost with it.
        long start = Math.Max(_next, first - (MaxPackets / 2));
        long reference = Arrival(first) / RtcpTransportFeedback.ReferenceTicks;
        Span<byte> deltas = stackalloc byte[2 * MaxPackets];
        Span<byte> symbols = stackalloc byte[MaxPackets];
        int deltaLength = 0;
        int count = 0;
        long last = reference * RtcpTransportFeedback.ReferenceTicks;
        for (long sequence = start; sequence <= _received.Highest && count < MaxPackets; sequence++, count++)
        {
            long arrival = Arrival(sequence);
            if (arrival == NotArrived)
            {
                symbols[count] = RtcpTransportFeedback.NotReceived;
                continue;
            }

            long units = (long)Math.Round((arrival - last) / (double)RtcpTransportFeedback.DeltaTicks);
            if (units is < short.MinValue or > short.MaxValue)
                break;
            last += units * RtcpTransportFeedback.DeltaTicks;
            bool small = units is >= 0 and <= byte.MaxValue;
            symbols[count] = small ? (byte)RtcpTransportFeedback.SmallDelta : (byte)RtcpTransportFeedback.LargeDelta;
            if (!small)
                deltas[deltaLength++] = (byte)(units >> 8);
            deltas[deltaLength++] = (byte)units;
        }

        length = RtcpTransportFeedback.FixedLength;
        BinaryPrimitives.WriteUInt16BigEndian(control, (ushort)start);
        BinaryPrimitives.WriteUInt16BigEndian(control[2..], (ushort)count);
        BinaryPrimitives.WriteUInt32BigEndian(control[4..], ((uint)reference << 8) | _feedbackCount++);
        for (int i = 0; i < count;)
        {
            BinaryPrimitives.WriteUInt16BigEndian(control[length..], NextChunk(symbols[i..count], out int taken));
            length += sizeof(ushort);
            i += taken;
        }

        deltas[..deltaLength].CopyTo(control[length..]);
        length += deltaLength;
        _next = start + count;
        if (_next <= _received.Highest)
            NextTimeout = new Instant(Arrival(_next) == NotArrived ? Arrival(_received.Highest) : Arrival(_next));
        return true;
    }

    /// <summary>Counts what the far end tells about our packets; repeated reports of a packet count once.</summary>
    /// <param name="feedback">The message.</param>
    /// <param name="acknowledged">Packets newly told to have arrived.</param>
    /// <param name="lost">Packets newly told to be lost.</param>
    /// <param name="lostRuns">Runs of consecutive packets that those make up.</param>
    public void Handle(in RtcpTransportFeedback feedback, out int acknowledged, out int lost, out int lostRuns)
    {
        acknowledged = 0;
        lost = 0;
        lostRuns = 0;
        foreach (RtcpTransportArrival arrival in feedback)
        {
            long sequence = _reported.Estimate(arrival.Sequence);

            // About packets we never sent nobody can tell anything.
            if (sequence <= _reportedUpTo || (short)(arrival.Sequence - _sequence) >= 0)
                continue;
            _reported.Commit(sequence);
            _reportedUpTo = sequence;
            if (arrival.Received)
            {
                acknowledged++;
            }
            else
            {
                lost++;
                lostRuns += _lastWasLost ? 0 : 1;
            }

            _lastWasLost = !arrival.Received;
        }

        Acknowledged += acknowledged;
        Lost += lost;
    }

    /// <summary>Gives the memory back: nothing more arrives.</summary>
    public void Release()
    {
        _received = default;
        NextTimeout = null;
        _arrivals.Release();
    }

    private long Arrival(long sequence) => _arrivals.Span[(int)(sequence % Window)];

    // A run of one symbol when it is longer than a vector would be; else fourteen or seven symbols.
    private static ushort NextChunk(ReadOnlySpan<byte> symbols, out int taken)
    {
        int run = 1;
        while (run < symbols.Length && symbols[run] == symbols[0])
            run++;
        int narrow = 0;
        while (narrow < Math.Min(14, symbols.Length) && symbols[narrow] < RtcpTransportFeedback.LargeDelta)
            narrow++;
        if (run >= 14 || run == symbols.Length || (run >= 7 && narrow < 14))
        {
            taken = run;
            return (ushort)((symbols[0] << 13) | run);
        }

        bool wide = narrow < Math.Min(14, symbols.Length);
        taken = Math.Min(wide ? 7 : 14, symbols.Length);
        int chunk = wide ? 0xC000 : 0x8000;
        for (int i = 0; i < taken; i++)
            chunk |= wide ? symbols[i] << (12 - (2 * i)) : symbols[i] << (13 - i);
        return (ushort)chunk;
    }
}
