using System.Globalization;
using System.Text;
using System.Threading.Channels;
using AgentGateway.Calls.Legs;
using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Events;
using AgentGateway.Conversation.Session;
using AgentGateway.Net;
using AgentGateway.Primitives;
using AgentGateway.Rtc.Peer;
using Microsoft.Extensions.Logging;

namespace AgentGateway.Calls;

/// <summary>
/// One call: a connection bound to an agent. The media side runs on the connection's shard; conversation events and
/// client messages meet in one queue, so that the client's dialect sees them one at a time and in order.
/// </summary>
public sealed partial class Call : IRtcConnectionHandler, ICallControl
{
    private const int DialectQueueLength = 1024;

    private readonly AudioLeg _leg;
    private readonly ConversationSession? _session;
    private readonly ICallDialectFactory _dialects;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly long _startedTimestamp;
    private readonly TaskCompletionSource _endRequested = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Events wait for room (they are few and bounded by the conversation); a client's messages do not: a client that
    // floods loses its own messages and nobody else's.
    private readonly Channel<DialectInput> _inputs = Channel.CreateBounded<DialectInput>(
        new BoundedChannelOptions(DialectQueueLength) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private RtcConnection? _connection;
    private ushort? _channel;
    private ConversationEndReason? _endReason;
    private long _droppedMessages;

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

    /// <summary>Client messages that were dropped: queue full, or too large to be text of any dialect.</summary>
    public long DroppedMessages => Interlocked.Read(ref _droppedMessages);

    Instant? IRtcConnectionHandler.NextTimeout => _leg.NextTimeout;

    /// <inheritdoc/>
    public DateTimeOffset WallClock(TimeSpan at) => StartedAt + at;

    /// <inheritdoc/>
    public void Send(string message)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(message);
        bool posted = _connection?.TryPost((now, peer) =>
        {
            if (_channel is not { } channel || peer.SendMessage(now, channel, bytes, isText: true) != Rtc.Sctp.DataSendResult.Ok)
                Interlocked.Increment(ref _droppedMessages);
        }) ?? false;
        if (!posted)
            Interlocked.Increment(ref _droppedMessages);
    }

    /// <inheritdoc/>
    public bool SubmitText(string text, bool runImmediately, bool audioResponse)
    {
        if (_session is null)
            return false;
        _session.PushText(text, runImmediately, audioResponse);
        return true;
    }

    /// <inheritdoc/>
    public void End(ConversationEndReason reason)
    {
        _endReason ??= reason;
        _endRequested.TrySetResult();
        _session?.RequestEnd(reason);
    }

    /// <summary>Runs the call to its end: conversation, dialect, connection. Never fails; what goes wrong is logged.</summary>
    internal async Task RunAsync(RtcConnection connection)
    {
        _connection = connection;
        Task dialect = RunDialectAsync();
        try
        {
            if (_session is not null)
            {
                Task events = ForwardEventsAsync(_session);
                _endReason = await _session.RunAsync(CancellationToken.None);
                await events;
            }
            else
            {
                await _endRequested.Task;
            }
        }
        catch (Exception e)
        {
            LogConversationFailed(_logger, e, CallId);
        }
        finally
        {
            _inputs.Writer.TryComplete();
            await dialect;
            connection.Close();
            RtcCloseReason reason = await connection.Closed;
            if (_session is not null)
                await _session.DisposeAsync();
            LogEnded(_logger, CallId, Agent.Name, Duration.TotalSeconds.ToString("F1", CultureInfo.InvariantCulture), _endReason?.ToString() ?? reason.ToString());
        }
    }

