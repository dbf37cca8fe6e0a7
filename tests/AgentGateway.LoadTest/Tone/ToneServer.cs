using System.Net;
using AgentGateway.Audio;
using AgentGateway.Calls;
using AgentGateway.Calls.Startup;
using AgentGateway.Net;
using AgentGateway.Providers.OnnxRuntime;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentGateway.LoadTest.Tone;

/// <summary>
/// A WHIP server whose agent listens with Silero and speaks a sine as long as a call lasts: the gateway's own calls, conversations,
/// jitter buffer and encoder, without recogniser, language model and voice. All calls say the same, so what one has encoded the others send, or
/// each has a tone of its own.
/// </summary>
internal static class ToneServer
{
    internal static async Task<int> RunAsync(string model, int shards, bool ownTones, CancellationToken cancellationToken)
    {
        StartupHook.Initialize();

        // As the gateway does before it says that it is ready.
        await CallWarmUp.RunAsync(new CallWarmUpOptions(), LibOpusCodec.Instance, new NoDialects(), TimeProvider.System, cancellationToken);
        await using MediaTransport transport = MediaTransport.Start(
            new MediaTransportOptions { Ports = [.. Enumerable.Repeat(0, shards)], AdvertisedAddresses = [IPAddress.Loopback] },
            TimeProvider.System,
            NullLoggerFactory.Instance);
        using SileroVoiceActivityModel voiceActivity = SileroVoiceActivityModel.Load(model, "silero");
        await using var conversations = new ToneConversations(voiceActivity, ownTones);
        await using var calls = new CallManager(
            transport, conversations, new NoDialects(), LibOpusCodec.Instance, TimeProvider.System, NullLoggerFactory.Instance);
        await using WhipListener whip = await WhipListener.StartAsync(async offer =>
        {
            CallStartResult result = await calls.StartAsync(ToneConversations.Agent, offer, CancellationToken.None);
            return result.Call is { } call ? (result.Answer!, () => call.End(Conversation.Events.ConversationEndReason.ServerStopped)) : null;
        });
        Console.WriteLine($"READY {whip.Url}");
        await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return 0;
    }

    /// <summary>Nobody opens a data channel.</summary>
    private sealed class NoDialects : ICallDialectFactory
    {
        public ICallDialect? Create(string channelLabel, ICallControl call) => null;
    }
}
