using System.Collections.Concurrent;
using System.Net;
using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Session;
using AgentGateway.Conversation.Tools;
using AgentGateway.Net;
using AgentGateway.Rtc.Peer;
using AgentGateway.Testing.Calls;
using AgentGateway.Testing.Conversation;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace AgentGateway.Calls.Tests.Support;

/// <summary>A node with a call manager, real sockets on loopback and scripted engines; and a transport for its callers.</summary>
internal sealed class Node : IAsyncDisposable, IConversationFactory, ILoggerProvider, ILogger
{
    private readonly LoggerFactory _loggers;
    private readonly MediaTransport _callers = WebRtcCaller.StartTransport();
    private readonly TimeProvider _conversationTime;

    internal Node(int maxCalls = 100, TimeSpan? connectTimeout = null, TimeSpan? speech = null, TimeProvider? conversationTime = null)
    {
        _conversationTime = conversationTime ?? TimeProvider.System;
        Speech = speech ?? TimeSpan.FromSeconds(0.5);
        Chat = new ScriptedChatClient(TimeProvider.System) { Default = "Yes." };
        _loggers = new LoggerFactory([this]);
        Transport = MediaTransport.Start(
            new MediaTransportOptions
            {
                ListenAddress = IPAddress.Loopback,
                Ports = [0],
                MaxConnections = maxCalls,
                ConnectTimeout = connectTimeout ?? TimeSpan.FromSeconds(30),
            },
            TimeProvider.System,
            _loggers);
        Manager = new CallManager(Transport, this, Dialects, Codec, TimeProvider.System, _loggers);
    }

    internal MediaTransport Transport { get; }

    internal CallManager Manager { get; }

    internal RecordingDialects Dialects { get; } = new();

    internal CountingCodec Codec { get; } = new();

    internal LevelVoiceModel Voice { get; } = new();

    internal ScriptedChatClient Chat { get; }

    internal TimeSpan Speech { get; }

    /// <summary>Thrown when a conversation is to be made.</summary>
    internal Exception? EnginesMissing { get; set; }

    internal ConcurrentQueue<string> Log { get; } = new();

    internal ConcurrentQueue<ConversationSession> Sessions { get; } = new();

    internal static AgentDefinition Echo { get; } = new() { Name = "echo", DisplayName = "Echo", Version = "1", Mode = AgentMode.Echo };

    internal static AgentDefinition Talker { get; } = new() { Name = "talker", DisplayName = "Talker", Version = "1", Greeting = "Hello.", Audio = new AudioOptions { EchoDefence = false, NormalizeLevel = false } };

    /// <summary>An offer that is good enough to be accepted; nobody stands behind it.</summary>
    internal async Task<string> OfferAsync() => (await _callers.OfferAsync(new WebRtcCaller())).Sdp!;

    /// <summary>Calls an agent and waits until media can flow.</summary>
    /// <param name="agent">Who answers.</param>
    /// <param name="caller">Who calls.</param>
    /// <param name="prepare">Changes what the caller offers.</param>
    internal async Task<(WebRtcCaller Caller, Call Call)> CallAsync(AgentDefinition agent, WebRtcCaller? caller = null, Action<RtcPeer>? prepare = null)
    {
        caller ??= new WebRtcCaller();
        Call? call = null;
        await caller.CallAsync(_callers, async offer =>
        {
            if (prepare is not null)
            {
                offer = await caller.Connection.InvokeAsync((now, peer) =>
                {
                    prepare(peer);
                    return peer.CreateOffer(now);
                });
            }

            CallStartResult result = await Manager.StartAsync(agent, offer, CancellationToken.None);
            call = result.Call;
            return result.Answer ?? throw new InvalidOperationException($"{result.Refusal}");
        });
        await caller.Connected;
        return (caller, call!);
    }

    public ValueTask<ConversationSession> CreateAsync(string callId, AgentDefinition agent, CancellationToken cancellationToken)
    {
        if (EnginesMissing is { } e)
            throw e;
        var builtin = new BuiltinTools();
        var session = new ConversationSession(new ConversationContext
        {
            Agent = agent,
            VoiceActivity = Voice,
            Recognizer = new ScriptedRecognizer(new WordAudio(), TimeProvider.System),
            Synthesizer = new ToneSynthesizer(Speech),
            ChatClient = Chat,
            TimeProvider = _conversationTime,
            Tools = [.. agent.Tools.Select(t => (AITool)builtin.Create(agent, t))],
            Logger = this,
        });
        Sessions.Enqueue(session);
        return ValueTask.FromResult(session);
    }

    public async ValueTask DisposeAsync()
    {
        Dialects.Gate.Set();
        await Manager.DisposeAsync();
        await Transport.DisposeAsync();
        await _callers.DisposeAsync();
        _loggers.Dispose();
    }

    ILogger ILoggerProvider.CreateLogger(string categoryName) => this;

    void IDisposable.Dispose()
    {
    }

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Log.Enqueue($"{logLevel}: {formatter(state, exception)} {exception?.Message}");
}
