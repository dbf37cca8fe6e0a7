using System.Net;
using System.Text;
using System.Threading.Channels;
using AgentGateway.Audio;
using AgentGateway.Net;
using AgentGateway.Primitives;
using AgentGateway.Rtc.Peer;
using AgentGateway.Rtc.Sctp;

namespace AgentGateway.Testing.Calls;

/// <summary>
/// A caller over real sockets, made of our own peer: sends a packet every 20 ms, counts what comes back and how regularly, and speaks on a
/// data channel. Runs on the thread of its transport's shard; the members here are for the test's thread.
/// </summary>
public class WebRtcCaller : IRtcConnectionHandler
{
    /// <summary>When a test that hangs ends; nothing is asserted by it.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private const int FrameSamples = 960;
    private static readonly TimeSpan FramePeriod = TimeSpan.FromMilliseconds(20);
    private static int _nextCaller = 1;

    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<string> _messages = Channel.CreateUnbounded<string>();
    private readonly Lock _gate = new();
    private volatile byte[]? _packet;
    private RtcConnection? _connection;
    private FrameClock? _clock;
    private ushort? _channel;
    private AudioArrivals _arrivals = new();

    /// <summary>The label of the data channel; null for none.</summary>
    public string? ChannelLabel { get; init; } = "events";

    /// <summary>What is sent every 20 ms; null for nothing.</summary>
    public byte[]? Packet
    {
        get => _packet;
        set => _packet = value;
    }

    /// <summary>Changes descriptions under way.</summary>
    public Func<string, string> RewriteOffer { get; init; } = static s => s;

    public Func<string, string> RewriteAnswer { get; init; } = static s => s;

    /// <summary>Called for each audio packet, on the shard's thread.</summary>
    public Action<Instant, RtcPeerEvent>? OnAudio { get; init; }

    public RtcConnection Connection => _connection ?? throw new InvalidOperationException("The caller has not called.");

    /// <summary>Media can flow; fails when the connection ends before.</summary>
    public Task Connected => _connected.Task.WaitAsync(Limit);

    public Task<RtcCloseReason> Closed => Connection.Closed.WaitAsync(Limit);

    /// <summary>Text messages; completes with the connection.</summary>
    public ChannelReader<string> Messages => _messages.Reader;

    Instant? IRtcConnectionHandler.NextTimeout => _clock?.Next;

    /// <summary>A transport for callers: any port, the full side of ICE.</summary>
    public static MediaTransport StartTransport(int maxConnections = 1000) => MediaTransport.Start(
        new MediaTransportOptions { Ports = [0], IceLite = false, MaxConnections = maxConnections },
        TimeProvider.System,
        Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance);

    /// <summary>Offers, lets <paramref name="signal"/> fetch the answer, and applies it. Await <see cref="Connected"/> next.</summary>
    public async Task CallAsync(MediaTransport transport, Func<string, Task<string>> signal)
    {
        // All callers share one port, so each calls from a loopback address of its own: that is how datagrams are told apart.
        int number = Interlocked.Increment(ref _nextCaller);
        RtcAcceptResult offer = await transport.OfferAsync(this, new IPAddress([127, 2, (byte)(number >> 8), (byte)number]));
        _connection = offer.Connection ?? throw new InvalidOperationException("The callers' transport has no room.");
        string answer = RewriteAnswer(await signal(RewriteOffer(offer.Sdp!)));
        SdpResult result = await _connection.InvokeAsync((now, peer) =>
        {
            SdpResult accepted = peer.AcceptAnswer(now, answer);
            if (accepted.IsSuccess && ChannelLabel is not null && peer.HasDataChannels)
                _channel = peer.OpenChannel(now, new DataChannelOptions { Label = ChannelLabel });
            return accepted;
        });
        if (!result.IsSuccess)
            throw new InvalidOperationException($"The answer was refused: {result.Message}\n{answer}");
    }

    /// <summary>Opens another channel.</summary>
    public Task<ushort> OpenChannelAsync(string label) =>
        Connection.InvokeAsync((now, peer) => peer.OpenChannel(now, new DataChannelOptions { Label = label }));

    public Task<DataSendResult> SendAsync(string message, ushort? channel = null) => SendAsync(Encoding.UTF8.GetBytes(message), isText: true, channel);

    public Task<DataSendResult> SendAsync(byte[] message, bool isText, ushort? channel = null) =>
        Connection.InvokeAsync((now, peer) => peer.SendMessage(now, channel ?? _channel!.Value, message, isText));

    /// <summary>Closes the data channel and keeps the call.</summary>
    public void CloseChannel() => Connection.TryPost((now, peer) => peer.CloseChannel(now, _channel!.Value));

    public Task<RtcStatistics> GetStatisticsAsync() => Connection.InvokeAsync((now, peer) => peer.GetStatistics(now));

    /// <summary>Hangs up with a goodbye.</summary>
    public async Task HangUpAsync()
    {
        Connection.Close();
        await Closed;
    }

    /// <summary>Packets that came since the last <see cref="TakeArrivals"/>.</summary>
    public int Received
    {
        get
        {
            lock (_gate)
                return _arrivals.Received;
        }
    }

    /// <summary>What came since the last call of this.</summary>
    public AudioArrivals TakeArrivals()
    {
        lock (_gate)
        {
            AudioArrivals arrivals = _arrivals;
            _arrivals = new AudioArrivals();
            return arrivals;
        }
    }

    void IRtcConnectionHandler.HandleEvent(Instant now, RtcConnection connection, in RtcPeerEvent e)
    {
        switch (e.Kind)
        {
            case RtcPeerEventKind.ConnectionStateChanged when e.State == RtcPeerState.Connected:
                _clock = new FrameClock(now, FramePeriod);
                _connected.TrySetResult();
                break;
            case RtcPeerEventKind.AudioReceived:
                lock (_gate)
                    _arrivals.Add(now, e.Sequence);
                OnAudio?.Invoke(now, e);
                break;
            case RtcPeerEventKind.ChannelMessage when e.IsText:
                _messages.Writer.TryWrite(Encoding.UTF8.GetString(e.Payload.Span));
                break;
        }
    }

    void IRtcConnectionHandler.HandleTimeout(Instant now, RtcConnection connection)
    {
        for (int due = _clock!.Advance(now); due > 0; due--)
        {
            if (Packet is { } packet)
                connection.Peer.SendAudio(now, packet, (_clock.NextIndex - due) * FrameSamples, marker: false);
        }
    }

    void IRtcConnectionHandler.HandleClosed(Instant now, RtcConnection connection, RtcCloseReason reason)
    {
        _connected.TrySetException(new InvalidOperationException($"The call ended before it connected: {reason}."));
        _messages.Writer.TryComplete();
    }
}
