using System.Collections.Concurrent;
using System.Net;
using AgentGateway.Audio;
using AgentGateway.Calls.Legs;
using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Events;
using AgentGateway.Conversation.Session;
using AgentGateway.Net;
using AgentGateway.Primitives;
using AgentGateway.Rtc.Peer;
using Microsoft.Extensions.Logging;

namespace AgentGateway.Calls;

/// <summary>All calls of this node: starts, finds and ends them. Thread-safe.</summary>
public sealed partial class CallManager : IAsyncDisposable
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "AgentGateway.Calls";

    private const int CallIdLength = 22;

    private readonly MediaTransport _transport;
    private readonly IConversationFactory _conversations;
    private readonly ICallDialectFactory _dialects;
    private readonly IOpusCodec _codec;
    private readonly CachingOpusCodec _speech;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SystemRandomSource _random = new();
    private readonly ConcurrentDictionary<string, (Call Call, Task Run)> _calls = new(StringComparer.Ordinal);
    private readonly CallMeters _meters;
    private readonly Lock _gate = new();
    private bool _stopping;

    /// <summary>Creates the manager; it does not own the transport.</summary>
    public CallManager(
        MediaTransport transport,
        IConversationFactory conversations,
        ICallDialectFactory dialects,
        IOpusCodec codec,
        TimeProvider time,
        ILoggerFactory loggerFactory)
        : this(transport, conversations, dialects, codec, time, loggerFactory, MeterName)
    {
    }

    internal CallManager(
        MediaTransport transport,
        IConversationFactory conversations,
        ICallDialectFactory dialects,
        IOpusCodec codec,
        TimeProvider time,
        ILoggerFactory loggerFactory,
        string meterName)
    {
        _transport = transport;
        _conversations = conversations;
        _dialects = dialects;
        _codec = codec;
        _speech = new CachingOpusCodec(codec);
        _time = time;
        _logger = loggerFactory.CreateLogger<CallManager>();
        _meters = new CallMeters(meterName, () => _calls.Count, _speech);
    }

    /// <summary>Calls at present.</summary>
    public int ActiveCalls => _calls.Count;

    /// <summary>Answers an offer of nobody in particular with an agent.</summary>
    /// <exception cref="Conversation.Ports.SpeechProviderException">An engine that the agent needs cannot be had.</exception>
    /// <exception cref="Conversation.Ports.LlmException">The agent's language model does not exist.</exception>
    public Task<CallStartResult> StartAsync(AgentDefinition agent, string offer, CancellationToken cancellationToken) =>
        StartAsync(agent, offer, null, cancellationToken);

    /// <summary>Answers an offer with an agent.</summary>
    /// <param name="agent">Who answers.</param>
    /// <param name="offer">SDP.</param>
    /// <param name="source">Where the offer came from, so that a flood from there leaves room for others; null when that is not known.</param>
    /// <param name="cancellationToken">Gives up before the call has begun.</param>
    /// <exception cref="Conversation.Ports.SpeechProviderException">An engine that the agent needs cannot be had.</exception>
    /// <exception cref="Conversation.Ports.LlmException">The agent's language model does not exist.</exception>
    public async Task<CallStartResult> StartAsync(AgentDefinition agent, string offer, IPAddress? source, CancellationToken cancellationToken)
    {
        // 22 of 64 characters: 132 bits, so that the id in a session URL is a capability nobody guesses.
        string callId = _random.NextIceString(CallIdLength).Replace('+', '-').Replace('/', '_');
        ConversationSession? session = null;
        AudioLeg? leg = null;
        bool running = false;
        try
        {
            // Before engines are made for it: the transport decides again, for certain.
            if (!_transport.HasRoomFor(source))
                return Refuse(null);
            if (agent.Mode == AgentMode.Conversation)
                session = await _conversations.CreateAsync(callId, agent, cancellationToken);
            leg = agent.Mode switch
            {
                AgentMode.EchoRelay => new EchoRelayLeg(),
                AgentMode.Echo => new EchoLeg(_codec, agent.Audio.Denoise),
                _ => new ConversationLeg(_speech, session!),
            };
            var call = new Call(callId, agent, leg, session, _dialects, _time, _logger);
            RtcAcceptResult result = await _transport.AcceptAsync(offer, call, source: source);
            if (result.Connection is not { } connection)
                return Refuse(result.Refusal);
            running = TryRun(call, connection);
            if (!running)
            {
                connection.Close();
                await connection.Closed;
                return Refuse(null);
            }

            _meters.Started(agent.Name);
            LogStarted(_logger, callId, agent.Name, agent.Version);
            return CallStartResult.Accepted(call, result.Sdp!, result.IceUfrag!);
        }
        finally
        {
            if (!running)
                await ReleaseAsync(leg, session);
        }
    }

    /// <summary>Finds a running call.</summary>
    public bool TryGet(string callId, out Call? call)
    {
        bool found = _calls.TryGetValue(callId, out (Call Call, Task Run) entry);
        call = entry.Call;
        return found;
    }

    /// <summary>Takes no more calls, ends those there are and waits until they have.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
            _stopping = true;
        (Call Call, Task Run)[] calls = [.. _calls.Values];
        foreach ((Call call, _) in calls)
            call.End(ConversationEndReason.ServerStopped);
        await Task.WhenAll(calls.Select(c => c.Run));
        _meters.Dispose();
    }

    private CallStartResult Refuse(SdpResult? refusal)
    {
        _meters.Refused(refusal?.Error);
        return refusal is not null ? CallStartResult.Refused(refusal) : CallStartResult.NoRoom;
    }

    // False when the node is stopping: a call either is seen by the stop or does not begin.
    private bool TryRun(Call call, RtcConnection connection)
    {
        var registered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_stopping)
                return false;
            call.Attach(connection);
            _calls[call.CallId] = (call, RunAsync(call, connection, registered.Task));
        }

        registered.SetResult();
        return true;
    }

    private async Task RunAsync(Call call, RtcConnection connection, Task registered)
    {
        await registered;
        _meters.Ended(await call.RunAsync(connection));
        _calls.TryRemove(call.CallId, out _);
    }

    private static async Task ReleaseAsync(AudioLeg? leg, ConversationSession? session)
    {
        leg?.Dispose();
        if (session is not null)
            await session.DisposeAsync();
    }

    [LoggerMessage(7010, LogLevel.Information, "Call {CallId} to {Agent} (version {Version}) accepted")]
    private static partial void LogStarted(ILogger logger, string callId, string agent, string version);
}
