using System.Collections.Immutable;
using System.Text;
using System.Text.Unicode;
using AgentGateway.Audio;
using AgentGateway.Calls.Legs;
using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Events;
using AgentGateway.Conversation.Session;
using AgentGateway.Net;
using AgentGateway.Primitives;
using AgentGateway.Rtc.Peer;
using AgentGateway.Rtc.Sctp;
using Microsoft.Extensions.Logging;

namespace AgentGateway.Calls;

/// <summary>
/// One call: a connection bound to an agent. The media side runs on the connection's shard; conversation events and
/// client messages meet in one queue, so that the client's dialect sees them one at a time and in order.
/// </summary>
public sealed partial class Call : IRtcConnectionHandler, ICallControl
{
    // A goodbye that was sent still has to be played: a network and a jitter buffer lie between.
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(300);

    private readonly AudioLeg _leg;
    private readonly ConversationSession? _session;
    private readonly ICallDialectFactory _dialects;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly long _startedTimestamp;
    private readonly CallDrops _drops = new();
    private readonly ClientQueue _client;

    // The first reason counts.
    private readonly TaskCompletionSource<ConversationEndReason> _endRequested = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private volatile RtcConnection? _connection;

    // The shard's thread alone, until the connection has closed.
    private ushort? _channel;
    private RtcAudioSection? _heard;
    private bool _connected;
    private SctpCloseReason _dataReason;
    private RtcStatistics? _media;
    private LegStatistics _legStatistics;
    private string? _detail;

    internal Call(
        string callId,
        AgentDefinition agent,
        AudioLeg leg,
        ConversationSession? session,
        ICallDialectFactory dialects,
        TimeProvider time,
        ILogger logger)
    {
        CallId = callId;
        Agent = agent;
        _leg = leg;
        _session = session;
        _dialects = dialects;
        _time = time;
        _logger = logger;
        _client = new ClientQueue(callId, _drops, logger);
        _startedTimestamp = time.GetTimestamp();
        StartedAt = time.GetUtcNow();
    }

    /// <inheritdoc/>
    public string CallId { get; }

    /// <inheritdoc/>
    public AgentDefinition Agent { get; }

    /// <summary>When the offer was accepted.</summary>
    public DateTimeOffset StartedAt { get; }

    /// <inheritdoc/>
    public DateTimeOffset Now => _time.GetUtcNow();

    /// <summary>How long the call has lasted.</summary>
    public TimeSpan Duration => _time.GetElapsedTime(_startedTimestamp);

    Instant? IRtcConnectionHandler.NextTimeout => _leg.NextTimeout;

    /// <summary>What the call itself dropped so far; packets are counted elsewhere. Thread-safe.</summary>
    public long DropCount(CallDropReason reason) => _drops[reason];

    /// <inheritdoc/>
    public DateTimeOffset WallClock(TimeSpan at) => StartedAt + at;

    /// <inheritdoc/>
    public void Send(string message)
    {
        // After the end nobody is there to miss it.
        if (_connection is not { Closed.IsCompleted: false } connection)
            return;
        byte[] bytes = Encoding.UTF8.GetBytes(message);
        bool posted = connection.TryPost((now, peer) =>
        {
            if (_channel is { } channel && peer.SendMessage(now, channel, bytes, isText: true) != DataSendResult.Ok)
                _drops.Count(CallDropReason.MessageNotSent);
        });
        if (!posted)
            _drops.Count(CallDropReason.MessageNotSent);
    }

    /// <inheritdoc/>
    public bool SubmitText(string text, bool runImmediately, bool audioResponse)
    {
        if (_session is null)
            return false;
        if (!_session.PushText(text, runImmediately, audioResponse))
            _drops.Count(CallDropReason.TypedText);
        return true;
    }

    /// <inheritdoc/>
    public bool SubmitKey(char key)
    {
        if (_session is null)
            return false;
        if (!_session.PushDtmf(key))
            _drops.Count(CallDropReason.TelephoneKey);
        return true;
    }

    /// <inheritdoc/>
    public void End(ConversationEndReason reason)
    {
        _endRequested.TrySetResult(reason);
        _session?.RequestEnd(reason);
    }

    /// <summary>Applies a trickled fragment (RFC 8840), or restarts ICE by one. Thread-safe.</summary>
    /// <param name="fragment">application/trickle-ice-sdpfrag from outside, at most 16 KiB.</param>
    /// <param name="iceUfrags">
    /// Our ICE ufrags that the client accepts as the present one; with any other the fragment is refused as stale. Null for any.
    /// </param>
    /// <param name="mayRestart">Whether new credentials restart ICE; if not, they are refused as stale.</param>
    public async Task<FragmentResult> AcceptFragmentAsync(string fragment, IReadOnlyCollection<string>? iceUfrags, bool mayRestart)
    {
        RtcConnection connection = _connection!;
        try
        {
            return await connection.InvokeAsync((now, peer) =>
            {
                string? expected = iceUfrags is null ? null : iceUfrags.Contains(peer.IceUfrag) ? peer.IceUfrag : "";
                SdpResult result = peer.AcceptFragment(now, fragment, expected, mayRestart);
                return FragmentResult.Of(result, peer.IceUfrag);
            });
        }
        catch (InvalidOperationException)
        {
            return connection.Closed.IsCompleted ? FragmentResult.Ended : FragmentResult.NoRoom;
        }
    }

