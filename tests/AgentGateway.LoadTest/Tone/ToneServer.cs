using System.Net;
using AgentGateway.Audio;
using AgentGateway.Calls;
using AgentGateway.Conversation.Agents;
using AgentGateway.Net;
using AgentGateway.Providers.OnnxRuntime;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentGateway.LoadTest.Tone;

/// <summary>
/// A WHIP server whose agent listens with Silero and speaks a sine without end: the gateway's own calls, conversations,
/// jitter buffer and encoder, without recogniser, language model and voice. Every frame is encoded as it is sent.
/// </summary>
internal static class ToneServer
{
    internal static async Task<int> RunAsync(string model, int shards, CancellationToken cancellationToken)
    {
        StartupHook.Initialize();
        await using MediaTransport transport = MediaTransport.Start(
            new MediaTransportOptions { Ports = [.. Enumerable.Repeat(0, shards)], AdvertisedAddresses = [IPAddress.Loopback] },
            TimeProvider.System,
            NullLoggerFactory.Instance);
        using SileroVoiceActivityModel voiceActivity = SileroVoiceActivityModel.Load(model, "silero");
        await using var calls = new CallManager(
            transport, new ToneConversations(voiceActivity), new NoDialects(), LibOpusCodec.Instance, TimeProvider.System, NullLoggerFactory.Instance);
        using var whip = new WhipListener(async offer =>
        {
            CallStartResult result = await calls.StartAsync(ToneConversations.Agent, offer, CancellationToken.None);
            return result.Call is { } call ? (result.Answer!, () => call.End(Conversation.Events.ConversationEndReason.ServerStopped)) : null;
        });
        Console.WriteLine($"READY {whip.Url}");
        await whip.RunAsync(cancellationToken);
        return 0;
    }

    /// <summary>Nobody opens a data channel.</summary>
    private sealed class NoDialects : ICallDialectFactory
    {
        public ICallDialect? Create(string channelLabel, ICallControl call) => null;
    }
}
