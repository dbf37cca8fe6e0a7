using System.Net;
using System.Net.Http.Headers;
using System.Text;
using AgentGateway.Net;
using AgentGateway.Primitives;
using AgentGateway.Rtc.Peer;

namespace AgentGateway.LoadTest;

/// <summary>
/// A caller on the shard's thread: plays packets on a 20 ms grid and hands what comes back to <see cref="HandleAudio"/>.
/// </summary>
internal abstract class WhipCaller : IRtcConnectionHandler
{
    private const int FrameSamples = 960;

    private static int _nextCaller = 1;

    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Audio.FrameClock? _clock;
    private RtcConnection? _connection;
    private Uri? _session;

    public Instant? NextTimeout => _clock?.Next;

    internal TimeSpan SetupTime { get; private set; }

    /// <summary>
    /// The address to call from; null gives every caller a loopback address of its own, which a server with one port for
    /// all calls needs, because the callers share a port too.
    /// </summary>
    internal IPAddress? From { get; init; }

    /// <summary>Whether it only listens.</summary>
    internal bool IsSilent { get; init; }

    /// <summary>Completes with the reason when the call ends, whoever ended it; only after <see cref="ConnectAsync"/>.</summary>
    internal Task<RtcCloseReason> Ended => _connection!.Closed;

    /// <summary>Posts the offer and waits until media can flow.</summary>
    internal async Task ConnectAsync(MediaTransport transport, HttpClient http, Uri url, CancellationToken cancellationToken)
    {
        Instant start = transport.Clock.Now;
        RtcAcceptResult offer = await transport.OfferAsync(this, From ?? NextLoopback());
        _connection = offer.Connection ?? throw new InvalidOperationException("The load tool has no room for another call.");
        using var body = new StringContent(offer.Sdp!, Encoding.UTF8);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/sdp");
        using HttpResponseMessage response = await http.PostAsync(url, body, cancellationToken);
        string answer = await response.Content.ReadAsStringAsync(cancellationToken);
        if (!response.IsSuccessStatusCode)
            throw new InvalidOperationException($"{url} answered {(int)response.StatusCode}: {answer}");
        _session = response.Headers.Location is { } location ? new Uri(url, location) : null;
        SdpResult result = await _connection.InvokeAsync((now, peer) => peer.AcceptAnswer(now, answer));
        if (!result.IsSuccess)
            throw new InvalidOperationException($"The answer of {url} was refused: {result.Message}");
        await _connected.Task.WaitAsync(TimeSpan.FromSeconds(15), cancellationToken);
        SetupTime = transport.Clock.Now - start;
    }

    internal async Task HangUpAsync(HttpClient http, CancellationToken cancellationToken)
    {
        if (_session is not null)
        {
            using HttpResponseMessage response = await http.DeleteAsync(_session, cancellationToken);
        }

        if (_connection is not null)
        {
            _connection.Close();
            await _connection.Closed.WaitAsync(cancellationToken);
        }
    }

    public void HandleEvent(Instant now, RtcConnection connection, in RtcPeerEvent e)
    {
        if (e.Kind == RtcPeerEventKind.ConnectionStateChanged && e.State == RtcPeerState.Connected)
        {
            // Callers of a server have nothing to do with each other: their phases are spread, whatever rhythm they were set up in.
            if (!IsSilent)
                _clock ??= new Audio.FrameClock(connection.AlignTick(now), TimeSpan.FromMilliseconds(20));
            _connected.TrySetResult();
        }
        else if (e.Kind == RtcPeerEventKind.AudioReceived)
        {
            HandleAudio(now, e);
        }
    }

    public void HandleTimeout(Instant now, RtcConnection connection)
    {
        for (int due = _clock!.Advance(now); due > 0; due--)
        {
            ReadOnlySpan<byte> packet = NextPacket(now);
            connection.Peer.SendAudio(now, packet, (_clock.NextIndex - due) * FrameSamples, marker: false);
        }
    }

    public void HandleClosed(Instant now, RtcConnection connection, RtcCloseReason reason) =>
        _connected.TrySetException(new InvalidOperationException($"The call ended before it connected: {reason}."));

    private static IPAddress NextLoopback()
    {
        int caller = Interlocked.Increment(ref _nextCaller);
        return new IPAddress([127, 1, (byte)(caller >> 8), (byte)caller]);
    }

    /// <summary>The next 20 ms to send.</summary>
    protected abstract ReadOnlySpan<byte> NextPacket(Instant now);

    /// <summary>A packet of the server.</summary>
    protected abstract void HandleAudio(Instant now, in RtcPeerEvent packet);
}
