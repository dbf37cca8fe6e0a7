using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using AgentGateway.Net.Mdns;
using AgentGateway.Net.Servers;
using AgentGateway.Net.Streams;
using AgentGateway.Net.Udp;
using AgentGateway.Primitives;
using AgentGateway.Rtc.Ice;
using AgentGateway.Rtc.Peer;
using AgentGateway.Rtc.Primitives;
using AgentGateway.Rtc.Turn;
using Microsoft.Extensions.Logging;

namespace AgentGateway.Net;

/// <summary>
/// The node's media transport: a few UDP ports, one shard each, that all calls share. Thread-safe.
/// </summary>
public sealed class MediaTransport : IAsyncDisposable
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "AgentGateway.Net";

    private readonly MediaTransportOptions _options;
    private readonly TimeProvider _time;
    private readonly MonotonicClock _clock;
    private readonly MediaShard[] _shards;
    private readonly MdnsResolver? _names;
    private readonly ShardServices[] _services;
    private readonly HostAddresses _addresses = new();
    private readonly CertificateRotation _certificates;
    private readonly SystemRandomSource _random = new();
    private readonly Meter _meter = new(MeterName);
    private readonly ConnectingPlaces _connecting;
    private readonly Lock _dealing = new();
    private int _places;
    private long _refused;
    private bool _stopped;
    private LatenessHistogram _lastLateness = new();

    private MediaTransport(
        MediaTransportOptions options, TimeProvider time, MonotonicClock clock, CertificateRotation certificates, MediaShard[] shards, IceTcpListener?[] listeners, MdnsResolver? names, ILogger logger)
    {
        _options = options;
        _time = time;
        _clock = clock;
        _certificates = certificates;
        _shards = shards;
        _names = names;
        _connecting = new ConnectingPlaces(options.MaxConnecting, options.MaxConnectingPerSource);
        _services = [.. shards.Select((shard, i) => new ShardServices(shard, options, listeners[i], _random, logger))];
        Gathered = Task.WhenAll(_services.Select(s => s.Gathered));
        _ = Gathered.ContinueWith(_ => EndGathering(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        _meter.CreateObservableUpDownCounter("agentgateway.net.connections", () => ConnectionCount, "{connection}", "Open peer connections");
        _meter.CreateObservableUpDownCounter("agentgateway.net.connections.connecting", () => ConnectingCount, "{connection}", "Answered offers that are not connected yet");
        _meter.CreateObservableCounter("agentgateway.net.offers.refused", () => Volatile.Read(ref _refused), "{offer}", "Offers refused because too many calls are open or connecting");
        _meter.CreateObservableCounter("agentgateway.net.datagrams.received", () => Sum(c => c.DatagramsReceived), "{datagram}");
        _meter.CreateObservableCounter("agentgateway.net.datagrams.sent", () => Sum(c => c.DatagramsSent), "{datagram}");
        _meter.CreateObservableCounter("agentgateway.net.datagrams.unroutable", () => Sum(c => c.DatagramsUnroutable), "{datagram}", "Datagrams of no known connection");
        _meter.CreateObservableCounter("agentgateway.net.datagrams.unusable", () => _shards.Sum(s => s.UnusableDatagrams), "{datagram}", "Datagrams longer than any WebRTC packet or without an address");
        _meter.CreateObservableCounter("agentgateway.net.datagrams.undeliverable", () => _shards.Sum(s => s.Links.Undeliverable), "{datagram}", "Outgoing datagrams that a relay or a TCP connection did not take");
        _meter.CreateObservableCounter("agentgateway.net.turn.drops", TurnDropCounts, "{packet}", "Packets to or from TURN servers without effect");
        _meter.CreateObservableCounter("agentgateway.net.stun.drops", StunDropCounts, "{datagram}", "Datagrams of STUN servers that told us nothing");
        _meter.CreateObservableCounter("agentgateway.net.names.refused", () => _names?.Refused ?? 0, "{name}", "Names of candidates that were not asked for, because too many were at once");
        _meter.CreateObservableUpDownCounter("agentgateway.net.tcp.connections", () => _services.Sum(s => s.Listener?.ConnectionCount ?? 0), "{connection}", "Callers' TCP connections");
        _meter.CreateObservableCounter("agentgateway.net.tcp.refused", () => _services.Sum(s => s.Listener?.Refused ?? 0), "{connection}", "Callers' TCP connections that were refused for want of room");
        _meter.CreateObservableCounter("agentgateway.net.datagrams.refused", () => _shards.Sum(s => s.RefusedDatagrams), "{datagram}", "Outgoing datagrams that the system refused");
        _meter.CreateObservableCounter("agentgateway.net.connections.failed", () => Sum(c => c.ConnectionsFailed), "{connection}", "Connections closed by a defect");
        _meter.CreateObservableGauge("agentgateway.net.tick.lateness.p99", TakeLatenessP99, "ms", "How late media ticks left since the last reading, 99th percentile");
        _meter.CreateObservableGauge("agentgateway.net.tick.lateness.max", () => _lastLateness.Max.TotalMilliseconds, "ms", "The worst of them");
    }

    /// <summary>Open connections of all shards.</summary>
    public int ConnectionCount => _shards.Sum(s => s.ConnectionCount);

    /// <summary>Answered offers whose callers are not connected yet.</summary>
    public int ConnectingCount => _connecting.Count;

    /// <summary>Whether another offer would be accepted now; offers under way count as connections.</summary>
    public bool HasRoom => HasRoomFor(null);

    /// <summary>The same for an offer from an address; null for none that is known.</summary>
    public bool HasRoomFor(IPAddress? source) => Volatile.Read(ref _places) < _options.MaxConnections && _connecting.HasRoom(source);

    /// <summary>The addresses and ports that are bound.</summary>
    public IReadOnlyList<IPEndPoint> LocalEndPoints => [.. _shards.Select(s => s.LocalEndPoint)];

    /// <summary>The addresses and TCP ports that callers may connect to.</summary>
    public IReadOnlyList<IPEndPoint> TcpEndPoints => [.. _services.Where(s => s.Listener is not null).Select(s => s.Listener!.LocalEndPoint)];

    /// <summary>Completes when each STUN and TURN server has answered or failed once; at once when there are none. Never fails.</summary>
    public Task Gathered { get; }

    /// <summary>Server-reflexive and relayed candidates that callers are offered now, beside those of the interfaces.</summary>
    public IReadOnlyList<string> GatheredCandidates => [.. _shards.SelectMany(s => s.Links.Candidates).Select(c => c.Format())];

    /// <summary>The clock of all media times.</summary>
    public MonotonicClock Clock => _clock;

    /// <summary>Binds the ports and starts the shards.</summary>
    /// <exception cref="MediaTransportException">A port is taken or the address is not this host's; the message says which and what to do.</exception>
    public static MediaTransport Start(MediaTransportOptions options, TimeProvider time, ILoggerFactory loggerFactory)
    {
        ILogger logger = loggerFactory.CreateLogger<MediaTransport>();
        var clock = new MonotonicClock(time);
        var shards = new List<MediaShard>();
        MdnsResolver? names = IsLite(options) || !options.ResolveNames ? null : new MdnsResolver(options.Mdns, time, new SystemRandomSource(), logger);
        var listeners = new List<IceTcpListener?>();
        try
        {
            for (int i = 0; i < options.Ports.Count; i++)
            {
                UdpSocket socket = Bind(new IPEndPoint(options.ListenAddress, options.Ports[i]));
                shards.Add(new MediaShard(socket, clock, names, logger, IsLite(options)));
                listeners.Add(i < options.TcpPorts.Count ? Listen(new IPEndPoint(socket.LocalEndPoint.Address, options.TcpPorts[i]), options) : null);
            }

            return new MediaTransport(options, time, clock, new CertificateRotation(time, logger), [.. shards], [.. listeners], names, logger);
        }
        catch
        {
            foreach (IceTcpListener? listener in listeners)
                listener?.Dispose();
            foreach (MediaShard shard in shards)
                shard.Dispose();
            throw;
        }
    }

    /// <summary>What callers are offered now, of every port, best first.</summary>
    public IReadOnlyList<IceCandidate> OfferedCandidates => [.. _shards.SelectMany(s => Candidates(s, null))];

    /// <summary>Until when the certificate of new calls is valid.</summary>
    public DateTimeOffset CertificateExpires => _certificates.Current.NotAfter;

    /// <summary>What an offer would get, without a connection coming of it.</summary>
    /// <param name="offer">SDP, at most 64 KB.</param>
    public SdpResult Probe(string offer)
    {
        using RtcPeer peer = CreatePeer(_shards[0], null, isGathering: false);
        return peer.AcceptOffer(_clock.Now, offer);
    }

    /// <summary>Answers a caller's offer.</summary>
    /// <param name="offer">SDP, at most 64 KB; anything else is refused with a reason.</param>
    /// <param name="handler">What the call does with the connection; not used when the offer is refused.</param>
    /// <param name="canTrickle">
    /// Whether later candidates can be told to the caller (<see cref="RtcPeerEventKind.LocalCandidate"/>): the answer then leaves at once, without
    /// "end-of-candidates" while servers are still being asked. If not, as over WHIP, it waits for them up to
    /// <see cref="MediaTransportOptions.GatheringTimeout"/>, and what is found later is not told.
    /// </param>
    /// <param name="source">Who brought the offer; null when that is not known. Not where media will come from.</param>
    public Task<RtcAcceptResult> AcceptAsync(string offer, IRtcConnectionHandler handler, bool canTrickle = false, IPAddress? source = null) =>
        OpenAsync(handler, null, isAnswer: true, canTrickle, source, (now, peer) => peer.AcceptOffer(now, offer));

    /// <summary>Makes an offer; the answer is given to the connection's peer with AcceptAnswer.</summary>
    /// <param name="handler">What the call does with the connection.</param>
    /// <param name="localAddress">
    /// The one address of this host to call from; null for all. Two calls from one port to one port of the far end need
    /// two addresses, because datagrams are told apart by their path.
    /// </param>
    /// <param name="canTrickle">As for <see cref="AcceptAsync"/>.</param>
    public Task<RtcAcceptResult> OfferAsync(IRtcConnectionHandler handler, IPAddress? localAddress = null, bool canTrickle = false) =>
        OpenAsync(handler, localAddress, isAnswer: false, canTrickle, null, static (now, peer) => new SdpResult { Answer = peer.CreateOffer(now) });

    /// <summary>Closes every connection with a goodbye and frees the ports.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _stopped, true))
            return;
        foreach (ShardServices services in _services)
            await services.DisposeAsync();
        _meter.Dispose();
        _addresses.Dispose();
        _certificates.Dispose();
        if (_names is not null)
            await _names.DisposeAsync();
    }

    private static bool IsLite(MediaTransportOptions options) => options.IceLite && options.TurnServers.Count == 0;

    private static IceTcpListener Listen(IPEndPoint endPoint, MediaTransportOptions options)
    {
        try
        {
            return IceTcpListener.Bind(endPoint, options.MaxTcpConnections, options.TcpHandshakeTimeout);
        }
        catch (SocketException e)
        {
            throw new MediaTransportException($"TCP {endPoint} cannot be bound: {e.Message}. Check Media:ListenAddress and Media:TcpPorts.", e);
        }
    }

    private static UdpSocket Bind(IPEndPoint endPoint)
    {
        try
        {
            return UdpSocket.Bind(endPoint);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new MediaTransportException($"UDP port {endPoint.Port} is in use. Stop the program that has it, or choose another with Media:Ports.", e);
        }
        catch (SocketException e)
        {
            throw new MediaTransportException($"UDP {endPoint} cannot be bound: {e.Message}. Check Media:ListenAddress and Media:Ports.", e);
        }
    }

    // The connection keeps these closures as long as the call lasts: they must not hold its descriptions.
    private RtcConnection Connect(MediaShard shard, RtcPeer peer, IRtcConnectionHandler handler, bool isAnswer, IPAddress? source) =>
        new(shard, peer, handler, () => Release(shard), isAnswer ? () => _connecting.Release(source) : null);

    // Null when the shard takes no more.
    private Task<RtcAcceptResult>? TryHandOver(MediaShard shard, RtcConnection connection, string description, string ufrag)
    {
        var completion = new TaskCompletionSource<RtcAcceptResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        bool posted = shard.TryPost(now =>
        {
            shard.Add(now, connection, _options.ConnectTimeout);
            completion.SetResult(RtcAcceptResult.Accepted(connection, description, ufrag));
        });
        return posted ? completion.Task : null;
    }

    private async Task<RtcAcceptResult> OpenAsync(
        IRtcConnectionHandler handler, IPAddress? localAddress, bool isAnswer, bool canTrickle, IPAddress? source, Func<Instant, RtcPeer, SdpResult> negotiate)
    {
        if (!TryReserve(isAnswer, source))
        {
            Interlocked.Increment(ref _refused);
            return RtcAcceptResult.Overloaded;
        }

        bool kept = false;
        RtcPeer? peer = null;
        MediaShard? shard = null;
        try
        {
            if (!canTrickle && !Gathered.IsCompleted)
                await Task.WhenAny(Gathered, Task.Delay(_options.GatheringTimeout, _time));

            // Here and not on the shard: an offer costs as much as hundreds of packets. The peer has one owner at a time.
            shard = TakeShard();
            peer = CreatePeer(shard, localAddress, canTrickle && !Gathered.IsCompleted);
            SdpResult result = negotiate(_clock.Now, peer);
            if (!result.IsSuccess)
                return RtcAcceptResult.Refused(result);

            RtcConnection connection = Connect(shard, peer, handler, isAnswer, source);
            Task<RtcAcceptResult>? accepted = TryHandOver(shard, connection, result.Answer!, peer.IceUfrag);
            kept = accepted is not null;
            return kept ? await accepted! : RtcAcceptResult.Overloaded;
        }
        catch (ObjectDisposedException) when (Volatile.Read(ref _stopped))
        {
            // The certificate went away under an offer that came with the stop.
            return RtcAcceptResult.Overloaded;
        }
        finally
        {
            if (!kept)
            {
                peer?.Dispose();
                if (isAnswer)
                    _connecting.Release(source);
                Release(shard);
            }
        }
    }

    private void EndGathering()
    {
        foreach (MediaShard shard in _shards)
            shard.PostAlways(shard.EndGathering);
    }

    private RtcPeer CreatePeer(MediaShard shard, IPAddress? localAddress, bool isGathering) => new(
        new RtcPeerOptions
        {
            Certificate = _certificates.Current,
            LocalCandidates = Candidates(shard, localAddress),
            IsGathering = isGathering,
            IceLite = IsLite(_options),
            Ice = new IceOptions { TransportPolicy = _options.RelayOnly ? IceTransportPolicy.Relay : IceTransportPolicy.All },
            Random = _random,
            WallClockAtEpoch = _clock.Epoch,
        },
        _clock.Now);

    private List<IceCandidate> Candidates(MediaShard shard, IPAddress? only)
    {
        IPEndPoint bound = shard.LocalEndPoint;
        IReadOnlyList<IPAddress> addresses = only is null ? _options.AdvertisedAddresses : [only];
        if (addresses.Count == 0)
        {
            bool wildcard = bound.Address.Equals(IPAddress.Any) || bound.Address.Equals(IPAddress.IPv6Any);
            addresses = wildcard ? [.. _addresses.Current.Where(a => a.AddressFamily == bound.AddressFamily || bound.AddressFamily == AddressFamily.InterNetworkV6)] : [bound.Address];
        }

        ushort port = (ushort)(_options.AdvertisedPort ?? bound.Port);
        var candidates = new List<IceCandidate>();
        foreach (IPAddress address in addresses)
            candidates.Add(IceCandidate.CreateHost(TransportAddress.From(address, port), (ushort)(ushort.MaxValue - candidates.Count)));
        if (_services.FirstOrDefault(s => s.Shard == shard)?.Listener is { } listener)
        {
            foreach (IPAddress address in addresses)
                candidates.Add(IceCandidate.CreateTcpPassive(TransportAddress.From(address, (ushort)listener.LocalEndPoint.Port), (ushort)(8191 - candidates.Count)));
        }

        candidates.AddRange(shard.Links.Candidates);
        return candidates;
    }

    // The gauges are read in the order in which they were made: the maximum is of the same interval.
    private double TakeLatenessP99()
    {
        var all = new LatenessHistogram();
        foreach (MediaShard shard in _shards)
            all.Add(shard.Counters.TakeLateness());
        _lastLateness = all;
        return all.Percentile(0.99).TotalMilliseconds;
    }

    /// <summary>
    /// Takes a place for a connection, and for an answer one of those that connect: each of those holds a handshake's memory, and whoever can
    /// post offers can make them without ever sending a datagram.
    /// </summary>
    private bool TryReserve(bool isAnswer, IPAddress? source)
    {
        if (Interlocked.Increment(ref _places) > _options.MaxConnections)
        {
            Release(null);
            return false;
        }

        if (!isAnswer || _connecting.TryTake(source))
            return true;
        Release(null);
        return false;
    }

    /// <summary>Takes a place on the shard with the fewest connections, those under way included.</summary>
    private MediaShard TakeShard()
    {
        lock (_dealing)
        {
            MediaShard best = _shards[0];
            foreach (MediaShard shard in _shards)
            {
                if (shard.Places < best.Places)
                    best = shard;
            }

            best.Places++;
            return best;
        }
    }

    private void Release(MediaShard? shard)
    {
        Interlocked.Decrement(ref _places);
        if (shard is null)
            return;
        lock (_dealing)
            shard.Places--;
    }

    private IEnumerable<Measurement<long>> TurnDropCounts() => TurnDrops.Reasons.Select(
        reason => new Measurement<long>(_shards.Sum(s => s.Links.TurnDrops.Count(reason)), new KeyValuePair<string, object?>("reason", reason.ToString())));

    private IEnumerable<Measurement<long>> StunDropCounts() => Enum.GetValues<StunDropReason>().Select(
        reason => new Measurement<long>(_shards.Sum(s => s.Links.StunDrops(reason)), new KeyValuePair<string, object?>("reason", reason.ToString())));

    private long Sum(Func<ShardCounters, long> counter) => _shards.Sum(s => counter(s.Counters));
}
