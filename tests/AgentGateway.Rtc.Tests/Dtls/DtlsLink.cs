using AgentGateway.Primitives;
using AgentGateway.Rtc.Dtls;
using AgentGateway.Testing;

namespace AgentGateway.Rtc.Tests.Dtls;

/// <summary>What the network does to one datagram: when each copy arrives, relative to the usual time. Empty: lost.</summary>
internal delegate IReadOnlyList<TimeSpan> DtlsImpairment(DtlsRole from, int number, byte[] datagram);

/// <summary>A client and a server endpoint on a virtual clock with a one-way delay of 10 ms.</summary>
internal sealed class DtlsLink : IDisposable
{
    public static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(10);
    public static readonly IReadOnlyList<TimeSpan> OnTime = [TimeSpan.Zero];
    public static readonly IReadOnlyList<TimeSpan> Lost = [];

    private static readonly DateTimeOffset Today = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly PriorityQueue<(DtlsRole To, byte[] Datagram), (long At, int Order)> _inFlight = new();
    private readonly int[] _numbers = new int[2];
    private readonly byte[] _buffer = new byte[2048];
    private readonly int[] _maxDatagramSizes;
    private int _order;

    public DtlsLink(
        DtlsOptions? clientOptions = null,
        DtlsOptions? serverOptions = null,
        IReadOnlyList<DtlsFingerprint>? clientExpects = null,
        IReadOnlyList<DtlsFingerprint>? serverExpects = null)
    {
        clientOptions ??= new DtlsOptions();
        serverOptions ??= new DtlsOptions();
        Client = new DtlsEndpoint(ClientCertificate, DtlsRole.Client, clientExpects ?? [ServerCertificate.Fingerprint], clientOptions);
        Server = new DtlsEndpoint(ServerCertificate, DtlsRole.Server, serverExpects ?? [ClientCertificate.Fingerprint], serverOptions);
        _maxDatagramSizes = new int[2];
        _maxDatagramSizes[(int)DtlsRole.Client] = clientOptions.MaxDatagramSize;
        _maxDatagramSizes[(int)DtlsRole.Server] = serverOptions.MaxDatagramSize;
    }

    public static DtlsCertificate ClientCertificate { get; } = DtlsCertificate.Create("client", Today, Today.AddYears(1));

    public static DtlsCertificate ServerCertificate { get; } = DtlsCertificate.Create("server", Today, Today.AddYears(1));

    public VirtualClock Clock { get; } = new();

    public DtlsEndpoint Client { get; }

    public DtlsEndpoint Server { get; }

    public DtlsImpairment Impairment { get; set; } = (_, _, _) => OnTime;

    /// <summary>Runs before each call into an endpoint, for tests of what wall-clock time does.</summary>
    public Action BeforeEachStep { get; init; } = () => { };

    /// <summary>One line per datagram, event and retransmission with its time: equal runs give equal logs.</summary>
    public List<string> Log { get; } = [];

    public List<DtlsEvent> ClientEvents { get; } = [];

    public List<DtlsEvent> ServerEvents { get; } = [];

    public List<byte[]> ClientData { get; } = [];

    public List<byte[]> ServerData { get; } = [];

    public void Start()
    {
        Server.Start(Clock.Now);
        Client.Start(Clock.Now);
        Drain();
    }

    /// <summary>Runs until both ends are connected; fails the test when that takes longer than the limit of virtual time.</summary>
    public void Connect(double withinMilliseconds = 1000)
    {
        Start();
        RunUntil(() => Client.State == DtlsState.Connected && Server.State == DtlsState.Connected, withinMilliseconds);
        Assert.True(
            Client.State == DtlsState.Connected && Server.State == DtlsState.Connected,
            $"client {Client.State} {Client.FailureDetail}, server {Server.State} {Server.FailureDetail}\n{string.Join('\n', Log)}");
    }

    public void RunUntil(Func<bool> condition, double withinMilliseconds)
    {
        Instant end = Clock.Now + TimeSpan.FromMilliseconds(withinMilliseconds);
        while (!condition() && Step(end))
        {
        }
    }

    /// <summary>Runs until the virtual time has passed.</summary>
    public void Run(double milliseconds) => RunUntil(() => false, milliseconds);

    /// <summary>Puts a datagram of the test's own on the wire, past the impairment.</summary>
    public void Inject(DtlsRole to, byte[] datagram) => _inFlight.Enqueue((to, datagram), ((Clock.Now + Delay).Ticks, _order++));

    /// <summary>Moves what the endpoints want to send onto the wire; for after a call the test made itself.</summary>
    public void Drain()
    {
        Drain(Client, ClientEvents, ClientData);
        Drain(Server, ServerEvents, ServerData);
    }

    public void Dispose()
    {
        Client.Dispose();
        Server.Dispose();
    }

    private bool Step(Instant end)
    {
        Instant? next = Instant.Earliest(Client.NextTimeout, Server.NextTimeout);
        if (_inFlight.TryPeek(out _, out (long At, int Order) first))
            next = Instant.Earliest(next, new Instant(first.At));
        if (next is null || next > end)
        {
            Clock.AdvanceTo(end);
            return false;
        }

        Clock.AdvanceTo(Instant.Max(next.Value, Clock.Now));
        BeforeEachStep();
        if (_inFlight.TryPeek(out (DtlsRole To, byte[] Datagram) item, out first) && first.At <= Clock.Now.Ticks)
        {
            _inFlight.Dequeue();
            (item.To == DtlsRole.Client ? Client : Server).Handle(Clock.Now, item.Datagram);
        }
        else
        {
            Client.HandleTimeout(Clock.Now);
            Server.HandleTimeout(Clock.Now);
        }

        Drain();
        return true;
    }

    private void Drain(DtlsEndpoint endpoint, List<DtlsEvent> events, List<byte[]> data)
    {
        while (endpoint.TryPollTransmit(_buffer, out int length))
        {
            Assert.InRange(length, 1, _maxDatagramSizes[(int)endpoint.Role]);
            byte[] datagram = _buffer[..length];
            IReadOnlyList<TimeSpan> arrivals = Impairment(endpoint.Role, _numbers[(int)endpoint.Role]++, datagram);
            Log.Add(FormattableString.Invariant($"{Clock.Now.TotalMilliseconds,7:F1} {endpoint.Role} {Describe(datagram)} x{arrivals.Count}"));
            foreach (TimeSpan extra in arrivals)
                _inFlight.Enqueue((endpoint.Role == DtlsRole.Client ? DtlsRole.Server : DtlsRole.Client, datagram), ((Clock.Now + Delay + extra).Ticks, _order++));
        }

        while (endpoint.TryPollEvent(out DtlsEvent e))
        {
            Log.Add(FormattableString.Invariant($"{Clock.Now.TotalMilliseconds,7:F1} {endpoint.Role} {e}"));
            events.Add(e);
        }

        while (endpoint.TryPollApplicationData(_buffer, out int length))
            data.Add(_buffer[..length]);
    }

    // Types and epochs only: certificate and signature lengths vary by some bytes with their random content. Where logs are
    // compared, MaxDatagramSize must leave room for that: no message may sometimes fit into a datagram and sometimes not.
    private static string Describe(byte[] datagram)
    {
        var parts = new List<string>();
        for (int at = 0; at + 13 <= datagram.Length; at += 13 + ((datagram[at + 11] << 8) | datagram[at + 12]))
            parts.Add(datagram[at + 4] > 0 ? $"[{datagram[at]}]" : datagram[at] == 22 ? $"h{datagram[at + 13]}" : $"{datagram[at]}");
        return string.Join(' ', parts);
    }
}
