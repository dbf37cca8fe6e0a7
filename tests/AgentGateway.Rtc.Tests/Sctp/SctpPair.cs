using System.Security.Cryptography;
using AgentGateway.Primitives;
using AgentGateway.Rtc.Sctp;
using AgentGateway.Testing;

namespace AgentGateway.Rtc.Tests.Sctp;

/// <summary>Two associations, a virtual clock and a network between them with seeded delay, loss, duplication and reordering.</summary>
internal sealed class SctpPair
{
    private readonly PriorityQueue<InFlight, (long At, long Order)> _network = new();
    private readonly byte[] _buffer = new byte[16384];
    private readonly IncrementalHash _digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly SeededRandom _noise;
    private long _order;

    public SctpPair(ulong seed, SctpOptions? left = null, SctpOptions? right = null)
    {
        SeededRandom random = new(seed);
        _noise = random.Fork(1);
        Left = new End("left", new SctpAssociation(left ?? new SctpOptions(), isDtlsClient: true, random.Fork(2)));
        Right = new End("right", new SctpAssociation(right ?? left ?? new SctpOptions(), isDtlsClient: false, random.Fork(3)));
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
    }

    public End Left { get; }

    public End Right { get; }

    public VirtualClock Clock { get; } = new();

    public Instant Now => Clock.Now;

    public TimeSpan Delay { get; set; } = TimeSpan.FromMilliseconds(25);

    public TimeSpan Jitter { get; set; }

    public double Loss { get; set; }

    public double Duplication { get; set; }

    /// <summary>Decides on single packets: true drops. Called for each packet sent with the end that sent it.</summary>
    public Func<End, SentPacket, bool>? Drop { get; set; }

    public string Digest() => Convert.ToHexString(_digest.GetCurrentHash());

    public void Connect()
    {
        Left.Association.Start(Now);
        RunUntil(() => Left.Association.State == SctpState.Established && Right.Association.State == SctpState.Established, 60);
    }

    /// <summary>Opens a channel on the left and waits until both ends have it.</summary>
    public ushort OpenChannel(DataChannelOptions? options = null)
    {
        ushort id = Left.Association.OpenChannel(Now, options ?? new DataChannelOptions { Label = "test" });
        RunUntil(() => Left.Opened.Contains(id) && Right.Opened.Contains(id), 60);
        return id;
    }

    /// <summary>Takes what both ends have to say, and puts packets on the network.</summary>
    public void Drain()
    {
        bool any;
        do
            any = Drain(Left, Right) | Drain(Right, Left);
        while (any);
    }

    /// <summary>Runs to the next packet or timeout and handles it; false when nothing will ever happen.</summary>
    public bool Step(Instant limit)
    {
        Drain();
        Instant? next = Instant.Earliest(Left.Association.NextTimeout, Right.Association.NextTimeout);
        if (_network.TryPeek(out _, out (long At, long Order) key))
            next = Instant.Earliest(next, new Instant(key.At));
        if (next is not { } at || at > limit)
            return false;
        Clock.AdvanceTo(Instant.Max(at, Now));
        while (_network.TryPeek(out InFlight packet, out key) && key.At <= Now.Ticks)
        {
            _network.Dequeue();
            packet.To.Association.Handle(Now, packet.Data);
            Drain();
        }

        Left.Association.HandleTimeout(Now);
        Right.Association.HandleTimeout(Now);
        Drain();
        return true;
    }

    public void RunUntil(Func<bool> condition, double seconds)
    {
        Instant limit = Now + TimeSpan.FromSeconds(seconds);
        Drain();
        while (!condition())
        {
            Assert.True(
                Step(limit),
                $"not within {seconds} s: left {Left.Association.State} {Left.Association.NextTimeout}, right {Right.Association.State} {Right.Association.NextTimeout}, now {Now}");
        }
    }

    public void RunFor(double seconds)
    {
        Instant limit = Now + TimeSpan.FromSeconds(seconds);
        while (Step(limit))
        {
        }

        Clock.AdvanceTo(limit);
    }

    private bool Drain(End from, End to)
    {
        bool any = false;
        while (from.Association.TryPollTransmit(_buffer, out int length))
        {
            any = true;
            Transmit(from, to, _buffer.AsSpan(0, length).ToArray());
        }

        while (from.TakesEvents && from.Association.TryPollEvent(out SctpEvent e))
        {
            any = true;
            from.Take(e, Now);
        }

        return any;
    }

    private void Transmit(End from, End to, byte[] data)
    {
        _digest.AppendData(data);
        _digest.AppendData(BitConverter.GetBytes(Now.Ticks));
        SentPacket packet = new(Now, data);
        from.Sent.Add(packet);
        bool lost = _noise.NextDouble() < Loss;
        if ((Drop?.Invoke(from, packet) ?? false) || lost)
            return;
        int copies = _noise.NextDouble() < Duplication ? 2 : 1;
        for (int i = 0; i < copies; i++)
        {
            Instant at = Now + Delay + (Jitter * _noise.NextDouble());
            _network.Enqueue(new InFlight(to, data), (at.Ticks, _order++));
        }
    }

    private readonly record struct InFlight(End To, byte[] Data);
}
