using System.Diagnostics;
using System.Net;
using AgentGateway.Audio;
using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Events;
using AgentGateway.Conversation.Session;
using AgentGateway.Net;
using AgentGateway.Rtc.Peer;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentGateway.Calls.Startup;

/// <summary>
/// Complete calls of the process with itself before it takes any: compilation, OpenSSL, the certificate and libopus cost the first call of a
/// fresh process a quarter of a second, and those that come with it wait behind it. They run between two transports of their own on loopback;
/// the node's ports, limits and meters know nothing of them.
/// </summary>
public static class CallWarmUp
{
    private const string MeterName = CallManager.MeterName + ".Startup";

    /// <summary>
    /// Makes one call after the other: offer, answer, ICE, DTLS, sound through the jitter buffer and the codec, and a message both ways. Whatever goes wrong is told and stops it; nothing of it stays behind.
    /// </summary>
    /// <param name="options">How many, how long.</param>
    /// <param name="codec">The codec of the node's calls.</param>
    /// <param name="dialects">What answers on the data channel; null when nothing does.</param>
    /// <param name="time">The process's time provider.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static async Task<CallWarmUpResult> RunAsync(
        CallWarmUpOptions options, IOpusCodec codec, ICallDialectFactory dialects, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        long start = time.GetTimestamp();
        int calls = 0;
        string? problem = null;
        using var limit = new CancellationTokenSource(options.Limit, time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await using MediaTransport callers = Listen(iceLite: false, time);
            await using MediaTransport node = Listen(iceLite: true, time);
            await using var manager = new CallManager(node, options.Conversations ?? new NoConversations(), dialects, codec, time, NullLoggerFactory.Instance, MeterName);
            for (; calls < options.Calls; calls++)
                await CallAsync(options, callers, manager, codec, ended.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            problem = "it took too long";
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A node that cannot call itself may still serve others: loopback can be forbidden, for one.
            problem = e.Message;
        }

        return new CallWarmUpResult(calls, time.GetElapsedTime(start), problem);
    }

    private static MediaTransport Listen(bool iceLite, TimeProvider time) => MediaTransport.Start(
        new MediaTransportOptions { ListenAddress = IPAddress.Loopback, Ports = [0], IceLite = iceLite, ResolveNames = false },
        time,
        NullLoggerFactory.Instance);

    private static async Task CallAsync(
        CallWarmUpOptions options, MediaTransport callers, CallManager manager, IOpusCodec codec, CancellationToken cancellationToken)
    {
        using var caller = new WarmUpCaller(codec, options);
        RtcAcceptResult offer = await callers.OfferAsync(caller);
        RtcConnection connection = offer.Connection ?? throw new UnreachableException("The transport is new and has room.");
        try
        {
            CallStartResult result = await manager.StartAsync(options.Agent, offer.Sdp!, cancellationToken);
            if (result.Call is not { } call)
                throw new InvalidOperationException($"its offer was refused: {result.Refusal?.Message}");
            try
            {
                SdpResult accepted = await connection.InvokeAsync((now, peer) => peer.AcceptAnswer(now, result.Answer!));
                if (!accepted.IsSuccess)
                    throw new InvalidOperationException($"its answer was refused: {accepted.Message}");
                await caller.Served.WaitAsync(cancellationToken);
            }
            finally
            {
                call.End(ConversationEndReason.CallerHungUp);
            }
        }
        finally
        {
            connection.Close();
            await connection.Closed;
        }
    }

    /// <summary>An echo needs none.</summary>
    private sealed class NoConversations : IConversationFactory
    {
        public ValueTask<ConversationSession> CreateAsync(string callId, AgentDefinition agent, CancellationToken cancellationToken) =>
            throw new InvalidOperationException($"nobody makes conversations for {agent.Name}");
    }
}
