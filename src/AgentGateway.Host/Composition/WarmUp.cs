using System.Text;
using AgentGateway.Audio;
using AgentGateway.Calls;
using AgentGateway.Calls.Startup;
using AgentGateway.Conversation.Agents;
using AgentGateway.Host.Configuration;
using AgentGateway.Host.Signalling;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace AgentGateway.Host.Composition;

/// <summary>
/// What the gateway does to itself before it says that it is ready, so that its first callers meet a process whose code is compiled: calls
/// while the engines load, and a request once HTTP listens. It never prevents a start.
/// </summary>
internal sealed partial class WarmUp(
    IOptions<MediaOptions> media, IOpusCodec codec, ICallDialectFactory dialects, IServer server, TimeProvider time, ILogger<WarmUp> logger)
{
    // No folder has this name, so no agent is meant.
    private const string NoAgent = "~";

    // A client of RTVI, the dialect of any channel.
    private const string Hello = """{"label":"rtvi-ai","type":"client-ready","id":"1","data":{"version":"2.1.0"}}""";

    private static readonly TimeSpan GreetingLimit = TimeSpan.FromSeconds(1);

    /// <summary>How long the request of <see cref="RequestAsync"/> may take, so that it never holds up a start.</summary>
    internal TimeSpan RequestLimit { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Whether nothing more of it is to come.</summary>
    internal bool IsDone { get; private set; }

    /// <summary>Calls itself for the sake of the media path, which needs no engines.</summary>
    internal Task CallAsync(CancellationToken cancellationToken) => CallAsync(new CallWarmUpOptions(), cancellationToken);

    /// <summary>Calls an agent and hears its greeting, which is kept for the first callers; after the engines are loaded.</summary>
    /// <param name="agent">One that greets; null for none.</param>
    /// <param name="conversations">Makes the conversation.</param>
    /// <param name="cancellationToken">Ends it.</param>
    internal Task GreetAsync(AgentDefinition? agent, IConversationFactory conversations, CancellationToken cancellationToken) => agent is null
        ? Task.CompletedTask
        : CallAsync(new CallWarmUpOptions { Agent = agent, Conversations = conversations, Calls = 1, Limit = GreetingLimit }, cancellationToken);

    private async Task CallAsync(CallWarmUpOptions options, CancellationToken cancellationToken)
    {
        if (!media.Value.WarmUp)
            return;
        CallWarmUpResult result = await Task.Run(
            () => CallWarmUp.RunAsync(options with { Message = Hello }, codec, dialects, time, cancellationToken), cancellationToken);
        if (result.Problem is null)
            LogCalled(logger, result.Calls, (long)result.Duration.TotalMilliseconds);
        else
            LogCallFailed(logger, result.Problem, (long)result.Duration.TotalMilliseconds);
    }

    /// <summary>Asks itself over HTTP for an agent that does not exist; after HTTP listens.</summary>
    internal async Task RequestAsync(CancellationToken cancellationToken)
    {
        if (media.Value.WarmUp && Address() is { } address)
        {
            try
            {
                using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = RequestLimit };
                using var offer = new StringContent("v=0", Encoding.UTF8, SdpBody.OfferType);
                using HttpResponseMessage response = await http.PostAsync(new Uri(address, "/whip/" + NoAgent), offer, cancellationToken);
            }
            catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                LogRequestFailed(logger, e.Message);
            }
        }

        IsDone = true;
    }

    // TLS is left alone: its certificate need not be one for this name.
    private Uri? Address()
    {
        foreach (string text in server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [])
        {
            BindingAddress address = BindingAddress.Parse(text);
            if (address.Scheme != Uri.UriSchemeHttp || address.IsUnixPipe || address.IsNamedPipe)
                continue;
            string host = address.Host is "0.0.0.0" or "[::]" or "*" or "+" ? "localhost" : address.Host;
            return new UriBuilder(address.Scheme, host, address.Port).Uri;
        }

        return null;
    }

    [LoggerMessage(8030, LogLevel.Information, "Called itself {Calls} times in {Milliseconds} ms, so that the first callers need not wait")]
    private static partial void LogCalled(ILogger logger, int calls, long milliseconds);

    [LoggerMessage(8031, LogLevel.Warning, "Could not call itself before the first callers do, who may have to wait: {Problem} (after {Milliseconds} ms)")]
    private static partial void LogCallFailed(ILogger logger, string problem, long milliseconds);

    [LoggerMessage(8032, LogLevel.Warning, "Could not ask itself over HTTP before the first callers do, who may have to wait: {Problem}")]
    private static partial void LogRequestFailed(ILogger logger, string problem);
}