    /// <summary>Binds the call to its connection, before anybody can find it.</summary>
    internal void Attach(RtcConnection connection) => _connection = connection;

    /// <summary>Runs the call to its end: conversation, dialect, connection. Never fails; what goes wrong is logged.</summary>
    internal async Task<CallStatistics> RunAsync(RtcConnection connection)
    {
        Task dialect = _client.RunAsync();
        ConversationEndReason reason;
        try
        {
            reason = _session is null ? await _endRequested.Task : await ConverseAsync(_session);
        }
        catch (Exception e)
        {
            LogConversationFailed(_logger, e, CallId);
            reason = ConversationEndReason.Failed;
        }

        _client.Complete();
        await dialect;
        if (reason == ConversationEndReason.AgentEnded)
            await LingerAsync(connection);
        connection.Close();
        CallStatistics statistics = Summarize(reason, await connection.Closed);
        if (_session is not null)
            await _session.DisposeAsync();
        if (!statistics.Connected && statistics.Closed is RtcCloseReason.HandshakeFailed or RtcCloseReason.ConnectTimeout)
            LogNeverConnected(_logger, CallId, Agent.Name, statistics.Closed, statistics.Detail, statistics);
        else
            LogEnded(_logger, CallId, Agent.Name, statistics.Duration.TotalSeconds, reason, statistics.Closed, statistics.Detail, statistics);
        return statistics;
    }

    void IRtcConnectionHandler.HandleEvent(Instant now, RtcConnection connection, in RtcPeerEvent e)
    {
        switch (e.Kind)
        {
            case RtcPeerEventKind.AudioReceived:
                if (Hears(connection.Peer, e.Section!))
                    _leg.HandleAudio(now, connection.Peer, e);
                else
                    _drops.Count(CallDropReason.OtherAudio);
                break;
            case RtcPeerEventKind.ComfortNoiseReceived when Hears(connection.Peer, e.Section!):
                _leg.HandleComfortNoise(now, e);
                break;
            case RtcPeerEventKind.RemoteStreamChanged when Hears(connection.Peer, e.Section!):
                _leg.HandleStreamChanged();
                break;
            case RtcPeerEventKind.AudioAdded or RtcPeerEventKind.AudioRenegotiated or RtcPeerEventKind.AudioRemoved:
                _leg.HandleRenegotiated(connection.Peer, _heard?.Audio);
                break;
            case RtcPeerEventKind.DigitReceived:
                SubmitKey(e.Digit);
                break;
            case RtcPeerEventKind.ConnectionStateChanged when e.State == RtcPeerState.Connected:
                _connected = true;
                _leg.Start(_leg.IsPaced ? connection.AlignTick(now) : now, connection.Peer);
                break;
            case RtcPeerEventKind.ChannelOpened when _channel is null:
                if (_dialects.Create(e.Channel?.Label ?? "", this) is { } dialect)
                {
                    _channel = e.ChannelId;
                    _client.Open(dialect);
                }

                break;
            case RtcPeerEventKind.ChannelMessage:
                HandleMessage(e);
                break;
            case RtcPeerEventKind.ChannelClosed when e.ChannelId == _channel:
                CloseChannel();
                break;
            case RtcPeerEventKind.DataChannelsClosed:
                _dataReason = e.DataReason;
                if (_channel is not null)
                    CloseChannel();
                break;
        }
    }

    void IRtcConnectionHandler.HandleTimeout(Instant now, RtcConnection connection) => _leg.HandleTimeout(now, connection.Peer);

    void IRtcConnectionHandler.HandleClosed(Instant now, RtcConnection connection, RtcCloseReason reason)
    {
        // First of all, so that the call ends whatever happens here.
        End(reason switch
        {
            RtcCloseReason.RemoteClose => ConversationEndReason.CallerHungUp,
            RtcCloseReason.ConsentLost or RtcCloseReason.ConnectTimeout or RtcCloseReason.HandshakeFailed => ConversationEndReason.ConnectionLost,
            RtcCloseReason.InternalError => ConversationEndReason.Failed,
            _ => ConversationEndReason.ServerStopped,
        });
        _media = connection.Peer.GetStatistics(now);
        _legStatistics = _leg.Statistics;
        _detail = Describe(connection.Peer);
        _leg.Dispose();
    }

    private async Task<ConversationEndReason> ConverseAsync(ConversationSession session)
    {
        Task events = ForwardEventsAsync(session);
        ConversationEndReason reason = await session.RunAsync(CancellationToken.None);
        await events;
        return reason;
    }

    private async Task ForwardEventsAsync(ConversationSession session)
    {
        await foreach (ConversationEvent e in session.Events.ReadAllAsync())
            await _client.AddAsync(e);
    }

