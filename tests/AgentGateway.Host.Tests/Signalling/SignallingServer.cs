using System.Net;
using AgentGateway.Audio;
using AgentGateway.Calls;
using AgentGateway.Conversation.Agents;
using AgentGateway.Conversation.Session;
using AgentGateway.Host.Configuration;
using AgentGateway.Host.Doctor;
using AgentGateway.Host.Signalling;
using AgentGateway.Net;
using AgentGateway.Testing.Calls;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentGateway.Host.Tests.Signalling;

/// <summary>The signalling endpoints over real HTTP and real media sockets on loopback, with an agent that needs no engines.</summary>
internal sealed class SignallingServer : IAsyncDisposable, IConversationFactory, ICallDialectFactory
{
    private readonly WebApplication _app;
    private readonly AgentFolder _agents;

    private SignallingServer(WebApplication app, MediaTransport transport, AgentFolder agents)
    {
        _app = app;
        _agents = agents;
        Transport = transport;
    }

    internal HttpClient Http { get; private set; } = null!;

    internal MediaTransport Transport { get; }

    internal MediaTransport Callers { get; } = WebRtcCaller.StartTransport();

    internal CallManager Calls => _app.Services.GetRequiredService<CallManager>();

    internal static async Task<SignallingServer> StartAsync(MediaOptions? media = null, Func<MediaTransportOptions, MediaTransportOptions>? transportOptions = null)
    {
        var agents = new AgentFolder();
        var options = new MediaTransportOptions { ListenAddress = IPAddress.Loopback, Ports = [0], IceLite = false };
        MediaTransport transport = MediaTransport.Start(transportOptions?.Invoke(options) ?? options, TimeProvider.System, NullLoggerFactory.Instance);

        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddProblemDetails();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(Microsoft.Extensions.Options.Options.Create(media ?? new MediaOptions()));
        builder.Services.AddSingleton(transport);
        builder.Services.AddSingleton(p => new AgentCatalog(
            new AgentCatalogOptions { Folder = agents.Path, Watch = false }, TimeProvider.System, NullLogger<AgentCatalog>.Instance));
        builder.Services.AddSingleton<GatewayDoctor>();
        WebApplication app = null!;
        SignallingServer server = null!;
        builder.Services.AddSingleton(_ => new CallManager(
            transport, server, server, LibOpusCodec.Instance, TimeProvider.System, NullLoggerFactory.Instance));
        app = builder.Build();
        app.UseStatusCodePages();
        app.MapWhip();
        app.MapDoctor();
        server = new SignallingServer(app, transport, agents);
        await app.StartAsync();
        server.Http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Calls.DisposeAsync();
        await _app.DisposeAsync();
        await Transport.DisposeAsync();
        await Callers.DisposeAsync();
        _agents.Dispose();
    }

    ValueTask<ConversationSession> IConversationFactory.CreateAsync(string callId, AgentDefinition agent, CancellationToken cancellationToken) =>
        throw new NotSupportedException("The agents of this server need no conversation.");

    ICallDialect? ICallDialectFactory.Create(string channelLabel, ICallControl call) => null;
}
