using System.Buffers.Binary;
using AgentGateway.Primitives;
using AgentGateway.Rtc.Primitives;
using AgentGateway.Rtc.Sctp;
using AgentGateway.Testing;
using AgentGateway.Testing.Network;

namespace AgentGateway.Properties.Sctp;

/// <summary>Two associations on a bad network, and beside them a queue for each channel and direction that says what was sent.</summary>
internal sealed class SctpWorld
{
    private static readonly DatagramPath Path = new(TransportAddress.FromIPv4(1, 1), TransportAddress.FromIPv4(2, 2));

    private readonly VirtualClock _clock = new(Instant.FromMilliseconds(1000));
    private readonly byte[] _buffer = new byte[2048];
    private readonly Side _left;
    private readonly Side _right;
    private int _nextMessage;

    public SctpWorld(ulong seed)
    {
        var random = new SeededRandom(seed);
        _left = new Side(new SctpAssociation(new SctpOptions(), isDtlsClient: true, random.Fork(1)), new Netem(NetemOptions.Lan, random.Fork(2)));
        _right = new Side(new SctpAssociation(new SctpOptions(), isDtlsClient: false, random.Fork(3)), new Netem(NetemOptions.Lan, random.Fork(4)));
    }

    /// <summary>Connects, opens the channels, takes the steps, lets the network heal, and waits until nothing is under way.</summary>
    public void Run(SctpPlan plan)
    {
        _left.Association.Start(_clock.Now);
        foreach (DataChannelOptions options in SctpPlan.Channels)
            _left.Association.OpenChannel(_clock.Now, options);
        RunFor(TimeSpan.FromSeconds(5));
        Assert.Equal(SctpPlan.Channels.Count, _right.Channels.Count);
        Assert.Equal(SctpPlan.Channels.Count, _left.Channels.Count);
        foreach (SctpStep step in plan.Steps)
            Take(step);
        Take(new SctpStep.Weather(0, 0, 0));
        RunFor(TimeSpan.FromMinutes(5));
    }

    /// <summary>Connects through a bad network, the right side beginning by itself when told when, and sends a message each way.</summary>
    public void Open(NetemOptions network, TimeSpan? rightBeginsAfter)
    {
        _left.Network.Options = _right.Network.Options = network;
        _left.Association.Start(_clock.Now);
        _left.Association.OpenChannel(_clock.Now, new DataChannelOptions { Label = "first" });
        if (rightBeginsAfter is { } delay)
        {
            RunFor(delay);
            if (_right.Association.State == SctpState.New)
                _right.Association.Start(_clock.Now);
        }

        RunFor(TimeSpan.FromSeconds(120));
        string states = $"{_left.Association.State} with {_left.Channels.Count} channels, {_right.Association.State} with {_right.Channels.Count}";
        Assert.True(_left.Association.State == SctpState.Established && _right.Association.State == SctpState.Established, states);
        Assert.True(_right.Channels.Count == 1 && _left.Channels.Count == 1, states);
        _left.Network.Options = _right.Network.Options = NetemOptions.Lan;
        Send(_left, 0, 5000);
        Send(_right, 0, 5000);
        RunFor(TimeSpan.FromSeconds(30));
        Assert.Single(_left.Received);
        Assert.Single(_right.Received);
    }

    /// <summary>What went one way on one channel: the numbers and sizes sent, those received, and whether either side closed it.</summary>
    public (IReadOnlyList<(int Number, int Size)> Sent, IReadOnlyList<(int Number, int Size)> Received, bool ClosedBySender, bool ClosedByReceiver) Flow(bool fromLeft, int channel)
    {
        Side from = fromLeft ? _left : _right;
        Side to = fromLeft ? _right : _left;
        ushort id = _left.Channels[channel];
        return (from.Sent.Where(m => m.Channel == id).Select(m => (m.Number, m.Size)).ToList(),
            to.Received.Where(m => m.Channel == id).Select(m => (m.Number, m.Size)).ToList(),
            from.Closed.Contains(channel),
            to.Closed.Contains(channel));
    }