    private async Task LingerAsync(RtcConnection connection)
    {
        try
        {
            await connection.Closed.WaitAsync(Linger, _time);
        }
        catch (TimeoutException)
        {
            // The caller did not hang up meanwhile: we do.
        }
    }

    // A call has one caller: the first section that sends, until it may no longer send.
    private bool Hears(RtcPeer peer, RtcAudioSection section)
    {
        if (section == _heard)
            return true;
        if (_heard is { MayReceive: true })
            return false;
        bool isOther = _heard is not null;
        _heard = section;
        _leg.HandleRenegotiated(peer, section.Audio);
        if (isOther)
            _leg.HandleStreamChanged();
        return true;
    }

    private void HandleMessage(in RtcPeerEvent e)
    {
        if (e.ChannelId != _channel)
            _drops.Count(CallDropReason.MessageOnOtherChannel);
        else if (!e.IsText)
            _drops.Count(CallDropReason.MessageBinary);
        else if (!Utf8.IsValid(e.Payload.Span))
            _drops.Count(CallDropReason.MessageNotUtf8);
        else
            _client.Add(Encoding.UTF8.GetString(e.Payload.Span));
    }

    // A client that closes its channel has hung up: pages do so when they are left.
    private void CloseChannel()
    {
        _channel = null;
        End(ConversationEndReason.CallerHungUp);
    }

    private string? Describe(RtcPeer peer)
    {
        if (peer.EndReason is RtcEndReason.FingerprintMismatch or RtcEndReason.DtlsFailed or RtcEndReason.DtlsTimeout)
            return peer.FailureDetail is { } detail ? $"{peer.EndReason}: {detail}" : peer.EndReason.ToString();
        return _dataReason is SctpCloseReason.MessageTooLarge or SctpCloseReason.ProtocolViolation or SctpCloseReason.TooManyRetransmissions
            ? $"data channels: {_dataReason}"
            : null;
    }

    private CallStatistics Summarize(ConversationEndReason reason, RtcCloseReason closed)
    {
        RtcStatistics media = _media ?? new RtcStatistics();
        JitterStatistics jitter = _legStatistics.Received;
        return new CallStatistics
        {
            Duration = Duration,
            Reason = reason,
            Closed = closed,
            Detail = _detail,
            Connected = _connected,
            PacketsReceived = media.Audio.PacketsReceived,
            PacketsLost = media.Audio.PacketsLost,
            PacketsSent = media.Audio.PacketsSent,
            RemotePacketsLost = media.Audio.RemotePacketsLost,
            Jitter = media.Audio.Jitter,
            RoundTripTime = media.Audio.RoundTripTime,
            PacketsRetransmitted = media.Audio.PacketsRetransmitted,
            PacketsRecovered = media.Audio.PacketsRecoveredByRedundancy,
            RetransmissionsSent = media.Audio.RetransmissionsSent,
            Concealed = AudioFormat.ToDuration(jitter.ConcealedSamples),
            FramesSkipped = _legStatistics.FramesSkipped,
            Drops = CollectDrops(media, jitter),
        };
    }

    private ImmutableSortedDictionary<string, long> CollectDrops(RtcStatistics media, in JitterStatistics jitter)
    {
        ImmutableSortedDictionary<string, long>.Builder drops = ImmutableSortedDictionary.CreateBuilder<string, long>(StringComparer.Ordinal);
        foreach ((RtcDropReason reason, long count) in media.Drops)
            drops[$"rtc.{reason}"] = count;
        drops.AddRange(media.EngineDrops);
        drops["jitter.Late"] = jitter.Late;
        drops["jitter.Duplicate"] = jitter.Duplicates;
        drops["jitter.Malformed"] = jitter.Malformed;
        drops["jitter.DecodeError"] = jitter.DecodeErrors;
        drops["jitter.Discarded"] = jitter.Discarded;
        drops["audio.NotSent"] = _legStatistics.PacketsRefused;
        drops["conversation.InputSamples"] = _session?.DroppedInputSamples ?? 0;
        drops["conversation.Events"] = _session?.DroppedEvents ?? 0;
        _drops.AddTo(drops);
        drops.RemoveRange(drops.Where(d => d.Value == 0).Select(d => d.Key).ToArray());
        return drops.ToImmutable();
    }

    [LoggerMessage(7001, LogLevel.Information, "Call {CallId} to {Agent} ended after {Seconds:F1} s: {Reason} ({Closed}, {Detail}); {Statistics}")]
    private static partial void LogEnded(
        ILogger logger, string callId, string agent, double seconds, ConversationEndReason reason, RtcCloseReason closed, string? detail, CallStatistics statistics);

    [LoggerMessage(7002, LogLevel.Error, "The conversation of call {CallId} failed")]
    private static partial void LogConversationFailed(ILogger logger, Exception e, string callId);

    [LoggerMessage(7004, LogLevel.Warning, "Call {CallId} to {Agent} never connected: {Closed} ({Detail}); {Statistics}")]
    private static partial void LogNeverConnected(ILogger logger, string callId, string agent, RtcCloseReason closed, string? detail, CallStatistics statistics);
}
