using AgentGateway.Primitives;
using AgentGateway.Rtc.Primitives;
using AgentGateway.Rtc.Turn;
using AgentGateway.Testing;
using AgentGateway.Testing.Network;

namespace AgentGateway.Rtc.Tests.Turn;

/// <summary>A client and the server model on one virtual clock; what goes to far ends and comes from them is at hand.</summary>
internal sealed class TurnLink
{
    public static readonly TransportAddress ClientAddress = Parse("192.0.2.10", 8081);
    public static readonly TransportAddress ServerAddress = Parse("198.51.100.1", 3478);
    public static readonly TransportAddress FarEnd = Parse("203.0.113.5", 40000);

    private readonly byte[] _buffer = new byte[TurnClient.MaxMessageSize];

    public TurnLink(TurnClientOptions? options = null)
    {
        Client = new TurnClient(options ?? Options, new SeededRandom(1));
    }

    public static TurnClientOptions Options { get; } = new() { UserName = "user", Password = "secret" };

    public VirtualClock Clock { get; } = new();

    public TurnClient Client { get; }

    public TurnServerModel Server { get; } = new(ServerAddress);

    public List<TurnEvent> Events { get; } = [];

    /// <summary>What far ends received, with the relayed address it came from.</summary>
    public List<TurnServerOutput> ToFarEnds { get; } = [];

    /// <summary>What the client took out of the relay's envelopes.</summary>
    public List<(TransportAddress Peer, byte[] Bytes)> Received { get; } = [];

    /// <summary>The sizes of what the client sent to the server.</summary>
    public List<int> Sent { get; } = [];

    /// <summary>Loses everything between client and server while it is true.</summary>
    public bool IsDead { get; set; }

    public TurnEvent LastEvent => Events[^1];

    public static TransportAddress Parse(string address, ushort port) =>
        TransportAddress.TryParse(address, port, out TransportAddress parsed) ? parsed : throw new ArgumentException(address);

    public TurnLink Allocated()
    {
        Client.Start(Clock.Now);
        Exchange();
        Assert.Equal(TurnState.Allocated, Client.State);
        return this;
    }

    /// <summary>Sends and receives until both sides are quiet; no time passes.</summary>
    public void Exchange()
    {
        bool any;
        do
        {
            any = false;
            while (Client.TryPollTransmit(_buffer, out int length))
            {
                any = true;
                ToServer(_buffer[..length]);
            }

            while (Server.TryTake(out TurnServerOutput output))
            {
                any = true;
                if (output.To != ClientAddress)
                    ToFarEnds.Add(output);
                else if (!IsDead)
                    Take(output.Bytes);
            }

            while (Client.TryPollEvent(out TurnEvent e))
                Events.Add(e);
        }
        while (any);
    }

    /// <summary>Lets time pass, from deadline to deadline.</summary>
    public void Run(TimeSpan duration)
    {
        Instant end = Clock.Now + duration;
        Exchange();
        while (Client.NextTimeout is { } next && next <= end)
        {
            Clock.AdvanceTo(Instant.Max(next, Clock.Now));
            Client.HandleTimeout(Clock.Now);
            Exchange();
        }

        Clock.AdvanceTo(end);
    }

    /// <summary>Sends a datagram to a far end as a driver does: the client's own requests leave first.</summary>
    public bool Send(TransportAddress to, byte[] datagram)
    {
        byte[] buffer = new byte[datagram.Length + TurnClient.MaxOverhead];
        datagram.CopyTo(buffer, 0);
        bool wrapped = Client.TryWrap(Clock.Now, buffer, datagram.Length, to, out int length);
        while (Client.TryPollTransmit(_buffer, out int request))
            ToServer(_buffer[..request]);
        if (wrapped)
            ToServer(buffer[..length]);
        Exchange();
        return wrapped;
    }

    public void FromFarEnd(TransportAddress from, byte[] datagram)
    {
        Server.HandlePeer(Clock.Now, from, Client.Relayed, datagram);
        Exchange();
    }

    public void Take(byte[] packet)
    {
        if (Client.Handle(Clock.Now, packet, out TurnData data) == TurnInput.Data)
            Received.Add((data.Peer, packet[data.Offset..(data.Offset + data.Length)]));
    }

    private void ToServer(byte[] packet)
    {
        Sent.Add(packet.Length);
        if (!IsDead)
            Server.HandleClient(Clock.Now, ClientAddress, packet);
    }
}