    /// <summary>Nothing is left in a queue, and both sides are still connected.</summary>
    public void AssertQuiet()
    {
        foreach (Side side in (Side[])[_left, _right])
        {
            Assert.Equal(SctpState.Established, side.Association.State);
            Assert.All(_left.Channels, id => Assert.Equal(0, side.Association.BufferedAmount(id)));
        }
    }

    private void Take(SctpStep step)
    {
        switch (step)
        {
            case SctpStep.Send send:
                Send(send.FromLeft ? _left : _right, send.Channel, send.Size);
                break;
            case SctpStep.Wait wait:
                RunFor(TimeSpan.FromMilliseconds(wait.Milliseconds));
                break;
            case SctpStep.Weather weather:
                _left.Network.Options = _right.Network.Options = SctpPlan.Network(weather);
                break;
            case SctpStep.Close close:
                Side side = close.FromLeft ? _left : _right;
                if (side.Closed.Add(close.Channel))
                    side.Association.CloseChannel(_clock.Now, _left.Channels[close.Channel]);
                break;
        }
    }

    private void Send(Side side, int channel, int size)
    {
        byte[] message = new byte[Math.Max(4, size)];
        BinaryPrimitives.WriteInt32BigEndian(message, ++_nextMessage);
        for (int i = 4; i < message.Length; i++)
            message[i] = (byte)(i * _nextMessage);
        ushort id = _left.Channels[channel];
        if (side.Association.Send(_clock.Now, id, message, isText: false) == DataSendResult.Ok)
            side.Sent.Add((id, _nextMessage, message.Length));
    }

    private void RunFor(TimeSpan duration)
    {
        Instant end = _clock.Now + duration;
        while (true)
        {
            Drain(_left);
            Drain(_right);
            Instant? next = Instant.Earliest(
                Instant.Earliest(_left.Association.NextTimeout, _right.Association.NextTimeout),
                Instant.Earliest(_left.Network.NextArrival, _right.Network.NextArrival));
            if (next is not { } at || at > end)
            {
                _clock.AdvanceTo(end);
                return;
            }

            _clock.AdvanceTo(Instant.Max(at, _clock.Now));
            Deliver(_left.Network, _right);
            Deliver(_right.Network, _left);
            Fire(_left);
            Fire(_right);
        }
    }

    private void Deliver(Netem network, Side to)
    {
        while (network.TryReceive(_clock.Now, out NetemDatagram datagram))
        {
            to.Association.Handle(_clock.Now, datagram.Span);
            network.Release(datagram);
            Drain(to);
        }
    }

    private void Fire(Side side)
    {
        if (side.Association.NextTimeout <= _clock.Now)
            side.Association.HandleTimeout(_clock.Now);
    }

    private void Drain(Side side)
    {
        while (side.Association.TryPollTransmit(_buffer, out int length))
            side.Network.Send(_clock.Now, Path, _buffer.AsSpan(0, length));
        while (side.Association.TryPollEvent(out SctpEvent e))
        {
            if (e.Kind == SctpEventKind.ChannelOpened)
            {
                side.Channels.Add(e.ChannelId);
                side.Channels.Sort();
            }
            else if (e.Kind == SctpEventKind.Message)
            {
                side.Receive(e);
            }
        }
    }

    private sealed record Side(SctpAssociation Association, Netem Network)
    {
        public List<ushort> Channels { get; } = [];

        public HashSet<int> Closed { get; } = [];

        public List<(ushort Channel, int Number, int Size)> Sent { get; } = [];

        public List<(ushort Channel, int Number, int Size)> Received { get; } = [];

        public void Receive(in SctpEvent e)
        {
            ReadOnlySpan<byte> message = e.Payload.Span;
            int number = BinaryPrimitives.ReadInt32BigEndian(message);
            bool whole = true;
            for (int i = 4; whole && i < message.Length; i++)
                whole = message[i] == (byte)(i * number);
            Assert.True(whole, $"message {number} of {message.Length} bytes is damaged");
            Received.Add((e.ChannelId, number, message.Length));
        }
    }
}