    void IRtcConnectionHandler.HandleEvent(Instant now, RtcConnection connection, in RtcPeerEvent e)
    {
        switch (e.Kind)
        {
            case RtcPeerEventKind.AudioReceived:
                _leg.HandleAudio(now, connection.Peer, e);
                break;
            case RtcPeerEventKind.RemoteStreamChanged:
                _leg.HandleStreamChanged();
                break;
            case RtcPeerEventKind.ConnectionStateChanged when e.State == RtcPeerState.Connected:
                _leg.Start(now, connection.Peer);
                break;
            case RtcPeerEventKind.ChannelOpened when _channel is null:
                if (_dialects.Create(e.Channel?.Label ?? "", this) is { } dialect)
                {
                    _channel = e.ChannelId;
                    Enqueue(new DialectInput(dialect, null, null));
                }

                break;
            case RtcPeerEventKind.ChannelMessage when e.ChannelId == _channel:
                // Binary frames belong to no dialect we speak.
                if (e.IsText)
                    Enqueue(new DialectInput(null, Encoding.UTF8.GetString(e.Payload.Span), null));
                else
                    Interlocked.Increment(ref _droppedMessages);
                break;
            case RtcPeerEventKind.ChannelClosed when e.ChannelId == _channel:
            case RtcPeerEventKind.DataChannelsClosed when _channel is not null:
                _channel = null;
                End(ConversationEndReason.CallerHungUp);
                break;
        }
    }

    void IRtcConnectionHandler.HandleTimeout(Instant now, RtcConnection connection) => _leg.HandleTimeout(now, connection.Peer);

    void IRtcConnectionHandler.HandleClosed(Instant now, RtcConnection connection, RtcCloseReason reason)
    {
        _leg.Dispose();
        End(reason switch
        {
            RtcCloseReason.RemoteClose => ConversationEndReason.CallerHungUp,
            RtcCloseReason.ConsentLost or RtcCloseReason.ConnectTimeout or RtcCloseReason.HandshakeFailed => ConversationEndReason.ConnectionLost,
            RtcCloseReason.InternalError => ConversationEndReason.Failed,
            _ => ConversationEndReason.ServerStopped,
        });
    }

    private void Enqueue(DialectInput input)
    {
        if (!_inputs.Writer.TryWrite(input))
            Interlocked.Increment(ref _droppedMessages);
    }

    private async Task ForwardEventsAsync(ConversationSession session)
    {
        await foreach (ConversationEvent e in session.Events.ReadAllAsync())
            await _inputs.Writer.WriteAsync(new DialectInput(null, null, e));
    }

    private async Task RunDialectAsync()
    {
        // Events that happen before the client opened its channel are told once it did.
        var early = new Queue<ConversationEvent>();
        ICallDialect? dialect = null;
        await foreach (DialectInput input in _inputs.Reader.ReadAllAsync())
        {
            try
            {
                if (input.Opened is not null)
                {
                    dialect = input.Opened;
                    while (early.TryDequeue(out ConversationEvent? e))
                        dialect.HandleEvent(e);
                }
                else if (input.Message is not null)
                {
                    dialect?.HandleMessage(input.Message);
                }
                else if (dialect is not null)
                {
                    dialect.HandleEvent(input.Event!);
                }
                else if (early.Count < DialectQueueLength)
                {
                    early.Enqueue(input.Event!);
                }
            }
            catch (Exception e)
            {
                LogDialectFailed(_logger, e, CallId);
            }
        }
    }

    [LoggerMessage(7001, LogLevel.Information, "Call {CallId} to {Agent} ended after {Seconds} s: {Reason}")]
    private static partial void LogEnded(ILogger logger, string callId, string agent, string seconds, string reason);

    [LoggerMessage(7002, LogLevel.Error, "The conversation of call {CallId} failed")]
    private static partial void LogConversationFailed(ILogger logger, Exception e, string callId);

    [LoggerMessage(7003, LogLevel.Error, "A message or event of call {CallId} could not be handled")]
    private static partial void LogDialectFailed(ILogger logger, Exception e, string callId);

    /// <summary>Exactly one member is set.</summary>
    private readonly record struct DialectInput(ICallDialect? Opened, string? Message, ConversationEvent? Event);
}
