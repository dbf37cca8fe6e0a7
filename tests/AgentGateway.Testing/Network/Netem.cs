using AgentGateway.Primitives;
using AgentGateway.Rtc.Primitives;

namespace AgentGateway.Testing.Network;

/// <summary>One direction of a simulated network on the virtual clock. The same seed and input give the same output.</summary>
public sealed class Netem
{
    private const int HeaderBytes = 28;
    private const int FullPacket = 1200;
    private const byte DtlsHandshake = 22;

    private readonly SeededRandom _random;
    private readonly PriorityQueue<NetemDatagram, (long Arrival, long Order)> _inFlight = new();
    private readonly Stack<byte[]> _free = new();
    private Instant _linkFreeAt;
    private Instant _lastArrival;
    private bool _bad;
    private long _order;
    private int _placeInGroup;
    private int _lostPlace;

    public Netem(NetemOptions options, SeededRandom random)
    {
        Options = options;
        _random = random;
    }

    /// <summary>May be changed while packets are under way; they keep the times they have.</summary>
    public NetemOptions Options { get; set; }

    /// <summary>Which datagrams are taken at all, by their first byte (RFC 7983); all others are lost. Null takes everything.</summary>
    public Func<byte, bool>? Takes { get; set; }

    public long Sent { get; private set; }

    public long Lost { get; private set; }

    public long Duplicated { get; private set; }

    public long Corrupted { get; private set; }

    public long Delivered { get; private set; }

    /// <summary>When the next packet arrives, or null.</summary>
    public Instant? NextArrival => _inFlight.TryPeek(out NetemDatagram next, out _) ? next.ArrivesAt : null;

    /// <summary>Puts a copy of a datagram on the way.</summary>
    public void Send(Instant now, in DatagramPath path, ReadOnlySpan<byte> datagram)
    {
        Sent++;

        // Always the same number of draws for a packet, so that a changed option disturbs nothing else.
        double lossDraw = _random.NextDouble();
        double burstDraw = _random.NextDouble();
        double burstLossDraw = _random.NextDouble();
        double jitterDraw = _random.NextDouble();
        double reorderDraw = _random.NextDouble();
        double duplicateDraw = _random.NextDouble();
        double corruptDraw = _random.NextDouble();
        ulong corruption = _random.Next();
        if (Takes?.Invoke(datagram[0]) == false || datagram.Length > Options.MaxDatagramSize || IsLost(lossDraw) || IsLostInBurst(burstDraw, burstLossDraw))
        {
            Lost++;
            return;
        }

        Instant sentAt = now;
        if (Options.BitsPerSecond is { } rate)
        {
            Instant start = Instant.Max(now, _linkFreeAt);
            if (start - now > Options.MaxQueueDelay)
            {
                Lost++;
                return;
            }

            sentAt = start + TimeSpan.FromSeconds((ChargedLength(datagram) + HeaderBytes) * 8.0 / rate);
            _linkFreeAt = sentAt;
        }

        Instant arrival = sentAt + Options.Latency + (Options.Jitter * ((2 * jitterDraw) - 1));
        if (reorderDraw < Options.Reorder)
            arrival += Options.ReorderDelay;
        else if (!Options.JitterReorders)
            arrival = Instant.Max(arrival, _lastArrival);
        arrival = Instant.Max(arrival, now);
        _lastArrival = Instant.Max(_lastArrival, arrival);
        byte[] copy = Enqueue(arrival, path, datagram);
        if (corruptDraw < Options.Corrupt && datagram.Length > 0)
        {
            Corrupted++;
            copy[(int)(corruption % (ulong)datagram.Length)] ^= (byte)(1 + ((corruption >> 32) % 255));
        }

        if (duplicateDraw >= Options.Duplicate)
            return;
        Duplicated++;
        Enqueue(arrival + TimeSpan.FromMilliseconds(1), path, datagram);
    }

    /// <summary>Takes a packet that has arrived; give it back with <see cref="Release"/>.</summary>
    public bool TryReceive(Instant now, out NetemDatagram datagram)
    {
        if (!_inFlight.TryPeek(out datagram, out _) || datagram.ArrivesAt > now)
            return false;
        _inFlight.Dequeue();
        Delivered++;
        return true;
    }

    public void Release(in NetemDatagram datagram) => _free.Push(datagram.Buffer);

    // OpenSSL's signatures differ in length from run to run; a full packet for each handshake datagram keeps runs equal.
    private static int ChargedLength(ReadOnlySpan<byte> datagram) =>
        datagram.Length > 0 && datagram[0] == DtlsHandshake ? FullPacket : datagram.Length;

    private bool IsLost(double draw)
    {
        if (!Options.EvenLoss || Options.Loss <= 0)
            return draw < Options.Loss;
        int group = (int)Math.Round(1 / Options.Loss);
        if (_placeInGroup == 0)
            _lostPlace = (int)(draw * group);
        bool isLost = _placeInGroup == _lostPlace;
        _placeInGroup = (_placeInGroup + 1) % group;
        return isLost;
    }

    private bool IsLostInBurst(double transition, double loss)
    {
        if (Options.Bursts is not { } model)
            return false;
        _bad = _bad ? transition >= model.BadToGood : transition < model.GoodToBad;
        return loss < (_bad ? model.LossWhenBad : model.LossWhenGood);
    }

    private byte[] Enqueue(Instant arrival, in DatagramPath path, ReadOnlySpan<byte> datagram)
    {
        byte[] buffer = _free.TryPop(out byte[]? free) ? free : new byte[2048];
        datagram.CopyTo(buffer);
        _inFlight.Enqueue(new NetemDatagram(buffer, datagram.Length, path, arrival), (arrival.Ticks, _order++));
        return buffer;
    }
}

/// <summary>A datagram on its way. The path is the sender's.</summary>
public readonly record struct NetemDatagram(byte[] Buffer, int Length, DatagramPath Path, Instant ArrivesAt)
{
    public Span<byte> Span => Buffer.AsSpan(0, Length);
}
